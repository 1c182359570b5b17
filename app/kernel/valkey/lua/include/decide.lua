-- PURPOSE  Appends a decision to its bucket's stream. It is a deciding script's first write: what
--          fails before it has changed nothing, and what fails after it is settled all the same.
--          KEYS 1–3 (stream, epoch, clock offset) and ARGV 1 (most unsettled entries) of every
--          deciding script belong to it; Python's `decide()` fills them in.
--          Called with a kind, the version of its fields, and name, value, name, value, …; in one
--          run as often as there are decisions
-- RETURNS  the entry's id "epoch-sequence"; nil when too much is unsettled: return BUSY (-1)
-- @include now_ms
-- @include current_epoch
local unsettled
local function decide(kind, version, ...)
  unsettled = unsettled or redis.call('XLEN', KEYS[1])
  if unsettled >= tonumber(ARGV[1]) then
    return nil
  end
  local at = string.format('%.0f', now_ms(KEYS[3]))
  local id = current_epoch(KEYS[2]) .. '-*'
  unsettled = unsettled + 1
  return redis.call('XADD', KEYS[1], id, 'v', version, 'k', kind, 't', at, ...)
end
