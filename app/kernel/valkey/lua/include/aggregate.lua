-- PURPOSE  Reads fields of an aggregate's state (see `aggregates.py`), having checked all types.
-- RETURNS  the fields; nil when it is not loaded in this epoch: return NOT_LOADED (-2)
-- @include of_type
local function aggregate(state, epoch_key, ...)
  of_type(KEYS[1], 'stream')
  if not of_type(state, 'hash') then
    return nil
  end
  local epoch, found = redis.call('GET', epoch_key), redis.call('HMGET', state, 'epoch', ...)
  if not epoch or found[1] ~= epoch then
    return nil
  end
  return { unpack(found, 2) }
end
