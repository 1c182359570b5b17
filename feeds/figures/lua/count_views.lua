-- PURPOSE   Counts views of a bucket's posts until they are written to SQL.
-- GUARANTEE Bounded: when too many posts wait, views of others are not counted.
-- KEYS      1 views being counted
-- ARGV      1 most posts that may wait, then post, views, post, views, …
-- RETURNS   how many posts wait
-- ERRORS    none of its own
local counting, posts_max = KEYS[1], tonumber(ARGV[1])
local FIRST_PAIR = 2

for at = FIRST_PAIR, #ARGV, 2 do
  local post, views = ARGV[at], ARGV[at + 1]
  if redis.call('HLEN', counting) < posts_max or redis.call('HEXISTS', counting, post) == 1 then
    redis.call('HINCRBY', counting, post, views)
  end
end
return redis.call('HLEN', counting)
