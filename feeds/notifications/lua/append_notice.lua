-- PURPOSE   Keeps a notice where a client that comes back finds what it missed.
-- GUARANTEE Bounded; positions rise even when the clock steps back, and after a wipe they do not
--           begin below those of before.
-- KEYS      1 the shopper's notices (stream)
-- ARGV      1 notice, 2 most notices kept, 3 seconds kept
-- RETURNS   its position
-- ERRORS    none of its own
local notices, notice, kept_max, kept_seconds = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local position = redis.call('XADD', notices, 'MAXLEN', '~', kept_max, '*', 'n', notice)
redis.call('EXPIRE', notices, kept_seconds)
return position
