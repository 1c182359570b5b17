"""What there is to play, read for others."""
