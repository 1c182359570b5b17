-- PURPOSE    Begins a new epoch in a bucket: everything loaded before counts as missing.
-- GUARANTEE  The new epoch is above every one before it, even when the clock stepped back.
-- KEYS       1 epoch
-- ARGV       none
-- RETURNS    the new epoch
-- ERRORS     none of its own
local epoch_key = KEYS[1]

local before = tonumber(redis.call('GET', epoch_key) or 0)
local now = redis.call('TIME')[1] - 1704067200
local epoch = string.format('%.0f', math.max(now, before + 1))
redis.call('SET', epoch_key, epoch)
return epoch
