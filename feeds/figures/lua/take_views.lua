-- PURPOSE   Takes a bucket's counted views away to be written to SQL.
-- GUARANTEE What was taken and not confirmed is given again: at least once.
-- KEYS      1 views being counted (hash: post → views), 2 views that were taken
-- ARGV      none
-- RETURNS   {post, views, post, views, …}
-- ERRORS    none of its own
local counting, taken = KEYS[1], KEYS[2]

if redis.call('EXISTS', taken) == 0 and redis.call('EXISTS', counting) == 1 then
  redis.call('RENAME', counting, taken)
end
return redis.call('HGETALL', taken)
