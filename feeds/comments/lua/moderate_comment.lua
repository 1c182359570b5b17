-- PURPOSE   Decides on hiding, showing or deleting a comment.
-- GUARANTEE Counted exactly, with the thread below it. Asking again changes nothing. A deleted
--           comment stays deleted.
-- KEYS      1–3 of `decide`, 4 state (hash)
-- ARGV      1 of `decide`, 2 post, 3 comment, 4 status bits to set, 5 to clear (1 hidden,
--           2 deleted), then facts from SQL: see `comment_facts`
-- RETURNS   {status, comments of the post, entry id, or "" when nothing changed}
-- ERRORS    -1 too much unsettled, -2 not loaded, -11 facts missing, -13 not there
-- @include decide
-- @include aggregate
-- @include apply_decided
-- @include id
-- @include integer
-- @include comment_facts
-- @include fact_text
local state = KEYS[4]
local post, comment = id(ARGV[2], 'post'), id(ARGV[3], 'comment')
local to_set, to_clear = integer(ARGV[4], 'set', 0, 3), integer(ARGV[5], 'clear', 0, 1)
local DELETED, FIRST_FACT = 2, 6

local known = aggregate(state, KEYS[2], 'count')
if not known then
  return -2
end
local fact_of = comment_facts(state, FIRST_FACT)
local target = fact_of(comment)
local is_reply = target and target.root ~= '0'
local thread = is_reply and fact_of(target.root) or target
if not target or not thread or (is_reply and thread == target) then
  return -11
elseif target.missing or thread.missing then
  return -13
end
local before = target.status
if before >= DELETED and bit.band(to_set, DELETED) == 0 then
  return -13
end
local after = bit.bor(bit.band(before, bit.bnot(to_clear)), to_set)
if after == before then
  return { after, known[1], '' }
end

target.status = after
local shown = (after == 0 and 1 or 0) - (before == 0 and 1 or 0)
local count = tonumber(known[1])
if not is_reply then
  count = count + shown * (1 + target.replies)
else
  thread.replies = thread.replies + shown
  count = count + (thread.status == 0 and shown or 0)
end
count = string.format('%.0f', count)

local entry = decide('comment', 1, 'post', post, 'comment', comment, 'author', target.author,
  'root', target.root, 'status', after, 'starter', thread.author, 'replies', thread.replies,
  'count', count)
if not entry then
  return -1
end
local changes = { 'count', count, 'm' .. comment, fact_text(target, entry) }
if is_reply then
  table.insert(changes, 'm' .. target.root)
  table.insert(changes, fact_text(thread, entry))
end
apply_decided(state, entry, unpack(changes))
return { after, count, entry }
