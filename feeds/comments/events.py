"""What happened to comments, told inside the transaction that wrote it to SQL."""

import msgspec


class CommentWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A new comment or reply is in SQL; told once."""

    comment_id: int
    post_id: int
    author_id: int
    root_id: int
    """0 for a comment of its own."""
    answered_id: int
    """Whose comment or reply it answers; 0 for a comment of its own."""
    text: str
    order: int
