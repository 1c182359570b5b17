-- PURPOSE  Checks that a key is missing or holds the type the script is about to use, because a
--          write that fails late would leave the earlier ones applied.
-- RETURNS  true when there is a value; raises WRONGTYPE otherwise
local function of_type(key, expected)
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= expected then
    error({ err = 'WRONGTYPE ' .. key .. ' holds ' .. found })
  end
  return found ~= 'none'
end
