"""The door through which the realtime channel asks about feeds."""

from collections.abc import Collection

from app.identity.interfaces import requires_shopper
from app.kernel.actors import Actor
from app.kernel.database import Database
from feeds.accounts.interfaces import Relations
from feeds.posts.interfaces import Posts
from feeds.timelines.reading.pages import FeedPages


class Heads:
    """Implements `app.realtime.interfaces.FeedHead`."""

    def __init__(
        self, pages: FeedPages, database: Database, relations: Relations, posts: Posts
    ) -> None:
        self._pages = pages
        self._database = database
        self._relations = relations
        self._posts = posts

    async def authors(self, shopper_id: int) -> tuple[int, frozenset[int]]:
        """(graph version, accounts whose posts belong in the shopper's feed)."""
        async with self._database.reading() as session:
            return await self._relations.allowed_authors(session, shopper_id)

    async def new_since(self, actor: Actor, head: str) -> tuple[int, str]:
        """(posts newer than this head, at most 99; the present head). Raises Invalid."""
        return await self._pages.new_since(requires_shopper(actor), head)

    def place_of(self, head: str) -> tuple[int, int]:
        """(milliseconds, post) of a head. Raises Invalid for one that is not ours."""
        return self._pages.place_of(head)

    def head_at(self, published_ms: int, post_id: int) -> str:
        """The head of a feed that begins with this post."""
        return self._pages.head_at(published_ms, post_id)

    async def may_see(self, shopper_id: int, post_ids: Collection[int]) -> frozenset[int]:
        """Which of these posts to a limited audience the shopper may see."""
        async with self._database.reading() as session:
            return await self._posts.selected_among(session, shopper_id, post_ids)
