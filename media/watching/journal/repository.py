"""SQL of the stream.

A stream that is read by a cursor must not let a row appear behind it. Whoever writes a row has a
lock on the table before the row gets its time, and until it is committed. So the stream is settled
up to where the oldest transaction began that has such a lock, and up to now where none has.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.watching.journal.models import WatchEventRow

_SETTLED = text(
    # The present is that of the statement's beginning: before it looked who writes.
    "SELECT least(statement_timestamp(), min(xact_start)) "
    "FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE relation = 'watch_events'::regclass AND mode = 'RowExclusiveLock' "
    "AND datname = current_database()"
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
