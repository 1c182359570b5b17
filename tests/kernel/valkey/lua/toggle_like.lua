-- PURPOSE    Likes or unlikes a thing, as a deciding script of a slice would.
-- GUARANTEE  One decision a change; asking for what already holds changes nothing.
-- KEYS       1–3 of decide, 4 set of those who like
-- ARGV       1 of decide, 2 shopper, 3 wanted (1 or 0)
-- RETURNS    the decision's entry id, or 0 when nothing changed, or -1 BUSY
-- ERRORS     BADARGUMENT, WRONGTYPE; nothing was changed then
-- @include decide
-- @include id
-- @include integer
-- @include of_type
local likers = KEYS[4]
local shopper, wanted = id(ARGV[2], 'shopper'), integer(ARGV[3], 'wanted', 0, 1)
of_type(likers, 'set')

if redis.call('SISMEMBER', likers, shopper) == wanted then
  return 0
end
local decision = decide('like', 1, 'thing', likers, 'shopper', shopper, 'wanted', wanted)
if not decision then
  return -1
end
if wanted == 1 then
  redis.call('SADD', likers, shopper)
else
  redis.call('SREM', likers, shopper)
end
return decision
