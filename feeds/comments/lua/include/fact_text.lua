-- PURPOSE  Writes a fact of a comment the way `comment_facts` reads it.
-- RETURNS  text
local function fact_text(fact, entry)
  return string.format('%s:%s:%d:%d:%s', fact.author, fact.root, fact.status, fact.replies, entry)
end
