-- PURPOSE   Notes in the cache that a shopper was granted a share, until SQL has it.
-- GUARANTEE None that matters: a hint.
-- KEYS      1 the shopper's grants (hash)
-- ARGV      1 packet and order, 2 amount and currency, 3 seconds to keep
-- RETURNS   1
-- ERRORS    none of its own
local grants, field, value, keep_seconds = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

redis.call('HSET', grants, field, value)
redis.call('EXPIRE', grants, keep_seconds)
return 1
