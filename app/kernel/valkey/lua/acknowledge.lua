-- PURPOSE    Forgets entries that SQL holds; where there are backups, keeps them until one does.
-- GUARANTEE  An entry is kept before it leaves the stream, and leaves it before the list of pending
--            ones, so that a failure in between is mended by the next XAUTOCLAIM and leaves nothing
--            behind but an entry kept twice, which settles once.
-- KEYS       1 stream of decisions, 2 stream of those kept, 3 mark that there are backups
-- ARGV       1 group, then entry ids
-- RETURNS    how many entries went
-- ERRORS     none of its own; on a wiped stream there is nothing to forget
local stream, kept, mark, group = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local ids = { unpack(ARGV, 2) }

if redis.call('EXISTS', mark) == 1 then
  for _, id in ipairs(ids) do
    local found = redis.call('XRANGE', stream, id, id)[1]
    if found then
      redis.call('XADD', kept, '*', 'id', id, unpack(found[2]))
    end
  end
end
local deleted = redis.call('XDEL', stream, unpack(ids))
redis.call('XACK', stream, group, unpack(ids))
return deleted
