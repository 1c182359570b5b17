-- PURPOSE  The next entries of a shopper's timeline.
-- GUARANTEE  All of it is of one moment. Any part that was evicted gives "missing": missing is
--   never empty. Entries may have been pushed by authors the shopper has left since, and of hidden
--   posts: those are named. Reading refreshes the timeline's life, once an hour.
-- KEYS  1 timeline  2 its state  3 its graph  4 the shopper's seal  5 marks, see `Engagement`; or
--   none
-- ARGV  1 position to go on below (13 bytes, or '' for the top)  2 entries wanted
--   3 hour of this use  4 life in seconds  5 generation of the pulled authors
--   6 what a seal is made of where none stands, or '' when no seal is wanted  7 its life in seconds
-- RETURNS  {0} missing, {1} being built, or {2, seal (nil when none is wanted), flags (a: follows
--   nobody, h: hides posts, b: blocks), pulled authors joined (nil when chosen for another
--   generation), entries, with '$' behind the oldest of all, places (from 0) of those that are not
--   for the shopper, marks: of the floor and then of each entry's post, or the floor's alone where
--   the others have none}
-- ERRORS  none
-- @include older

local timeline, state, graph, seal_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local below, wanted, hour, life_seconds = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local generation, new_seal, seal_seconds = ARGV[5], ARGV[6], ARGV[7]
local marks_key, call, sub = KEYS[5], redis.call, string.sub

local held = call('HMGET', state, 'state', 'hour', 'flags', 'generation', 'pulled')
if held[1] ~= 'ready' then return { held[1] == 'building' and 1 or 0 } end

-- The first index whose entry is older than `below`: entries descend, so halve.
local start = 0
if below ~= '' then
  local last = call('LLEN', timeline)
  while start < last do
    local middle = math.floor((start + last) / 2)
    local entry = call('LINDEX', timeline, middle)
    if entry == '$' or older(entry, below) then last = middle else start = middle + 1 end
  end
end

local entries = call('LRANGE', timeline, start, start + wanted - 1)
local count = #entries
if entries[count] == '$' then count = count - 1 end
local function posts_behind(first, prefix)
  local posts = { first }
  for at = 1, count do posts[at + 1] = prefix .. sub(entries[at], 6, 13) end
  return posts
end
local authors = { '-' }
for at = 1, count do authors[at + 1] = sub(entries[at], 14) end
local allowed = call('SMISMEMBER', graph, unpack(authors))
if allowed[1] == 0 or (#entries == 0 and call('EXISTS', timeline) == 0) then return { 0 } end
local out, hidden = {}, {}
if string.find(held[3], 'h', 1, true) then
  hidden = call('SMISMEMBER', graph, unpack(posts_behind('-', 'h')))
end
for at = 2, count + 1 do
  if allowed[at] == 0 or hidden[at] == 1 then out[#out + 1] = at - 2 end
end

local marks = false
if marks_key and call('HLEN', marks_key) < 2 then
  marks = call('HGET', marks_key, 'floor') -- most shoppers like nothing
elseif marks_key then
  local found = call('HMGET', marks_key, unpack(posts_behind('floor', '')))
  marks = found[1]
  for at = 2, count + 1 do
    if found[at] then marks = found end
  end
end

if held[2] ~= hour then
  call('HSET', state, 'hour', hour)
  for part = 1, 3 do call('EXPIRE', KEYS[part], life_seconds) end
end
local seal = false
if new_seal ~= '' then
  seal = call('GET', seal_key) or new_seal
  if seal == new_seal then call('SET', seal_key, seal, 'EX', seal_seconds) end
end
return { 2, seal, held[3], held[4] == generation and held[5], entries, out, marks }
