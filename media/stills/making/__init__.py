"""Takes frames out of films, and makes of them what clients show."""
