"""Posts as bytes: what is kept in caches and joined into pages."""
