"""The bodies of the reading routes."""

from app.kernel.structs import Timestamp, View
from feeds.posts.interfaces import FeedItem, FeedItemBytes


class WallItem(FeedItem):
    """A post on its account's page."""

    pinned: bool


class WallItemBytes(FeedItemBytes):
    """`WallItem` around ready bytes: the same JSON."""

    pinned: bool


class EditView(View):
    """What a post said from a moment on."""

    version: int
    text: str
    edited_at: Timestamp


class InterestView(View):
    """Whether the caller is not interested in the post."""

    not_interested: bool
