"""What may go wrong with reactions, and the negative answers of their scripts."""

from enum import IntEnum

from app.kernel.errors import NotFound


class PostClosed(NotFound):
    """The post was withdrawn."""

    title = "This post is no longer there"


class ReactRefusal(IntEnum):
    """Answers of react.lua besides the shared ones."""

    CLOSED = -10
    UNKNOWN = -11
    """What this shopper did before is not in Valkey: read it from SQL and ask again."""
