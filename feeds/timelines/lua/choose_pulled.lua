-- PURPOSE  Note which of the authors whose posts are pulled this shopper may see.
-- GUARANTEE  The choice is stored with the generation it was made from; another generation makes
--   readers ask for it again.
-- KEYS  1 state of the timeline  2 its graph
-- ARGV  1 generation  2 all pulled authors (8 bytes each), joined
-- RETURNS  the chosen ones, joined; nil when the timeline is not ready
-- ERRORS  none

local state, graph = KEYS[1], KEYS[2]
local generation, authors = ARGV[1], ARGV[2]

if redis.call('HGET', state, 'state') ~= 'ready'
  or redis.call('SISMEMBER', graph, '-') == 0 then
  return false
end
local chosen = {}
for first = 1, #authors, 8 do
  local author = authors:sub(first, first + 7)
  if redis.call('SISMEMBER', graph, author) == 1 then
    chosen[#chosen + 1] = author
  end
end
local packed = table.concat(chosen)
redis.call('HSET', state, 'generation', generation, 'pulled', packed)
return packed
