-- PURPOSE    Tells whether an aggregate counts as loaded.
-- GUARANTEE  Changes nothing.
-- KEYS       1 the aggregate's marker, 2 the bucket's epoch
-- ARGV       none
-- RETURNS    1 or 0
-- ERRORS     none of its own
-- @include is_ready
return is_ready(KEYS[1], KEYS[2]) and 1 or 0
