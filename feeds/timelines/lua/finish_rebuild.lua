-- PURPOSE  Complete a timeline: merge what SQL said with what was pushed meanwhile.
-- GUARANTEE  Only the building that began with this token is finished: whatever changed the graph
--   in between has removed the token, and then nothing is changed here.
-- KEYS  1 timeline  2 its state  3 its graph  4 the shopper's seal
-- ARGV  1 token  2 entries a timeline keeps  3 life in seconds  4 hour of this use
--   5 '1' when SQL had no more  6 entries of SQL, newest first, joined
--   7 allowed authors  8 hidden posts  9 blocked accounts: 8 bytes each, joined
-- RETURNS  1 ready, 0 the token no longer stands
-- ERRORS  none
-- @include older

local timeline, state, graph, seal = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, items_max, life_seconds, hour = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local complete, loaded = ARGV[5] == '1', ARGV[6]
local authors, hidden, blocked = ARGV[7], ARGV[8], ARGV[9]
local SIZE, BATCH = 21, 1000

local held = redis.call('HMGET', state, 'state', 'token')
if held[1] ~= 'building' or held[2] ~= token then return 0 end
local pushed = redis.call('LRANGE', timeline, 0, -2) -- without the mark of the end
if redis.call('LINDEX', timeline, -1) ~= '$' then
  return 0 -- evicted, or cut because of very many pushes
end

local entries, at, next_pushed = {}, 1, 1
while #entries < items_max do
  local ours, theirs = loaded:sub(at, at + SIZE - 1), pushed[next_pushed]
  if ours == '' and not theirs then break end
  if ours == '' or (theirs and (theirs == ours or older(ours, theirs))) then
    entries[#entries + 1] = theirs
    next_pushed = next_pushed + 1
    if theirs == ours then at = at + SIZE end
  else
    entries[#entries + 1] = ours
    at = at + SIZE
  end
end
if complete and at > #loaded and not pushed[next_pushed] then
  entries[#entries + 1] = '$'
end

local function add(command, key, members)
  for first = 1, #members, BATCH do
    redis.call(command, key, unpack(members, first, math.min(first + BATCH - 1, #members)))
  end
end
local members = { '-' } -- so that a set of nobody exists, too
local function note(prefix, ids)
  for first = 1, #ids, 8 do
    members[#members + 1] = prefix .. ids:sub(first, first + 7)
  end
end
note('', authors)
note('h', hidden)
note('b', blocked)
redis.call('DEL', timeline, graph, seal)
add('RPUSH', timeline, entries)
add('SADD', graph, members)
local flags = (authors == '' and 'a' or '') .. (hidden ~= '' and 'h' or '')
  .. (blocked ~= '' and 'b' or '')
redis.call('HSET', state, 'state', 'ready', 'hour', hour, 'flags', flags)
redis.call('HDEL', state, 'until')
for part = 1, 3 do
  redis.call('EXPIRE', KEYS[part], life_seconds)
end
return 1
