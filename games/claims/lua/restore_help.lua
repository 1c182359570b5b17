-- PURPOSE   Gives a helper back the share of a link that a receipt says was acknowledged, and that
--           lost live state forgot; and with it what it adds to the sharer's.
-- GUARANTEE A share that no other helper was given meanwhile is given from the packet; any other,
--           one whose sharer is forgotten, and any after the closing, is marked as lost: the
--           platform pays it. Twice is once. Shares that a restored one leaps over stay to be
--           restored themselves.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 link, 3 sharer, 4 helper, 5 device, 6 helpers of a link, 7 packet,
--           8 share, 9 what the helper gets, 10 what the sharer gets, 11 order of the decision
-- RETURNS   "share:amount:entry", with "+" before it when it was restored just now
-- ERRORS    -1 too much unsettled, -2 not loaded
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include integer
-- @include broken
local state, link = KEYS[4], integer(ARGV[2], 'link', 0, 99999)
local sharer, helper, device = id(ARGV[3], 'sharer'), id(ARGV[4], 'helper'), id(ARGV[5], 'device')
local helpers, packet = integer(ARGV[6], 'helpers', 1, 20), id(ARGV[7], 'packet')
local share = integer(ARGV[8], 'share', link * helpers, link * helpers + helpers - 1)
local amount = integer(ARGV[9], 'amount', 1, 2000000000)
local bonus = integer(ARGV[10], 'bonus', 1, 2000000000)
local origin, mine = id(ARGV[11], 'origin'), 'help:' .. link .. ':' .. helper

local known = aggregate(state, KEYS[2], mine, 'closed', sharer .. ':0', 'helped:' .. link,
  'leapt:' .. link, 'helps:' .. helper, 'device:' .. device, 'claims', 'granted')
if not known then
  return -2
elseif known[1] then
  return known[1]
elseif not (known[2] and known[8] and known[9]) then
  return broken(state)
end
local slot, helped, leapt = share - link * helpers, tonumber(known[4] or 0), known[5] or ','
local own = known[3] and string.match(known[3], '^(%d+):') == tostring(link)
local free = known[2] ~= '1' and own and
  (slot >= helped or string.find(leapt, ',' .. slot .. ',', 1, true) ~= nil)

local entry = decide('packet.help', 1, 'packet', packet, 'shopper', helper, 'sharer', sharer,
  'link', link, 'share', share, 'amount', amount, 'bonus', bonus, 'device', device,
  'origin', origin, 'lost', free and 0 or 1)
if not entry then
  return -1
end
local value = share .. ':' .. amount .. ':' .. entry
local changes = { mine, value, 'helps:' .. helper, (known[6] or 0) + 1,
  'device:' .. device, (known[7] or 0) + 1 }
if free then
  leapt = string.gsub(leapt, ',' .. slot .. ',', ',', 1)
  for other = helped, slot - 1 do
    leapt = leapt .. other .. ','
  end
  local more = { 'helped:' .. link, math.max(helped, slot + 1), 'leapt:' .. link, leapt,
    'claims', known[8] + 2, 'granted', known[9] + amount + bonus }
  for at = 1, #more do
    changes[#changes + 1] = more[at]
  end
end
apply_decided(state, entry, unpack(changes))
return '+' .. value
