-- PURPOSE  A packet's state lacks what it must have: marks it as not loaded, so that it is loaded
--          again once SQL holds what was decided. Missing is not empty.
-- RETURNS  -2, which the script returns
local function broken(state)
  redis.call('HDEL', state, 'epoch')
  return -2
end
