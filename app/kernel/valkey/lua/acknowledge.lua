-- PURPOSE    Forgets entries that SQL holds.
-- GUARANTEE  An entry leaves the stream before the list of pending ones, so that a failure in
--            between is mended by the next XAUTOCLAIM and leaves nothing behind.
-- KEYS       1 stream of decisions
-- ARGV       1 group, then entry ids
-- RETURNS    how many entries went
-- ERRORS     none of its own; on a wiped stream there is nothing to forget
local stream, group = KEYS[1], ARGV[1]
local ids = { unpack(ARGV, 2) }

local deleted = redis.call('XDEL', stream, unpack(ids))
redis.call('XACK', stream, group, unpack(ids))
return deleted
