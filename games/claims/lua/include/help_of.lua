-- PURPOSE  Looks at a link and at who wants to help there: what was helped, what is set aside for
--          whom, and whether any limit speaks against it. Set aside is "shopper=until_ms;…".
-- RETURNS  a refusal or the help that was given already; else nil, the link's helps so far, the
--          helper's and the device's, what is set aside for others, and until when for the helper
-- @include aggregate
-- @include now_ms
-- @include broken
local function help_of(state, link, sharer, helper, device, helpers, helps_max, device_max)
  local known = aggregate(state, KEYS[2], sharer .. ':0', 'closed', 'window:0', 'paused',
    'helped:' .. link, 'aside:' .. link, 'help:' .. link .. ':' .. helper, 'helps:' .. helper,
    'device:' .. device)
  if not known then
    return -2
  elseif not (known[2] and known[3] and known[4]) then
    return broken(state)
  elseif known[7] then
    return known[7]
  elseif not known[1] or string.match(known[1], '^(%d+):') ~= tostring(link) then
    return -18
  elseif helper == sharer then
    return -19
  end
  local opens_ms, closes_ms = struct.unpack('>I6I6', known[3])
  local now = now_ms(KEYS[3])
  if known[2] == '1' or now >= closes_ms then
    return -10
  elseif now < opens_ms then
    return -11
  elseif known[4] == '1' then
    return -12
  end
  local helped, helps, device_helps = tonumber(known[5] or 0), tonumber(known[8] or 0),
    tonumber(known[9] or 0)
  if helps >= helps_max then
    return -20
  elseif device_helps >= device_max then
    return -21
  end
  local others, count, until_ms = '', 0, nil
  for shopper, ends in string.gmatch(known[6] or '', '(%d+)=(%d+);') do
    if shopper == helper then
      until_ms = tonumber(ends) > now and tonumber(ends) or nil
    elseif tonumber(ends) > now then
      others, count = others .. shopper .. '=' .. ends .. ';', count + 1
    end
  end
  if helped + count >= helpers then
    return -22
  end
  return nil, helped, helps, device_helps, others, until_ms
end
