-- PURPOSE  What is known of comments: what was decided here, else what the caller read from SQL and
--          passed as pairs of field and value ("-" for: not there), from ARGV[first] on. A fact is
--          "author:root:status:replies:entry", in the field "m" and the comment's id.
-- RETURNS  two functions: the fact of a comment as a table (nil: ask SQL), and the text of a field
local function comment_facts(state, first)
  local in_sql = {}
  for at = first, #ARGV, 2 do
    in_sql[ARGV[at]] = ARGV[at + 1]
  end
  local whole = redis.call('HGET', state, 'whole') == '1'

  local function text_of(field)
    return redis.call('HGET', state, field) or in_sql[field] or (whole and '-')
  end
  local function fact_of(comment)
    local text = text_of('m' .. comment)
    if not text then
      return nil
    elseif text == '-' then
      return { root = '0', status = 2, missing = true }
    end
    local author, root, status, replies = string.match(text, '^(%d+):(%d+):(%d):(%d+):')
    return { author = author, root = root, status = tonumber(status), replies = tonumber(replies) }
  end
  return fact_of, text_of
end
