-- PURPOSE   Puts a packet, read from SQL, where it is decided, a part at a time.
-- GUARANTEE Only for who holds the building token, and only if every part arrived, in order and in
--           one epoch; ready comes last. Whatever interrupts it leaves a packet that is not loaded.
-- KEYS      1 packet (hash), 2 building token, 3 epoch
-- ARGV      1 token, 2 the part's number from 0, 3 whether it is the last 0|1, 4 seconds the token
--           lives on, 5 seconds to keep it idle, then field, value, field, value, …
-- RETURNS   1 taken, 0 the token is not ours any more, or a part is missing
-- ERRORS    none of its own
-- @include current_epoch
local state, token_key, epoch_key = KEYS[1], KEYS[2], KEYS[3]
local token, part, is_last, token_seconds, idle_seconds = unpack(ARGV, 1, 5)
local FIRST_PAIR, CHUNK = 6, 1000

if redis.call('GET', token_key) ~= token then
  return 0
end
local epoch = current_epoch(epoch_key)
local at = epoch .. ':' .. part
if part == '0' then
  redis.call('DEL', state)
elseif redis.call('HGET', state, 'loading') ~= epoch .. ':' .. string.format('%d', part - 1) then
  return 0
end
redis.call('EXPIRE', token_key, token_seconds)
for from = FIRST_PAIR, #ARGV, CHUNK do
  redis.call('HSET', state, unpack(ARGV, from, math.min(from + CHUNK - 1, #ARGV)))
end
redis.call('HSET', state, 'loading', at)
redis.call('EXPIRE', state, idle_seconds)
if is_last == '1' then
  redis.call('HSET', state, 'last', '')
  redis.call('HDEL', state, 'loading')
  redis.call('HSET', state, 'epoch', epoch)
  redis.call('DEL', token_key)
end
return 1
