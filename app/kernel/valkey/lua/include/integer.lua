-- PURPOSE  Checks that an argument is a whole number within bounds, before anything is written.
-- RETURNS  the number; raises BADARGUMENT otherwise
local function integer(value, name, low, high)
  local number = tonumber(value)
  if not number or number ~= math.floor(number) or number < low or number > high then
    error({ err = 'BADARGUMENT ' .. name })
  end
  return number
end
