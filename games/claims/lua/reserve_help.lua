-- PURPOSE   Sets one of a link's shares aside for a helper, for a while; or gives it up.
-- GUARANTEE Never more set aside and given than the link has. No money moves.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 link, 3 sharer, 4 helper, 5 device, 6 helpers of a link,
--           7 helps of a helper, 8 helps of a device, 9 milliseconds to keep it; 0 gives it up
-- RETURNS   until when, in milliseconds since 1970; or "share:amount:entry" for who has helped
-- ERRORS    -2 not loaded, -10 over, -11 not open, -12 paused, -18 no such link, -19 one's own,
--           -20 the helper has helped enough, -21 the device has, -22 nothing is left
-- @include help_of
-- @include id
-- @include integer
local state = KEYS[4]
local link = integer(ARGV[2], 'link', 0, 99999)
local sharer, helper, device = id(ARGV[3], 'sharer'), id(ARGV[4], 'helper'), id(ARGV[5], 'device')
local helpers, helps_max = integer(ARGV[6], 'helpers', 1, 20), integer(ARGV[7], 'helps', 1, 100)
local device_max = integer(ARGV[8], 'device', 1, 100)
local keep_ms = integer(ARGV[9], 'keep', 0, 600000)

local refusal, _, _, _, others, until_ms =
  help_of(state, link, sharer, helper, device, helpers, helps_max, device_max)
if refusal then
  return refusal
end
if keep_ms == 0 then
  redis.call('HSET', state, 'aside:' .. link, others)
  return 0
end
until_ms = until_ms or now_ms(KEYS[3]) + keep_ms
redis.call('HSET', state, 'aside:' .. link,
  others .. helper .. '=' .. string.format('%.0f', until_ms) .. ';')
return string.format('%.0f', until_ms)
