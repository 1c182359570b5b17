-- PURPOSE   Decides what a shopper does with a post: like, take it back, share over a channel.
-- GUARANTEE Exact under any concurrency; asking again changes nothing and answers the same. Bits
--           and figures change in one command.
-- KEYS      1–3 of `decide`, 4 reactions of the post (hash)
-- ARGV      1 of `decide`, 2 post, 3 shopper, 4 bits to set, 5 bits to clear, 6 the bits that SQL
--           holds of this shopper or "" when nobody looked
-- RETURNS   {bits, likes, shares, entry id, or "" when nothing changed}
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 closed, -11 the shopper's bits are unknown
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include integer
local state = KEYS[4]
local post, shopper = id(ARGV[2], 'post'), id(ARGV[3], 'shopper')
local to_set, to_clear = integer(ARGV[4], 'set', 0, 63), integer(ARGV[5], 'clear', 0, 63)
local in_sql = ARGV[6]

-- how many channels these bits are a share over: bits 1 to 4
local function shares_in(bits)
  local count = 0
  for place = 1, 4 do
    count = count + bit.band(bit.rshift(bits, place), 1)
  end
  return count
end

local known = aggregate(state, KEYS[2], 'closed', 'whole', 'likes', 'shares', shopper)
if not known then
  return -2
elseif known[1] == '1' then
  return -10
end
local whole, likes, shares = known[2] == '1', tonumber(known[3]), tonumber(known[4])
local before = known[5] or (in_sql ~= '' and in_sql) or (whole and 0)
if not before then
  return -11
end
before = integer(before, 'bits', 0, 63)
local after = bit.bor(bit.band(before, bit.bnot(to_clear)), to_set)
if after == before then
  return { after, likes, shares, '' }
end
likes = likes + bit.band(after, 1) - bit.band(before, 1)
shares = shares + shares_in(after) - shares_in(before)

local entry = decide('reaction', 1, 'post', post, 'shopper', shopper, 'bits', after,
  'likes', likes, 'shares', shares)
if not entry then
  return -1
end
apply_decided(state, entry, shopper, after, 'likes', likes, 'shares', shares)
return { after, likes, shares, entry }
