"""The fair of the games, for faults that need no whole installation."""

from tests.games.conftest import fair

__all__ = ["fair"]
