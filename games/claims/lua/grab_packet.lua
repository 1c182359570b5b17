-- PURPOSE   Gives a shopper the next share of a packet's pool.
-- GUARANTEE One share a shopper and pool, no share twice, nothing before or after its window, under
--           any concurrency. Who has a share gets the same answer for ever, also after the end.
-- KEYS      1–3 of `decide`, 4 packet (hash), 5 the shopper's wrong phrases, where there is one
-- ARGV      1 of `decide`, 2 packet, 3 shopper, 4 pool, 5 milliseconds this shopper enters later,
--           6 wrong phrases allowed
-- RETURNS   "share:amount:entry", with "+" before it when it was given just now
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 over, -11 not open, -12 paused, -13 sold out,
--           -14 as many as one may have, -15 too many wrong phrases
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include integer
-- @include next_share
-- @include broken
local state, guesses = KEYS[4], KEYS[5]
local packet, shopper = id(ARGV[2], 'packet'), id(ARGV[3], 'shopper')
local pool = integer(ARGV[4], 'pool', 0, 255)
local later_ms = integer(ARGV[5], 'later', 0, 3600000)
local guesses_max = integer(ARGV[6], 'guesses', 0, 1000)
local mine, count = shopper .. ':' .. pool, 'count:' .. shopper

local known = aggregate(state, KEYS[2], mine, 'closed', 'window:' .. pool, 'paused', 'cap',
  'next:' .. pool, 'claims', 'granted', count)
if not known then
  return -2
elseif known[1] then
  return known[1]
elseif known[2] == '1' then
  return -10
end
for field = 2, 8 do
  if not known[field] then
    return broken(state)
  end
end
local opens_ms, closes_ms, shares = struct.unpack('>I6I6I4', known[3])
local now = now_ms(KEYS[3])
if now >= closes_ms then
  return -10
elseif now < opens_ms + later_ms then
  return -11
elseif known[4] == '1' then
  return -12
elseif known[5] ~= '0' and tonumber(known[9] or 0) >= tonumber(known[5]) then
  return -14
elseif guesses and tonumber(redis.call('GET', guesses) or 0) >= guesses_max then
  return -15
end
local share, amount = next_share(state, pool, tonumber(known[6]), shares)
if not share then
  return amount == -2 and broken(state) or amount
end

local entry = decide('packet.claim', 1, 'packet', packet, 'shopper', shopper, 'pool', pool,
  'share', share, 'amount', amount)
if not entry then
  return -1
end
local value = share .. ':' .. amount .. ':' .. entry
local changes = { mine, value, 'next:' .. pool, share + 1, 'claims', known[7] + 1,
  'granted', known[8] + amount }
if known[5] ~= '0' then
  changes[9], changes[10] = count, (known[9] or 0) + 1
end
apply_decided(state, entry, unpack(changes))
return '+' .. value
