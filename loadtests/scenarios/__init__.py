"""One module a journey."""
