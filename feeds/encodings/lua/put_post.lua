-- PURPOSE    Stores the ready bytes of a post.
-- GUARANTEE  Only a higher version replaces what is there, so that a slow writer never brings back
--            an older post.
-- KEYS       1 the post's bytes: "version\n" and what the reader decodes
-- ARGV       1 version, 2 bytes as stored, 3 milliseconds to live
-- RETURNS    1 stored, 0 something as new is there already
-- ERRORS     none of its own
local post_key = KEYS[1]
local version, bytes, ttl_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3]

local known = string.match(redis.call('GETRANGE', post_key, 0, 19), '^(%d+)\n')
if known and tonumber(known) >= version then
  return 0
end
redis.call('SET', post_key, bytes, 'PX', ttl_ms)
return 1
