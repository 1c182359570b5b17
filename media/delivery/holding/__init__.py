"""Copies of what players ask for again and again."""
