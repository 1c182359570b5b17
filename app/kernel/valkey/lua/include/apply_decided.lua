-- PURPOSE  Changes an aggregate's state after the append. Should that fail, the state is marked as
--          not loaded: the decision counts, so it is loaded again once SQL holds it.
-- RETURNS  nothing; raises what the change raised
local function apply_decided(state, entry, ...)
  local done, failure = pcall(redis.call, 'HSET', state, 'last', entry, ...)
  if done then
    done, failure = pcall(redis.call, 'PERSIST', state)
  end
  if not done then
    redis.call('HDEL', state, 'epoch')
    error(failure)
  end
end
