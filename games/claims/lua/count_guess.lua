-- PURPOSE   Counts a wrong phrase of a shopper.
-- GUARANTEE One command changes it. Beyond the limit nothing is counted, so that the rest begins
--           with the last wrong phrase that was.
-- KEYS      1 the shopper's wrong phrases (number)
-- ARGV      1 wrong phrases allowed, 2 seconds of rest
-- RETURNS   how many there are now
-- ERRORS    -15 too many
local guesses, guesses_max, rest_seconds = KEYS[1], tonumber(ARGV[1]), ARGV[2]

local count = tonumber(redis.call('GET', guesses) or 0)
if count >= guesses_max then
  return -15
end
redis.call('SET', guesses, count + 1, 'EX', rest_seconds)
return count + 1
