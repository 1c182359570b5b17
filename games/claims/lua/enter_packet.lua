-- PURPOSE   Lets a shopper take part in a draw.
-- GUARANTEE One entry a shopper, numbered without gaps, none before or after its window. Who has
--           entered gets the same answer for ever.
-- KEYS      1–3 of `decide`, 4 packet (hash)
-- ARGV      1 of `decide`, 2 packet, 3 shopper
-- RETURNS   "number:0:entry", with "+" before it when it was made just now
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 over, -11 not open, -12 paused
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include broken
local state = KEYS[4]
local packet, shopper = id(ARGV[2], 'packet'), id(ARGV[3], 'shopper')
local mine = 'entry:' .. shopper

local known = aggregate(state, KEYS[2], mine, 'closed', 'window:0', 'paused', 'entries')
if not known then
  return -2
elseif known[1] then
  return known[1]
elseif known[2] == '1' then
  return -10
elseif not (known[2] and known[3] and known[4] and known[5]) then
  return broken(state)
end
local opens_ms, closes_ms = struct.unpack('>I6I6', known[3])
local now = now_ms(KEYS[3])
if now >= closes_ms then
  return -10
elseif now < opens_ms then
  return -11
elseif known[4] == '1' then
  return -12
end

local number = tonumber(known[5])
local entry = decide('packet.entry', 1, 'packet', packet, 'shopper', shopper, 'number', number)
if not entry then
  return -1
end
local value = number .. ':0:' .. entry
apply_decided(state, entry, mine, value, 'entries', number + 1)
return '+' .. value
