"""Rehearsals of the festival peak. A client: it imports nothing of the application."""
