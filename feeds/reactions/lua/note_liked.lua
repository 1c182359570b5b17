-- PURPOSE   Notes in the cache that a shopper likes a post, or does not any more.
-- GUARANTEE Of two decisions about one post the later one stays, whichever is noted first.
--           What was held for the shopper under their seal is no longer good.
-- KEYS      1 the shopper's liked posts (hash: post → "order:1" or "order:0"), 2 their seal
-- ARGV      1 post, 2 order in 19 digits, 3 liked 0|1, 4 most fields, 5 seconds kept before loaded
-- RETURNS   1 noted, 0 a later decision is there, or the hash grew too large and was dropped
-- ERRORS    none of its own
local liked, seal = KEYS[1], KEYS[2]
local post, order, is_liked = ARGV[1], ARGV[2], ARGV[3]
local fields_max, unloaded_seconds = tonumber(ARGV[4]), ARGV[5]

local known = redis.call('HGET', liked, post)
if known and string.sub(known, 1, 19) >= order then
  return 0
end
redis.call('DEL', seal)
if redis.call('HLEN', liked) >= fields_max then
  redis.call('DEL', liked)
  return 0
end
redis.call('HSET', liked, post, order .. ':' .. is_liked)
if redis.call('HEXISTS', liked, 'floor') == 0 then
  -- SQL may not hold this decision yet: whoever loads the rest in a moment finds it here
  redis.call('EXPIRE', liked, unloaded_seconds)
end
return 1
