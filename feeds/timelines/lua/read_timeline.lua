-- PURPOSE  A page of a shopper's timeline, or the word that the page they hold is still good.
-- GUARANTEE  Only entries of authors the shopper may see and of posts they did not hide; all of
--   them from the asked position down to `reach`. Any part that was evicted gives "missing":
--   missing is never empty. Reading refreshes the timeline's life, once an hour.
-- KEYS  1 timeline  2 its state  3 its graph  4 the shopper's likes (only their stamp)
-- ARGV  1 position to go on below (13 bytes, or '' for the top)  2 entries wanted
--   3 hour of this use  4 life in seconds  5 generation of the pulled authors
--   6 stamp of the page the caller holds, or ''
-- RETURNS  {0} missing, {1} being built, {2} the stamp stands, or {3, stamp, entries joined,
--   reach ('' when nothing older exists), flags (a: follows nobody, h: hides posts, b: blocks),
--   pulled authors joined (nil when chosen for another generation)}; the stamp is '' when nothing
--   could be compared with it later
-- ERRORS  none
-- @include older

local timeline, state, graph, likes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local below, wanted, hour, life_seconds = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local generation, known = ARGV[5], ARGV[6]
local call = redis.call

local held = call('HMGET', state, 'state', 'token', 'hour', 'flags', 'generation', 'pulled')
if held[1] ~= 'ready' then return { held[1] == 'building' and 1 or 0 } end
local head = call('LINDEX', timeline, 0)
if not head then return { 0 } end
if held[3] ~= hour then
  call('HSET', state, 'hour', hour)
  for part = 1, 3 do call('EXPIRE', KEYS[part], life_seconds) end
end
local length, liked = call('LLEN', timeline), call('HGET', likes, 'stamp')
local stamp = liked and (held[2] .. length .. head .. liked) or ''
local pulled = held[5] == generation and held[6]
if stamp == known and pulled and stamp ~= '' then return { 2 } end

-- The first index whose entry is older than `below`: entries descend, so halve.
local start, last = 0, length
while below ~= '' and start < last do
  local middle = math.floor((start + last) / 2)
  local entry = call('LINDEX', timeline, middle)
  if entry == '$' or older(entry, below) then last = middle else start = middle + 1 end
end

local flags = held[4]
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
    if entry == '$' then return { 3, stamp, table.concat(kept), '', flags, pulled } end
    if #kept == wanted then break end
    reach = entry:sub(1, 13)
    if answers[at] == 1 and not (hides and answers[at + 1] == 1) then kept[#kept + 1] = entry end
    at = at + width
  end
  if #chunk < need then break end
  start = start + need
end
return { 3, stamp, table.concat(kept), reach, flags, pulled }
