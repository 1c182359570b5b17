-- PURPOSE  Compare two places in time: 5 bytes of milliseconds and 8 of an id, big-endian, at the
--   start of both strings. Numbers are compared, never strings: those follow the server's locale.
--   Ids are compared by halves: a Lua number holds 53 bits.
-- RETURNS  whether `one` is older than `other`

local function older(one, other)
  local ms, high, low = struct.unpack('>I5I4I4', one)
  local other_ms, other_high, other_low = struct.unpack('>I5I4I4', other)
  if ms ~= other_ms then return ms < other_ms end
  if high ~= other_high then return high < other_high end
  return low < other_low
end
