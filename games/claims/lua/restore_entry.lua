-- PURPOSE   Lets a shopper take part in a draw whose receipt says so, and whom lost live state
--           forgot. The number is a new one: all have the same chance.
-- GUARANTEE One entry a shopper, numbered without gaps, none once the draw's entries are counted.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 packet, 3 shopper, 4 order of the decision that the receipt is about
-- RETURNS   "number:0:entry", with "+" before it when it was restored just now
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 over
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include broken
local state = KEYS[4]
local packet, shopper = id(ARGV[2], 'packet'), id(ARGV[3], 'shopper')
local origin = id(ARGV[4], 'origin')
local mine = 'entry:' .. shopper

local known = aggregate(state, KEYS[2], mine, 'closed', 'entries')
if not known then
  return -2
elseif known[1] then
  return known[1]
elseif not (known[2] and known[3]) then
  return broken(state)
elseif known[2] == '1' then
  return -10
end

local number = tonumber(known[3])
local entry = decide('packet.entry', 1, 'packet', packet, 'shopper', shopper, 'number', number,
  'origin', origin)
if not entry then
  return -1
end
local value = number .. ':0:' .. entry
apply_decided(state, entry, mine, value, 'entries', number + 1)
return '+' .. value
