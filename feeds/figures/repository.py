"""SQL of figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.figures.interfaces import CommentTally, ReactionTally
from feeds.figures.models import PostTally
from feeds.posts.interfaces import PostCounts


class Tally(NamedTuple):
    """The figures of a post, and which is the newest."""

    post_id: int
    counts: PostCounts
    revision: int


class TallyRepository:
    """Rows of figures. Stateless. Posts are written in order, so that two writers never wait for
    each other in a circle."""

    async def settle_reactions(
        self, session: AsyncSession, tallies: Mapping[int, ReactionTally]
    ) -> list[Tally]:
        """Write likes and shares over older ones. Returns what changed."""
        rows = [
            {
                "post_id": post_id,
                "likes": tally.likes,
                "shares": tally.shares,
                "reactions_order": tally.order,
                "revision": 1,
            }
            for post_id, tally in sorted(tallies.items())
        ]
        names = ("likes", "shares", "reactions_order")
        return await self._upsert(session, rows, names, "reactions_order")

    async def settle_comments(
        self, session: AsyncSession, tallies: Mapping[int, CommentTally]
    ) -> list[Tally]:
        """Write comment figures over older ones. Returns what changed."""
        rows = [
            {
                "post_id": post_id,
                "comments": tally.comments,
                "comments_order": tally.order,
                "revision": 1,
            }
            for post_id, tally in sorted(tallies.items())
        ]
        return await self._upsert(session, rows, ("comments", "comments_order"), "comments_order")

    async def _upsert(
        self, session: AsyncSession, rows: list[dict[str, int]], names: Sequence[str], by: str
    ) -> list[Tally]:
        if not rows:
            return []
        statement = insert(PostTally).values(rows)
        changes: dict[str, Any] = {name: statement.excluded[name] for name in names}
        written = await session.execute(
            statement.on_conflict_do_update(
                index_elements=[PostTally.post_id],
                set_={**changes, "revision": PostTally.revision + 1},
                where=getattr(PostTally, by) < statement.excluded[by],
            ).returning(*_TALLY)
        )
        return [_tally(row) for row in written]

    async def add_views(self, session: AsyncSession, views: Mapping[int, int]) -> list[Tally]:
        """Add to the views of posts. Returns the new figures."""
        if not views:
            return []
        rows = [
            {"post_id": post_id, "views": count, "revision": 1}
            for post_id, count in sorted(views.items())
        ]
        statement = insert(PostTally).values(rows)
        written = await session.execute(
            statement.on_conflict_do_update(
                index_elements=[PostTally.post_id],
                set_={
                    "views": PostTally.views + statement.excluded.views,
                    "revision": PostTally.revision + 1,
                },
            ).returning(*_TALLY)
        )
        return [_tally(row) for row in written]

    async def tallies(self, session: AsyncSession, post_ids: Iterable[int]) -> list[Tally]:
        """The figures of those posts that have any."""
        found = await session.execute(select(*_TALLY).where(PostTally.post_id.in_(post_ids)))
        return [_tally(row) for row in found]

    async def reactions_of(self, session: AsyncSession, post_id: int) -> ReactionTally:
        """Settled likes and shares."""
        found = await session.execute(select(*_REACTIONS).where(PostTally.post_id == post_id))
        row = found.one_or_none()
        return ReactionTally(*row[1:]) if row else ReactionTally()

    async def comments_of(self, session: AsyncSession, post_id: int) -> CommentTally:
        """The settled comment figure."""
        found = await session.execute(select(*_COMMENTS).where(PostTally.post_id == post_id))
        row = found.one_or_none()
        return CommentTally(*row[1:]) if row else CommentTally()

    async def reactions_after(
        self, session: AsyncSession, after_post_id: int, limit: int
    ) -> dict[int, ReactionTally]:
        """Settled likes and shares of the next posts."""
        found = await session.execute(
            select(*_REACTIONS)
            .where(PostTally.post_id > after_post_id)
            .order_by(PostTally.post_id)
            .limit(limit)
        )
        return {row[0]: ReactionTally(*row[1:]) for row in found}

    async def comments_after(
        self, session: AsyncSession, after_post_id: int, limit: int
    ) -> dict[int, CommentTally]:
        """Settled comment figures of the next posts."""
        found = await session.execute(
            select(*_COMMENTS)
            .where(PostTally.post_id > after_post_id)
            .order_by(PostTally.post_id)
            .limit(limit)
        )
        return {row[0]: CommentTally(*row[1:]) for row in found}


_TALLY = (
    PostTally.post_id,
    PostTally.likes,
    PostTally.comments,
    PostTally.shares,
    PostTally.views,
    PostTally.revision,
)
_REACTIONS = (PostTally.post_id, PostTally.likes, PostTally.shares, PostTally.reactions_order)
_COMMENTS = (PostTally.post_id, PostTally.comments, PostTally.comments_order)


def _tally(row: tuple[int, int, int, int, int, int]) -> Tally:
    post_id, likes, comments, shares, views, revision = row
    counts = PostCounts(likes=likes, comments=comments, shares=shares, views=views)
    return Tally(post_id, counts, revision)
