"""What a comment is, and how what SQL holds and what was decided since become one list."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

TEXT_CHARS_MAX = 500
CLIENT_ID_CHARS_MAX = 64
PREVIEW_REPLIES = 2
"""Replies shown under a comment before they are asked for."""

HIDDEN, DELETED = 1, 2


class Line(NamedTuple):
    """A comment as it stands, wherever it was read from."""

    id: int
    post_id: int
    author_id: int
    root_id: int
    """0 for a comment of its own."""
    replied_id: int
    """Whose reply it answers; 0 for nobody's."""
    text: str
    created_ms: int
    order: int
    status: int = 0
    replies: int = 0
    decided: int = 0
    """Order of the decision that status and replies come from."""


class Fact(NamedTuple):
    """What the live state says of a comment's standing."""

    author_id: int
    root_id: int
    status: int
    replies: int
    decided: int


def cleaned(text: str) -> str:
    """The text without surrounding space and characters nobody can see; "" if nothing is left."""
    kept = "".join(each for each in text if each == "\n" or unicodedata.category(each) != "Cc")
    return kept.strip()


def merged(settled: Iterable[Line], waiting: Iterable[Line]) -> dict[int, Line]:
    """Every comment once; what is settled wins, because it knows more."""
    lines = {line.id: line for line in waiting}
    lines.update((line.id, line) for line in settled)
    return lines


def standing(line: Line, facts: Mapping[int, Fact]) -> Line:
    """The line with the newest known status and replies."""
    fact = facts.get(line.id)
    if fact is None or fact.decided < line.decided:
        return line
    return line._replace(status=fact.status, replies=fact.replies, decided=fact.decided)


def is_shown(line: Line, *, viewer_id: int | None, moderates: bool) -> bool:
    """Deleted comments are shown to nobody; hidden ones to their author and to who may show them
    again."""
    if line.status & DELETED:
        return False
    return not line.status & HIDDEN or moderates or line.author_id == viewer_id


def moment_of(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
