"""Bodies of comments."""

from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, Timestamp, View
from feeds.accounts.interfaces import AccountCard
from feeds.comments.interfaces import CLIENT_ID_CHARS_MAX, TEXT_CHARS_MAX


class CommentCreate(Input):
    """A comment, or with `parent_id` a reply to a comment or to another reply under it."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARS_MAX)]
    parent_id: Id | None = None
    client_id: Annotated[str, msgspec.Meta(min_length=1, max_length=CLIENT_ID_CHARS_MAX)] | None = (
        None
    )
    """Chosen by the client: sending the same again gives the same comment."""


class CommentViewer(View):
    """What the reader may do."""

    can_delete: bool
    can_hide: bool


class CommentView(View):
    """A comment or reply."""

    id: Id
    post_id: Id
    author: AccountCard
    text: str
    created_at: Timestamp
    parent_id: Id | None
    """The comment this is a reply under."""
    reply_to: AccountCard | None
    """Whose reply it answers."""
    reply_count: int
    replies: list["CommentView"]
    """The first two."""
    is_post_author: bool
    hidden: bool
    viewer: CommentViewer


class HiddenView(View):
    """Whether the comment is hidden from others."""

    hidden: bool
