-- PURPOSE  Whether shoppers may be given a share of a pool now, whatever is left of it. `known` is
--          what `grab_packet` read.
-- RETURNS  a function of a shopper's place that returns what refuses, or nil; how many shares each
--          shopper has of all pools, nil where that is no matter; how many the pool has
-- @include now_ms
local function gate(state, known, shoppers, later_ms, guesses_max)
  local closed, window, paused, cap = unpack(known, 1, 4)
  if closed == '1' then
    return function() return -10 end, nil, 0
  end
  local opens_ms, closes_ms, shares = struct.unpack('>I6I6I4', window)
  local now, cap_max, counts, guesses = now_ms(KEYS[3]), tonumber(cap), nil, nil
  if cap_max > 0 then
    local fields = {}
    for at, shopper in ipairs(shoppers) do
      fields[at] = 'count:' .. shopper
    end
    counts = redis.call('HMGET', state, unpack(fields))
  end
  if guesses_max > 0 then
    guesses = redis.call('MGET', unpack(KEYS, 5))
  end
  return function(at)
    if now >= closes_ms then
      return -10
    elseif now < opens_ms + later_ms[at] then
      return -11
    elseif paused == '1' then
      return -12
    elseif counts and tonumber(counts[at] or 0) >= cap_max then
      return -14
    elseif guesses and tonumber(guesses[at] or 0) >= guesses_max then
      return -15
    end
  end, counts, shares
end
