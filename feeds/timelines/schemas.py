"""Bodies of the feed."""

from enum import StrEnum

from app.kernel.structs import View
from feeds.posts.interfaces import FeedItem


class FeedSource(StrEnum):
    """Where a page comes from: accounts the shopper follows, or suggestions for a newcomer."""

    FOLLOWING = "following"
    SUGGESTED = "suggested"


class FeedView(View):
    """A page of the feed, newest first."""

    items: list[FeedItem]
    next_cursor: str | None
    head: str
    """Where this feed began: what `/v1/feed/new` counts from. Opaque."""
    source: FeedSource


class NewPostsView(View):
    """How many posts came since a head (99 means 99 or more), and the head now."""

    count: int
    head: str
