"""How what SQL holds and what was decided since become the list that a reader sees."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from feeds.comments.interfaces import DELETED, HIDDEN, Line

PREVIEW_REPLIES = 2
"""Replies shown under a comment before they are asked for."""


def cleaned(text: str) -> str:
    """The text without surrounding space and characters nobody can see; "" if nothing is left."""
    kept = "".join(each for each in text if each == "\n" or unicodedata.category(each) != "Cc")
    return kept.strip()


def merged(settled: Iterable[Line], waiting: Iterable[Line]) -> dict[int, Line]:
    """Every comment once; what is settled wins, because it knows more."""
    lines = {line.id: line for line in waiting}
    lines.update((line.id, line) for line in settled)
    return lines


def is_shown(line: Line, *, viewer_id: int | None, moderates: bool) -> bool:
    """Deleted comments are shown to nobody; hidden ones to their author and to who may show them
    again."""
    if line.status & DELETED:
        return False
    return not line.status & HIDDEN or moderates or line.author_id == viewer_id


def moment_of(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
