-- PURPOSE   Puts a shopper's liked posts, read from SQL, into the cache.
-- GUARANTEE What was noted meanwhile and is later stays.
-- KEYS      1 the shopper's liked posts
-- ARGV      1 floor: every liked post with an id from here on is listed, 2 seconds to keep,
--           then post, order in 19 digits, post, order, …
-- RETURNS   how many were listed
-- ERRORS    none of its own
local liked, floor, keep_seconds = KEYS[1], ARGV[1], ARGV[2]
local FIRST_PAIR = 3

local listed = 0
for at = FIRST_PAIR, #ARGV, 2 do
  local post, order = ARGV[at], ARGV[at + 1]
  local known = redis.call('HGET', liked, post)
  if not known or string.sub(known, 1, 19) < order then
    redis.call('HSET', liked, post, order .. ':1')
    listed = listed + 1
  end
end
redis.call('HSET', liked, 'floor', floor)
redis.call('EXPIRE', liked, keep_seconds)
return listed
