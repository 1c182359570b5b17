-- PURPOSE  The bucket's epoch as it stands, read once a run however often it is asked for.
-- RETURNS  a string of digits; false when the bucket has none yet
local epoch_read
local function epoch_of(epoch_key)
  if epoch_read == nil then
    epoch_read = redis.call('GET', epoch_key)
  end
  return epoch_read
end
