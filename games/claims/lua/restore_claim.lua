-- PURPOSE   Gives a shopper back the share that a receipt says was acknowledged, and that lost live
--           state forgot.
-- GUARANTEE A share that nobody else was given meanwhile is given from the packet; any other, and
--           any after the closing, is marked as lost: the platform pays it. Twice is once.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 packet, 3 shopper, 4 pool, 5 share, 6 amount, 7 order of the decision
--           that the receipt is about
-- RETURNS   "share:amount:entry", with "+" before it when it was restored just now
-- ERRORS    -1 too much unsettled, -2 not loaded
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include integer
-- @include broken
local state = KEYS[4]
local packet, shopper = id(ARGV[2], 'packet'), id(ARGV[3], 'shopper')
local pool = integer(ARGV[4], 'pool', 0, 255)
local share = integer(ARGV[5], 'share', 0, 999999)
local amount = integer(ARGV[6], 'amount', 1, 2000000000)
local origin = id(ARGV[7], 'origin')
local mine, count = shopper .. ':' .. pool, 'count:' .. shopper
local field, place = 'shares:' .. pool .. ':' .. math.floor(share / 64), (share % 64) * 4

local known = aggregate(state, KEYS[2], mine, 'closed', 'next:' .. pool, 'claims', 'granted',
  count, field)
if not known then
  return -2
elseif known[1] then
  return known[1]
elseif not (known[2] and known[4] and known[5]) then
  return broken(state)
end
local amounts = known[7]
local free = known[2] ~= '1' and amounts and #amounts >= place + 4 and
  known[3] and share >= tonumber(known[3]) and struct.unpack('>I4', amounts, place + 1) == amount

local entry = decide('packet.claim', 1, 'packet', packet, 'shopper', shopper, 'pool', pool,
  'share', share, 'amount', amount, 'origin', origin, 'lost', free and 0 or 1)
if not entry then
  return -1
end
local value = share .. ':' .. amount .. ':' .. entry
local counted = (known[6] or 0) + 1
if free then
  local without = string.sub(amounts, 1, place) .. '\0\0\0\0' .. string.sub(amounts, place + 5)
  apply_decided(state, entry, mine, value, count, counted, field, without,
    'claims', known[4] + 1, 'granted', known[5] + amount)
else
  apply_decided(state, entry, mine, value, count, counted)
end
return '+' .. value
