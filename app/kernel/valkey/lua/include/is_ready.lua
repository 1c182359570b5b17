-- PURPOSE  Whether an aggregate was loaded from SQL in this epoch: missing is not empty.
--          A deciding script that sees false returns NOT_LOADED (-2).
-- RETURNS  true or false
local function is_ready(marker_key, epoch_key)
  local epoch = redis.call('GET', epoch_key)
  return epoch ~= false and redis.call('GET', marker_key) == epoch
end
