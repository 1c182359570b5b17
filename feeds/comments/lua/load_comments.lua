-- PURPOSE   Puts what must be known of a post's comments, read from SQL, where they are decided.
-- GUARANTEE Only for who holds the building token, so that what was read before a withdrawal or by
--           a loader that was overtaken is thrown away. Ready comes last.
-- KEYS      1 state, 2 building token, 3 epoch
-- ARGV      1 token, 2 closed 0|1, 3 whole 0|1: there is no comment in SQL, 4 visible comments,
--           5 seconds to keep it idle
-- RETURNS   1 loaded, 0 the token is not ours any more
-- ERRORS    none of its own
-- @include current_epoch
local state, token_key, epoch_key = KEYS[1], KEYS[2], KEYS[3]
local token, closed, whole, count, idle_seconds = unpack(ARGV, 1, 5)

if redis.call('GET', token_key) ~= token then
  return 0
end
redis.call('DEL', state)
redis.call('HSET', state, 'closed', closed, 'whole', whole, 'count', count, 'last', '')
redis.call('EXPIRE', state, idle_seconds)
redis.call('HSET', state, 'epoch', current_epoch(epoch_key))
redis.call('DEL', token_key)
return 1
