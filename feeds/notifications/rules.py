"""What becomes a notification, and which ones are one."""

from enum import StrEnum

EXCERPT_CHARS_MAX = 80
UNREAD_MAX = 999
"""Counting stops here."""


class NotificationKind(StrEnum):
    """What somebody did."""

    COMMENT = "comment"
    REPLY = "reply"
    FOLLOW = "follow"
    LIKE = "like"


def group_of(kind: NotificationKind, *subject: int) -> str:
    """Notifications of a shopper with one group are one: each comment is its own, a follower is
    told of once, and all likes of a post are told of together."""
    return ":".join(map(str, (kind, *subject)))


def excerpt_of(text: str) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_CHARS_MAX else line[: EXCERPT_CHARS_MAX - 1] + "…"
