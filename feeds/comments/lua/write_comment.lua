-- PURPOSE   Decides on a new comment or reply: its place in the order, and whether it may stand.
-- GUARANTEE Counted exactly. The same author's same client id gives the comment it gave before.
-- KEYS      1–3 of `decide`, 4 state (hash), 5 comments on their way to SQL (hash)
-- ARGV      1 of `decide`, 2 post, 3 comment, 4 author, 5 parent or "0", 6 client id or "",
--           7 text, 8 most comments on their way, then facts from SQL: see `comment_facts`
-- RETURNS   {comment, comments of the post, entry id, or "" when it was there before}
-- ERRORS    -1 too much unsettled, -2 not loaded, -10 closed, -11 facts missing, -12 parent gone
-- @include decide
-- @include aggregate
-- @include of_type
-- @include apply_decided
-- @include id
-- @include integer
-- @include comment_facts
-- @include fact_text
local state, unsettled = KEYS[4], KEYS[5]
local post, comment, author = id(ARGV[2], 'post'), id(ARGV[3], 'comment'), id(ARGV[4], 'author')
local parent, client, text = id(ARGV[5], 'parent'), ARGV[6], ARGV[7]
local waiting_max = integer(ARGV[8], 'waiting', 1, 100000)
local FIRST_FACT = 9

of_type(unsettled, 'hash')
local known = aggregate(state, KEYS[2], 'closed', 'count')
if not known then
  return -2
elseif known[1] == '1' then
  return -10
end
local fact_of, text_of = comment_facts(state, FIRST_FACT)
local client_field = 'k' .. author .. ':' .. client
local earlier = client == '' and '-' or text_of(client_field)
if not earlier then
  return -11
elseif earlier ~= '-' then
  return { earlier, known[2], '' }
end

local new = { author = author, root = '0', status = 0, replies = 0 }
local thread, replied_to = new, '0'
if parent ~= '0' then
  local above = fact_of(parent)
  new.root = above and above.root ~= '0' and above.root or parent
  thread = fact_of(new.root)
  if not above or not thread then
    return -11
  elseif above.status ~= 0 or thread.status ~= 0 then
    return -12
  end
  replied_to = above.root ~= '0' and above.author or '0'
  thread.replies = thread.replies + 1
end
if redis.call('HLEN', unsettled) >= waiting_max then
  return -1
end
local count = string.format('%.0f', known[2] + 1)
local at = string.format('%.0f', now_ms(KEYS[3]))

local entry = decide('comment', 1, 'post', post, 'comment', comment, 'author', author,
  'root', new.root, 'replied', replied_to, 'client', client, 'text', text, 'status', 0,
  'starter', thread.author, 'replies', thread.replies, 'count', count)
if not entry then
  return -1
end
local changes = { 'count', count, 'm' .. comment, fact_text(new, entry) }
if thread ~= new then
  table.insert(changes, 'm' .. new.root)
  table.insert(changes, fact_text(thread, entry))
end
if client ~= '' then
  table.insert(changes, client_field)
  table.insert(changes, comment)
end
apply_decided(state, entry, unpack(changes))
local record = { comment, entry, at, author, new.root, replied_to, text }
redis.call('HSET', unsettled, comment, cmsgpack.pack(record))
return { comment, count, entry }
