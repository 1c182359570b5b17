-- PURPOSE  A page of a shopper's timeline.
-- GUARANTEE  Only entries of authors the shopper may see and of posts they did not hide; all of
--   them from the asked position down to `reach`. Any part that was evicted gives "missing":
--   missing is never empty. Reading refreshes the timeline's life, once an hour.
-- KEYS  1 timeline  2 its state  3 its graph  4 the shopper's seal
-- ARGV  1 position to go on below (13 bytes, or '' for the top)  2 entries wanted
--   3 hour of this use  4 life in seconds  5 generation of the pulled authors
--   6 what a seal is made of where none stands, or '' when no seal is wanted  7 its life in seconds
-- RETURNS  {0} missing, {1} being built, or {2, seal (nil when none is wanted), entries joined,
--   reach ('' when nothing older exists), flags (a: follows nobody, h: hides posts, b: blocks),
--   pulled authors joined (nil when chosen for another generation)}
-- ERRORS  none
-- @include older

local timeline, state, graph, seal_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local below, wanted, hour, life_seconds = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local generation, new_seal, seal_seconds = ARGV[5], ARGV[6], ARGV[7]
local call = redis.call

local held = call('HMGET', state, 'state', 'hour', 'flags', 'generation', 'pulled')
if held[1] ~= 'ready' then return { held[1] == 'building' and 1 or 0 } end
local length = call('LLEN', timeline)
if length == 0 then return { 0 } end
if held[2] ~= hour then
  call('HSET', state, 'hour', hour)
  for part = 1, 3 do call('EXPIRE', KEYS[part], life_seconds) end
end
local pulled = held[4] == generation and held[5]
local seal = new_seal ~= '' and (call('GET', seal_key) or new_seal)
if seal == new_seal then call('SET', seal_key, seal, 'EX', seal_seconds) end

-- The first index whose entry is older than `below`: entries descend, so halve.
local start, last = 0, length
while below ~= '' and start < last do
  local middle = math.floor((start + last) / 2)
  local entry = call('LINDEX', timeline, middle)
  if entry == '$' or older(entry, below) then last = middle else start = middle + 1 end
end

local flags = held[3]
local hides = flags:find('h', 1, true) ~= nil
local kept, reach = {}, below
while #kept < wanted do
  local need = wanted - #kept + 4
  local chunk = call('LRANGE', timeline, start, start + need - 1)
  local asked = { '-' }
  for _, entry in ipairs(chunk) do
    if entry ~= '$' then
      asked[#asked + 1] = entry:sub(14)
      if hides then asked[#asked + 1] = 'h' .. entry:sub(6, 13) end
    end
  end
  local answers = call('SMISMEMBER', graph, unpack(asked))
  if answers[1] == 0 then return { 0 } end
  local at, width = 2, hides and 2 or 1
  for _, entry in ipairs(chunk) do
    if entry == '$' then return { 2, seal, table.concat(kept), '', flags, pulled } end
    if #kept == wanted then break end
    reach = entry:sub(1, 13)
    if answers[at] == 1 and not (hides and answers[at + 1] == 1) then kept[#kept + 1] = entry end
    at = at + width
  end
  if #chunk < need then break end
  start = start + need
end
return { 2, seal, table.concat(kept), reach, flags, pulled }
