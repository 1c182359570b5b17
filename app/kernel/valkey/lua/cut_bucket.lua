-- PURPOSE    Where a bucket stands at this moment, for audits that run under load.
-- GUARANTEE  Changes nothing; O(1) however long the stream is.
-- KEYS       1 stream of decisions, 2 epoch
-- ARGV       none
-- RETURNS    {epoch, last entry id, unsettled entries}; {"0", "0-0", 0} before the first decision
-- ERRORS     none of its own
local stream, epoch_key = KEYS[1], KEYS[2]

local epoch = redis.call('GET', epoch_key) or '0'
if redis.call('EXISTS', stream) == 0 then
  return { epoch, '0-0', 0 }
end
local facts = redis.call('XINFO', 'STREAM', stream)
local cut = { epoch, '0-0', 0 }
for index = 1, #facts, 2 do
  if facts[index] == 'last-generated-id' then
    cut[2] = facts[index + 1]
  elseif facts[index] == 'length' then
    cut[3] = facts[index + 1]
  end
end
return cut
