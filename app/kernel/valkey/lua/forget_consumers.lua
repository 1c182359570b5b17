-- PURPOSE    Forgets consumers of processes that are long gone.
-- GUARANTEE  Only those that hold nothing: deleting a consumer drops what it holds.
-- KEYS       1 stream of decisions
-- ARGV       1 group, 2 idle milliseconds after which a consumer counts as gone
-- RETURNS    how many were forgotten
-- ERRORS     NOGROUP when the stream was wiped meanwhile
local stream, group, idle_ms = KEYS[1], ARGV[1], tonumber(ARGV[2])

local forgotten = 0
for _, facts in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local consumer = {}
  for index = 1, #facts, 2 do
    consumer[facts[index]] = facts[index + 1]
  end
  if consumer.pending == 0 and consumer.idle > idle_ms then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer.name)
    forgotten = forgotten + 1
  end
end
return forgotten
