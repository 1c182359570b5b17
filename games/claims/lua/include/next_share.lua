-- PURPOSE  Finds the first share of a pool from `share` on that nobody has. Shares lie in fields of
--          64 amounts of 4 bytes; 0 stands for one that was given out of turn.
-- RETURNS  its number and amount; or nil and -13 when there is none, -2 when a field is missing
local function next_share(state, pool, share, shares)
  local field, amounts
  while share < shares do
    local wanted = math.floor(share / 64)
    if field ~= wanted then
      field, amounts = wanted, redis.call('HGET', state, 'shares:' .. pool .. ':' .. wanted)
    end
    local place = (share % 64) * 4
    if not amounts or #amounts < place + 4 then
      return nil, -2
    end
    local amount = struct.unpack('>I4', amounts, place + 1)
    if amount > 0 then
      return share, amount
    end
    share = share + 1
  end
  return nil, -13
end
