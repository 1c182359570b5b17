"""Draws share cards."""
