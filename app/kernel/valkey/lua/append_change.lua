-- PURPOSE    Tells every process that something changed which they hold a copy of.
-- GUARANTEE  The head moves first, so a failure in between shows as a gap: readers then forget
--            all they hold, they never miss a change.
-- KEYS       1 head "epoch:sequence", 2 stream of the latest changes
-- ARGV       1 kind, 2 id, 3 payload, 4 an epoch in case there is none, 5 most entries kept
-- RETURNS    the new head
-- ERRORS     none of its own
local head_key, log_key = KEYS[1], KEYS[2]
local kind, id, payload, fresh_epoch, entries_max = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local epoch, sequence = string.match(redis.call('GET', head_key) or '', '^(%w+):(%d+)$')
if not epoch then
  -- A wiped cache forgot what came before: a new epoch makes every reader forget it as well.
  redis.call('DEL', log_key)
  epoch, sequence = fresh_epoch, 0
end
sequence = string.format('%.0f', sequence + 1)
local head = epoch .. ':' .. sequence
redis.call('SET', head_key, head)
local entry_id = sequence .. '-0'
redis.call('XADD', log_key, 'MAXLEN', '~', entries_max, entry_id, 'k', kind, 'i', id, 'p', payload)
return head
