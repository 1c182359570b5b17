-- PURPOSE  The server's clock in milliseconds since 1970, moved by a test's offset key.
-- RETURNS  a number
local function now_ms(offset_key)
  local time = redis.call('TIME')
  local offset = tonumber(redis.call('GET', offset_key) or 0)
  return time[1] * 1000 + math.floor(time[2] / 1000) + offset
end
