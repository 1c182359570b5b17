"""SQL of reactions. What a decision writes is written once, however often it is replayed: a row
changes only for a higher order."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import BIT, insert
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.reactions.models import PostReaction
from feeds.reactions.rules import EVER_LIKED, LIKED, SHARED

LIKED_RECENT_MAX = 500
"""How many of a shopper's newest liked posts the cache holds."""


class Reaction(NamedTuple):
    """What one decision said: the shopper's bits and the post's figures after it."""

    post_id: int
    shopper_id: int
    bits: int
    order: int
    likes: int
    shares: int


class Sums(NamedTuple):
    """Likes and shares that the rows of a post add up to."""

    likes: int
    shares: int


class ReactionRepository:
    """Rows of reactions. Stateless."""

    async def settle(
        self, session: AsyncSession, decided: Iterable[Reaction]
    ) -> tuple[list[Reaction], list[Reaction]]:
        """Write decisions in any order. Returns the rows that changed, and of these the shoppers'
        first likes ever."""
        newest: dict[tuple[int, int], Reaction] = {}
        for each in decided:
            key = (each.post_id, each.shopper_id)
            if key not in newest or newest[key].order < each.order:
                newest[key] = each
        statement = insert(PostReaction).values(
            [
                {
                    "post_id": each.post_id,
                    "shopper_id": each.shopper_id,
                    "bits": each.bits,
                    "order": each.order,
                }
                for _, each in sorted(newest.items())
            ]
        )
        written = await session.execute(
            statement.on_conflict_do_update(
                index_elements=[PostReaction.post_id, PostReaction.shopper_id],
                set_={"bits": statement.excluded.bits, "order": statement.excluded.order},
                where=PostReaction.order < statement.excluded.order,
            ).returning(
                PostReaction.post_id,
                PostReaction.shopper_id,
                literal_column("coalesce(old.bits, 0)", Integer),
            )
        )
        before = {(post_id, shopper_id): bits for post_id, shopper_id, bits in written}
        changed = [newest[key] for key in sorted(before)]
        first = [
            each
            for each in changed
            if each.bits & EVER_LIKED and not before[each.post_id, each.shopper_id] & EVER_LIKED
        ]
        return changed, first

    async def bits_of_all(
        self, session: AsyncSession, post_id: int, rows_max: int
    ) -> Sequence[tuple[int, int]] | None:
        """(shopper, bits) of everybody who reacted to a post; None for more than `rows_max`."""
        found = await session.execute(
            select(PostReaction.shopper_id, PostReaction.bits)
            .where(PostReaction.post_id == post_id)
            .limit(rows_max + 1)
        )
        rows = [(shopper_id, bits) for shopper_id, bits in found]
        return rows if len(rows) <= rows_max else None

    async def bits_of(self, session: AsyncSession, post_id: int, shopper_id: int) -> int:
        """What a shopper did with a post; 0 for nothing."""
        found = await session.scalar(
            select(PostReaction.bits).where(
                PostReaction.post_id == post_id, PostReaction.shopper_id == shopper_id
            )
        )
        return found or 0

    async def liked_recent(self, session: AsyncSession, shopper_id: int) -> list[tuple[int, int]]:
        """(post, order) of the newest liked posts, at most `LIKED_RECENT_MAX`."""
        found = await session.execute(
            select(PostReaction.post_id, PostReaction.order)
            .where(PostReaction.shopper_id == shopper_id, _IS_LIKED)
            .order_by(PostReaction.post_id.desc())
            .limit(LIKED_RECENT_MAX)
        )
        return [(post_id, order) for post_id, order in found]

    async def liked_among(
        self, session: AsyncSession, shopper_id: int, post_ids: Iterable[int]
    ) -> frozenset[int]:
        """Which of these posts the shopper likes."""
        found = await session.scalars(
            select(PostReaction.post_id).where(
                PostReaction.shopper_id == shopper_id,
                _IS_LIKED,
                PostReaction.post_id.in_(post_ids),
            )
        )
        return frozenset(found)

    async def sums(self, session: AsyncSession, post_ids: Iterable[int]) -> dict[int, Sums]:
        """What the rows add up to, for audits."""
        shares = func.coalesce(func.sum(func.bit_count(_SHARE_BITS)), 0)
        found = await session.execute(
            select(PostReaction.post_id, func.count().filter(_IS_LIKED), cast(shares, Integer))
            .where(PostReaction.post_id.in_(post_ids))
            .group_by(PostReaction.post_id)
        )
        return {post_id: Sums(likes, shared) for post_id, likes, shared in found}


_IS_LIKED: ColumnElement[bool] = PostReaction.bits.bitwise_and(LIKED) == LIKED
_SHARE_BITS: ColumnElement[Any] = cast(cast(PostReaction.bits.bitwise_and(SHARED), Integer), BIT(8))
