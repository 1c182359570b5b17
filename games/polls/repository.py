"""SQL of polls."""

import random
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from games.polls.models import Poll, PollCount, PollVote

PARTS_MAX = 32
"""Rows of one option's count."""
_LOCK = 18
"""The space of the advisory locks, one a poll."""

_COUNT = text(
    """
    WITH free AS (
        SELECT part FROM poll_counts WHERE poll_id = :poll_id AND option_id = :option_id
        ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED
    ), counted AS (
        UPDATE poll_counts c SET votes = c.votes + 1 FROM free
        WHERE c.poll_id = :poll_id AND c.option_id = :option_id AND c.part = free.part RETURNING 1
    )
    INSERT INTO poll_counts AS c (poll_id, option_id, part, votes)
    SELECT :poll_id, :option_id, :part, 1 WHERE NOT EXISTS (SELECT 1 FROM counted)
    ON CONFLICT (poll_id, option_id, part) DO UPDATE SET votes = c.votes + excluded.votes
    """
)


class PollRepository:
    """Polls, votes and counts in PostgreSQL."""

    async def voting(self, session: AsyncSession, poll_id: int) -> None:
        """Until the transaction ends, nobody changes the poll; any number may vote."""
        await session.execute(
            select(func.pg_advisory_xact_lock_shared(func.hashint8(poll_id), _LOCK))
        )

    async def changing(self, session: AsyncSession, poll_id: int) -> None:
        """Until the transaction ends, nobody votes or changes the poll."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(poll_id), _LOCK)))

    async def now(self, session: AsyncSession) -> datetime:
        """The present moment of the server that decides."""
        return (await session.execute(select(func.clock_timestamp()))).scalar_one()

    async def get(self, session: AsyncSession, poll_id: int) -> Poll | None:
        """One poll, as it is now."""
        statement = select(Poll).where(Poll.id == poll_id)
        return await session.scalar(statement.execution_options(populate_existing=True))

    async def look(
        self, session: AsyncSession, poll_id: int, shopper_id: int | None
    ) -> tuple[Poll, datetime, int | None] | None:
        """One poll as it is now, the moment of the server, and the option the shopper chose."""
        theirs = and_(PollVote.poll_id == Poll.id, PollVote.shopper_id == (shopper_id or 0))
        statement = (
            select(Poll, func.clock_timestamp(), PollVote.option_id)
            .outerjoin(PollVote, theirs)
            .where(Poll.id == poll_id)
            .execution_options(populate_existing=True)
        )
        found = (await session.execute(statement)).first()
        return None if found is None else (found[0], found[1], found[2])

    async def many(self, session: AsyncSession, ids: Collection[int]) -> Sequence[Poll]:
        """Those that exist."""
        if not ids:
            return []
        return (await session.scalars(select(Poll).where(Poll.id.in_(ids)))).all()

    async def of_brand(
        self, session: AsyncSession, brand_id: int, live: bool, before: int | None, limit: int
    ) -> Sequence[Poll]:
        """A brand's polls of one mode that are not archived, the newest first."""
        statement = select(Poll).where(Poll.brand_id == brand_id, Poll.live == live, ~Poll.archived)
        if before is not None:
            statement = statement.where(Poll.id < before)
        return (await session.scalars(statement.order_by(Poll.id.desc()).limit(limit))).all()

    async def vote(self, session: AsyncSession, poll_id: int, shopper_id: int) -> int | None:
        """The option that a shopper chose."""
        return await session.scalar(
            select(PollVote.option_id).where(
                PollVote.poll_id == poll_id, PollVote.shopper_id == shopper_id
            )
        )

    async def cast(
        self, session: AsyncSession, poll_id: int, shopper_id: int, option_id: int, at: datetime
    ) -> bool:
        """Write and count a vote, unless the shopper has one. Whether it is new."""
        values = {
            "poll_id": poll_id,
            "shopper_id": shopper_id,
            "option_id": option_id,
            "voted_at": at,
        }
        written = await session.scalar(
            insert(PollVote).values(values).on_conflict_do_nothing().returning(PollVote.option_id)
        )
        if written is None:
            return False
        part = random.randrange(PARTS_MAX)
        await session.execute(_COUNT, {"poll_id": poll_id, "option_id": option_id, "part": part})
        return True

    async def counts(
        self, session: AsyncSession, poll_ids: Collection[int]
    ) -> dict[int, dict[int, int]]:
        """Votes by poll and option, of those that have any."""
        found = await session.execute(
            select(PollCount.poll_id, PollCount.option_id, func.sum(PollCount.votes))
            .where(PollCount.poll_id.in_(poll_ids))
            .group_by(PollCount.poll_id, PollCount.option_id)
        )
        counts: dict[int, dict[int, int]] = {}
        for poll_id, option_id, votes in found:
            counts.setdefault(poll_id, {})[option_id] = int(votes)
        return counts

    async def miscounted(self, session: AsyncSession) -> Sequence[Any]:
        """(poll, option, counted, real) where counts and votes differ; none, unless broken."""
        counts = (
            select(PollCount.poll_id, PollCount.option_id, func.sum(PollCount.votes).label("n"))
            .group_by(PollCount.poll_id, PollCount.option_id)
            .subquery()
        )
        real = (
            select(PollVote.poll_id, PollVote.option_id, func.count().label("n"))
            .group_by(PollVote.poll_id, PollVote.option_id)
            .subquery()
        )
        same = (counts.c.poll_id == real.c.poll_id) & (counts.c.option_id == real.c.option_id)
        counted, voted = func.coalesce(counts.c.n, 0), func.coalesce(real.c.n, 0)
        statement = (
            select(
                func.coalesce(counts.c.poll_id, real.c.poll_id),
                func.coalesce(counts.c.option_id, real.c.option_id),
                counted,
                voted,
            )
            .select_from(counts.join(real, same, full=True))
            .where(counted != voted)
            .limit(100)
        )
        return (await session.execute(statement)).all()
