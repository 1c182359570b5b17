"""What may go wrong with comments, and the negative answers of their scripts."""

from enum import IntEnum

from app.kernel.errors import Conflict, NotFound


class PostClosed(NotFound):
    """The post was withdrawn."""

    title = "This post is no longer there"


class ParentGone(Conflict):
    """What was to be answered was deleted or hidden meanwhile."""

    code, title = "parent_gone", "The comment you answer is no longer there"


class CommentRefusal(IntEnum):
    """Answers of the scripts besides the shared ones."""

    CLOSED = -10
    FACTS_MISSING = -11
    """Something about these comments is not in Valkey: read it from SQL and ask again."""
    PARENT_GONE = -12
    NOT_THERE = -13
