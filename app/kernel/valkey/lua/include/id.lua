-- PURPOSE  Checks that an argument is a 64-bit id. It stays text: Lua's numbers would round it.
-- RETURNS  the text; raises BADARGUMENT otherwise
local function id(value, name)
  if not value or #value > 19 or not string.find(value, '^%d+$') then
    error({ err = 'BADARGUMENT ' .. name })
  end
  return value
end
