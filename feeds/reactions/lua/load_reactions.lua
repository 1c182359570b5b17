-- PURPOSE   Puts a post's reactions, read from SQL, where they are decided.
-- GUARANTEE Only for who holds the building token, so that a state read before a withdrawal or by
--           a loader that was overtaken is thrown away. Ready comes last.
-- KEYS      1 reactions of the post, 2 building token, 3 epoch
-- ARGV      1 token, 2 closed 0|1, 3 whole 0|1, 4 likes, 5 shares, 6 seconds to keep it idle,
--           then shopper, bits, shopper, bits, …
-- RETURNS   1 loaded, 0 the token is not ours any more
-- ERRORS    none of its own
-- @include current_epoch
local state, token_key, epoch_key = KEYS[1], KEYS[2], KEYS[3]
local token, closed, whole, likes, shares, idle_seconds = unpack(ARGV, 1, 6)
local FIRST_PAIR, CHUNK = 7, 1000

if redis.call('GET', token_key) ~= token then
  return 0
end
redis.call('DEL', state)
for from = FIRST_PAIR, #ARGV, CHUNK do
  redis.call('HSET', state, unpack(ARGV, from, math.min(from + CHUNK - 1, #ARGV)))
end
redis.call('HSET', state, 'closed', closed, 'whole', whole, 'likes', likes, 'shares', shares,
  'last', '')
redis.call('EXPIRE', state, idle_seconds)
redis.call('HSET', state, 'epoch', current_epoch(epoch_key))
redis.call('DEL', token_key)
return 1
