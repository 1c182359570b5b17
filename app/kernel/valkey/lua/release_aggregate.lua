-- PURPOSE   Lets an aggregate leave memory some time after its last decision is in SQL.
-- GUARANTEE Nothing unsettled expires: a decision removes the expiry, and only the settling of the
--           last decision brings it back.
-- KEYS      1 state (hash)
-- ARGV      1 entry id of the decision that was settled, 2 seconds to keep the idle state
-- RETURNS   1 when it will expire
-- ERRORS    none of its own
local state, entry, idle_seconds = KEYS[1], ARGV[1], ARGV[2]

if redis.call('HGET', state, 'last') ~= entry then
  return 0
end
return redis.call('EXPIRE', state, idle_seconds)
