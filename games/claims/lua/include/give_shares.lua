-- PURPOSE  Appends the planned shares one by one, then changes the state once. Should an append
--          fail after another, that one counts: the state is marked as not loaded.
-- RETURNS  nothing: writes into `answers`; raises what failed
-- @include decide
-- @include apply_decided
local function give_shares(state, packet, pool, known, counts, shoppers, plan, answers)
  local changes, last, share, claims, granted = {}, nil, nil, known[6], known[7]
  for _, each in ipairs(plan) do
    local shopper = shoppers[each.at]
    local done, entry = pcall(decide, 'packet.claim', 1, 'packet', packet, 'shopper', shopper,
      'pool', pool, 'share', each.share, 'amount', each.amount)
    if not done then
      if last then
        redis.call('HDEL', state, 'epoch')
      end
      error(entry)
    elseif not entry then
      answers[each.at] = -1
    else
      local value, at = each.share .. ':' .. each.amount .. ':' .. entry, #changes
      answers[each.at] = '+' .. value
      changes[at + 1], changes[at + 2] = shopper .. ':' .. pool, value
      if counts then
        changes[at + 3], changes[at + 4] = 'count:' .. shopper, (counts[each.at] or 0) + 1
      end
      last, share, claims, granted = entry, each.share, claims + 1, granted + each.amount
    end
  end
  if last then
    apply_decided(state, last, 'next:' .. pool, share + 1, 'claims', claims, 'granted', granted,
      unpack(changes))
  end
end
