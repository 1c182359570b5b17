-- PURPOSE   Stops a packet for a while, or lets it go on, after SQL says so.
-- GUARANTEE Of two such changes the one of the higher version holds. A load that began before it is
--           thrown away, so that it cannot bring the earlier state back.
-- KEYS      1 packet (hash), 2 building token
-- ARGV      1 version, 2 paused 0|1
-- RETURNS   1 changed, 0 not loaded or a later change is known
-- ERRORS    none of its own
local state, token_key = KEYS[1], KEYS[2]
local version, paused = ARGV[1], ARGV[2]

redis.call('DEL', token_key)
local known = redis.call('HGET', state, 'version')
if not known or tonumber(known) > tonumber(version) then
  return 0
end
redis.call('HSET', state, 'version', version, 'paused', paused)
return 1
