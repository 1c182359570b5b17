-- PURPOSE   Gives shoppers who came together the next shares of a packet's pool, in their order.
-- GUARANTEE One share a shopper and pool, no share twice, nothing before or after its window, under
--           any concurrency. Who has a share gets the same answer for ever, also after the end.
--           Everything is read before the first append; should anything after it fail, what was
--           appended counts, and the packet is loaded again once SQL holds it.
-- KEYS      1–3 of `decide`, 4 packet (hash), then each shopper's wrong phrases where there is one
-- ARGV      1 of `decide`, 2 packet, 3 pool, 4 wrong phrases allowed, then for each shopper: the
--           shopper, and milliseconds this shopper enters later
-- RETURNS   for each shopper "share:amount:entry", with "+" before it when it was given just now,
--           or one of the errors; instead of a list -2 for all of them
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 over, -11 not open, -12 paused, -13 sold out,
--           -14 as many as one may have, -15 too many wrong phrases
-- @include aggregate
-- @include id
-- @include integer
-- @include next_share
-- @include broken
-- @include gate
-- @include give_shares
local state, packet, pool = KEYS[4], id(ARGV[2], 'packet'), integer(ARGV[3], 'pool', 0, 255)
local guesses_max = integer(ARGV[4], 'guesses', 0, 1000)
local shoppers, later_ms, mine = {}, {}, {}
for at = 1, (#ARGV - 4) / 2 do
  shoppers[at] = id(ARGV[3 + 2 * at], 'shopper')
  later_ms[at] = integer(ARGV[4 + 2 * at], 'later', 0, 3600000)
  mine[at] = shoppers[at] .. ':' .. pool
end

local known = aggregate(state, KEYS[2], 'closed', 'window:' .. pool, 'paused', 'cap',
  'next:' .. pool, 'claims', 'granted', unpack(mine))
if not known then
  return -2
end
for field = 1, known[1] == '1' and 0 or 7 do
  if not known[field] then
    return broken(state)
  end
end
local refusal, counts, shares = gate(state, known, shoppers, later_ms, guesses_max)
local answers, plan, turn, share = {}, {}, {}, tonumber(known[5])
for at, shopper in ipairs(shoppers) do
  answers[at] = known[7 + at] or refusal(at)
  if not answers[at] and not turn[shopper] then
    turn[shopper] = at
    local found, amount = next_share(state, pool, share, shares)
    if found then
      plan[#plan + 1], share = { at = at, share = found, amount = amount }, found + 1
    elseif amount == -2 then
      return broken(state)
    else
      answers[at], share = amount, shares
    end
  end
end
give_shares(state, packet, pool, known, counts, shoppers, plan, answers)
for at, shopper in ipairs(shoppers) do
  if not answers[at] then
    local told = answers[turn[shopper]]
    answers[at] = type(told) == 'string' and string.sub(told, 2) or told
  end
end
return answers
