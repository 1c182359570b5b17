"""SQL of the stream.

A stream that is read by a cursor must not let a row appear behind it. Rows are ordered by when
their transactions began, and only those are shown that began before every transaction that still
runs: none of these can add a row among them any more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.watching.journal.models import WatchEventRow

_SETTLED = text(
    # A transaction takes its time a moment before the others see that it runs: a second is ample.
    "SELECT least(clock_timestamp(), min(xact_start)) - interval '1 second' "
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class JournalRepository:
    """Reads and writes events in the caller's transaction."""

    async def add(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep events; those that are there already stay as they are."""
        await session.execute(insert(WatchEventRow).on_conflict_do_nothing(), rows)

    async def page(
        self,
        session: AsyncSession,
        owner_id: int,
        live: bool,
        after: tuple[datetime, int],
        limit: int,
    ) -> Sequence[WatchEventRow]:
        """Events behind a place in the stream, the oldest first, as far as it is settled.

        The two statements must not be one, nor see one moment: what commits between them is seen by
        the second.
        """
        settled = (await session.execute(_SETTLED)).scalar_one()
        place = tuple_(WatchEventRow.heard_at, WatchEventRow.id)
        statement = (
            select(WatchEventRow)
            .where(
                WatchEventRow.owner_id == owner_id,
                WatchEventRow.live == live,
                WatchEventRow.heard_at < settled,
                place > after,
            )
            .order_by(WatchEventRow.heard_at, WatchEventRow.id)
            .limit(limit)
        )
        return (await session.scalars(statement)).all()

    async def forget(self, session: AsyncSession, age: timedelta, limit: int) -> int:
        """Drop some of the events that are older. Returns how many."""
        key = (WatchEventRow.video_id, WatchEventRow.session, WatchEventRow.digest)
        begun = text("now() - make_interval(secs => :age)").bindparams(age=age.total_seconds())
        old = select(*key).where(WatchEventRow.heard_at < begun).limit(limit)
        gone = await session.execute(delete(WatchEventRow).where(tuple_(*key).in_(old)))
        return cast("CursorResult[Any]", gone).rowcount
