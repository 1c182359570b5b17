-- PURPOSE   Ends a packet: no share is given any more, and what was granted is told.
-- GUARANTEE Exactly what the stream holds before it is counted. Twice is once.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 packet, 3 why: 0 its time is over, 1 the brand ends it, 2 the brand
--           calls it off before it opens
-- RETURNS   the entry of the decision that closed it
-- ERRORS    -1 too much unsettled, -2 not loaded, -16 has opened already, -17 its time is not over
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include integer
-- @include broken
local state = KEYS[4]
local packet, reason = id(ARGV[2], 'packet'), integer(ARGV[3], 'reason', 0, 2)

local known = aggregate(state, KEYS[2], 'closed', 'closing', 'opens', 'closes', 'claims',
  'granted', 'funded', 'last', 'entries')
if not known then
  return -2
elseif known[1] == '1' then
  return known[2]
end
for field = 3, 9 do
  if not known[field] then
    return broken(state)
  end
end
local now = now_ms(KEYS[3])
if reason == 2 and now >= tonumber(known[3]) then
  return -16
elseif reason == 0 and now < tonumber(known[4]) then
  return -17
end

local entry = decide('packet.close', 1, 'packet', packet, 'claims', known[5], 'granted', known[6],
  'rest', known[7] - known[6], 'last', known[8], 'entries', known[9],
  'reason', reason)
if not entry then
  return -1
end
apply_decided(state, entry, 'closed', '1', 'closing', entry)
return entry
