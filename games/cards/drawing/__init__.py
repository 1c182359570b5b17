"""Draws share cards, in the colours of the one token file."""
