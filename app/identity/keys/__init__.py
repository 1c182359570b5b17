"""API keys of brands."""
