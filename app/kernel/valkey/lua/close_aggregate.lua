-- PURPOSE   Ends decisions about an aggregate whose end is already in SQL.
-- GUARANTEE A load under way is overtaken, so it cannot open the aggregate again. Twice is once.
-- KEYS      1 state (hash), 2 building token
-- ARGV      none
-- RETURNS   1 closed, 0 there was nothing loaded: the next load finds the end in SQL
-- ERRORS    none of its own
local state, token_key = KEYS[1], KEYS[2]

redis.call('DEL', token_key)
if redis.call('EXISTS', state) == 0 then
  return 0
end
redis.call('HSET', state, 'closed', '1')
return 1
