-- PURPOSE  Put one post into the timelines of many followers of one bucket.
-- GUARANTEE  Every timeline that exists (ready or being built) holds the entry afterwards, in the
--   order of (published_at, id), once. Pushing again changes nothing, so a job may be repeated.
--   A timeline that does not exist is not made: it would look complete without being so. The
--   seals are broken, also of timelines that were evicted: pages made of them may be held.
-- KEYS  the timelines, then the seals of the same shoppers
-- ARGV  1 the entry (21 bytes)  2 entries a timeline keeps  3 entries it may grow beyond that
--   before it is cut, so that cutting is not paid for at every push
-- RETURNS  how many timelines took the entry
-- ERRORS  none
-- @include older

local entry, items_max, slack = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local END, CHUNK = '$', 64
local call = redis.call

-- Someone published earlier but committed later: find the place below newer entries.
local function insert(key)
  local start = 0
  while true do
    local chunk = call('LRANGE', key, start, start + CHUNK - 1)
    for _, other in ipairs(chunk) do
      if other == entry then
        return 0
      elseif other == END or older(other, entry) then
        call('LINSERT', key, 'BEFORE', other, entry)
        return 1
      end
    end
    if #chunk < CHUNK then
      return 0 -- older than all a truncated timeline keeps: SQL answers there
    end
    start = start + CHUNK
  end
end

local count = #KEYS / 2
call('DEL', unpack(KEYS, count + 1))
local pushed, known, newer = 0, nil, false
for index = 1, count do
  local key = KEYS[index]
  local head = call('LINDEX', key, 0)
  if head then
    if head ~= known then -- neighbours mostly share a head
      known, newer = head, head == END or older(head, entry)
    end
    if newer then
      pushed = pushed + 1
      if call('LPUSH', key, entry) > items_max + slack then
        call('LTRIM', key, 0, items_max - 1)
      end
    elseif head ~= entry then
      pushed = pushed + insert(key)
    end
  end
end
return pushed
