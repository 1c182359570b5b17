-- PURPOSE  The server's clock in milliseconds since 1970, moved by a test's offset key. It stands
--          still while a script runs, so it is read once.
-- RETURNS  a number
local now_read
local function now_ms(offset_key)
  if not now_read then
    local time = redis.call('TIME')
    local offset = tonumber(redis.call('GET', offset_key) or 0)
    now_read = time[1] * 1000 + math.floor(time[2] / 1000) + offset
  end
  return now_read
end
