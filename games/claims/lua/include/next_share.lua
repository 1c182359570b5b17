-- PURPOSE  Finds the first share of a pool from `share` on that nobody has. Shares lie in fields of
--          64 amounts of 4 bytes; 0 stands for one that was given out of turn. A run asks about one
--          pool, and reads each field once.
-- RETURNS  its number and amount; or nil and -13 when there is none, -2 when a field is missing
local field_read, amounts_read
local function next_share(state, pool, share, shares)
  while share < shares do
    local field = math.floor(share / 64)
    if field_read ~= field then
      field_read, amounts_read = field, redis.call('HGET', state, 'shares:' .. pool .. ':' .. field)
    end
    local place = (share % 64) * 4
    if not amounts_read or #amounts_read < place + 4 then
      return nil, -2
    end
    local amount = struct.unpack('>I4', amounts_read, place + 1)
    if amount > 0 then
      return share, amount
    end
    share = share + 1
  end
  return nil, -13
end
