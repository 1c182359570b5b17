-- PURPOSE   Opens a helper's share of a link, and enlarges what the sharer gets.
-- GUARANTEE One help a helper and link, within every limit, and only for whom a share is set aside.
--           Who has helped gets the same answer for ever.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 link, 3 sharer, 4 helper, 5 device, 6 helpers of a link,
--           7 helps of a helper, 8 helps of a device, 9 packet, 10 what the helper gets,
--           11 what the sharer gets
-- RETURNS   "share:amount:entry", with "+" before it when it was given just now
-- ERRORS    those of reserve_help, -1 too much unsettled, -23 nothing is set aside any more
-- @include help_of
-- @include decide
-- @include apply_decided
-- @include id
-- @include integer
local state = KEYS[4]
local link = integer(ARGV[2], 'link', 0, 99999)
local sharer, helper, device = id(ARGV[3], 'sharer'), id(ARGV[4], 'helper'), id(ARGV[5], 'device')
local helpers, helps_max = integer(ARGV[6], 'helpers', 1, 20), integer(ARGV[7], 'helps', 1, 100)
local device_max, packet = integer(ARGV[8], 'device', 1, 100), id(ARGV[9], 'packet')
local amount = integer(ARGV[10], 'amount', 1, 2000000000)
local bonus = integer(ARGV[11], 'bonus', 1, 2000000000)

local refusal, helped, helps, device_helps, others, until_ms =
  help_of(state, link, sharer, helper, device, helpers, helps_max, device_max)
if refusal then
  return refusal
elseif not until_ms then
  return -23
end
local sums = redis.call('HMGET', state, 'claims', 'granted')
if not (sums[1] and sums[2]) then
  return broken(state)
end

local share = link * helpers + helped
local entry = decide('packet.help', 1, 'packet', packet, 'shopper', helper, 'sharer', sharer,
  'link', link, 'share', share, 'amount', amount, 'bonus', bonus, 'device', device)
if not entry then
  return -1
end
local value = share .. ':' .. amount .. ':' .. entry
apply_decided(state, entry, 'help:' .. link .. ':' .. helper, value, 'helped:' .. link, helped + 1,
  'helps:' .. helper, helps + 1, 'device:' .. device, device_helps + 1, 'aside:' .. link, others,
  'claims', sums[1] + 2, 'granted', sums[2] + amount + bonus)
return '+' .. value
