-- PURPOSE  The bucket's epoch: the count of seconds since 2024 when its state began or was rebuilt.
--          A wiped server begins a new one by itself, so no decision id is ever given twice.
-- RETURNS  a string of digits
-- @include epoch_of
local function current_epoch(epoch_key)
  if not epoch_of(epoch_key) then
    epoch_read = string.format('%.0f', redis.call('TIME')[1] - 1704067200)
    redis.call('SET', epoch_key, epoch_read)
  end
  return epoch_read
end
