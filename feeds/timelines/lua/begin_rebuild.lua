-- PURPOSE  Claim the building of a timeline: an empty one that already accepts pushes.
-- GUARANTEE  One builder at a time; a builder that died is replaced when its lease ends. What is
--   pushed from here on is in the list when `finish_rebuild` merges it with what SQL said.
-- KEYS  1 timeline  2 its state  3 its graph
-- ARGV  1 token of this building  2 lease in ms  3 life of an unfinished timeline in seconds
-- RETURNS  1 claimed, 2 it is ready already, 3 someone else is building
-- ERRORS  none

local timeline, state, graph = KEYS[1], KEYS[2], KEYS[3]
local token, lease_ms, life_seconds = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local clock = redis.call('TIME')
local now_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local held = redis.call('HMGET', state, 'state', 'until')
if held[1] == 'ready' and redis.call('EXISTS', timeline, graph) == 2 then
  return 2
end
if held[1] == 'building' and tonumber(held[2]) > now_ms
  and redis.call('EXISTS', timeline) == 1 then
  return 3
end

redis.call('DEL', timeline, state, graph)
redis.call('RPUSH', timeline, '$')
redis.call('HSET', state, 'state', 'building', 'token', token,
  'until', string.format('%.0f', now_ms + lease_ms))
redis.call('EXPIRE', timeline, life_seconds)
redis.call('EXPIRE', state, life_seconds)
return 1
