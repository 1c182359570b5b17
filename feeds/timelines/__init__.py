"""The feed: hybrid timelines in the cache Valkey, always as right as a merge from SQL."""
