-- PURPOSE  Reads fields of an aggregate's state (see `aggregates.py`). Of a key that is no hash the
--          server itself says so, before anything is written.
-- RETURNS  the fields; nil when it is not loaded in this epoch: return NOT_LOADED (-2)
-- @include epoch_of
local function aggregate(state, epoch_key, ...)
  local found = redis.call('HMGET', state, 'epoch', ...)
  if not found[1] or found[1] ~= epoch_of(epoch_key) then
    return nil
  end
  return { unpack(found, 2) }
end
