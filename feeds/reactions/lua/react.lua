-- PURPOSE   Decides what a shopper does with a post: like, take it back, share over a channel.
-- GUARANTEE Exact under any concurrency; asking again changes nothing and answers the same. Bits
--           and figures change in one command. Should that fail after the append, the state is
--           marked as not loaded, and loaded again once SQL holds the decision.
-- KEYS      1–3 of `decide`, 4 reactions of the post (hash)
-- ARGV      1 of `decide`, 2 post, 3 shopper, 4 bits to set, 5 bits to clear, 6 the bits that SQL
--           holds of this shopper or "" when nobody looked
-- RETURNS   {bits, likes, shares, entry id, or "" when nothing changed}
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 closed, -11 the shopper's bits are unknown
-- @include decide
-- @include of_type
-- @include id
-- @include integer
local epoch_key, state = KEYS[2], KEYS[4]
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

of_type(KEYS[1], 'stream')
if not of_type(state, 'hash') then
  return -2
end
local epoch, closed, whole, likes, shares, before =
  unpack(redis.call('HMGET', state, 'epoch', 'closed', 'whole', 'likes', 'shares', shopper))
if not epoch or epoch ~= redis.call('GET', epoch_key) then
  return -2
elseif closed == '1' then
  return -10
elseif not before and whole ~= '1' then
  if in_sql == '' then
    return -11
  end
  before = in_sql
end
before = integer(before or 0, 'bits', 0, 63)
likes, shares = tonumber(likes), tonumber(shares)
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
local applied, failure = pcall(function()
  redis.call('HSET', state, shopper, after, 'likes', likes, 'shares', shares, 'last', entry)
  redis.call('PERSIST', state)
end)
if not applied then
  redis.call('HDEL', state, 'epoch')
  error(failure)
end
return { after, likes, shares, entry }
