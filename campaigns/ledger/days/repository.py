"""SQL of closed days."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database
from campaigns.ledger.models import LedgerDay, LedgerTransfer
from campaigns.ledger.repository import DIGEST

_PAGE = 10_000

_CUT = text(
    """
    SELECT coalesce(max(sequence) FILTER (WHERE made_at < :end), :after),
        pg_snapshot_xmax(pg_current_snapshot())::text
    FROM ledger_transfers WHERE sequence > :after
    """
)
_OVER = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(:horizon AS xid8)")
_ROWS = text(
    f"""
    SELECT t.sequence, {DIGEST}, t.digest FROM ledger_transfers t
    LEFT JOIN ledger_accounts s ON s.id = t.source_id
    LEFT JOIN ledger_accounts g ON g.id = t.target_id
    WHERE t.sequence > :after AND t.sequence <= :last ORDER BY t.sequence LIMIT {_PAGE}
    """  # noqa: S608
)


class DayRepository:
    """Days in PostgreSQL; rows are never changed, so reading them takes many short sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> LedgerDay | None:
        """The newest closed day."""
        async with self._database.reading() as session:
            return await session.scalar(select(LedgerDay).order_by(LedgerDay.day.desc()).limit(1))

    async def page(
        self, session: AsyncSession, before: date | None, limit: int
    ) -> Sequence[LedgerDay]:
        """From the newest on."""
        statement = select(LedgerDay).order_by(LedgerDay.day.desc()).limit(limit)
        if before is not None:
            statement = statement.where(LedgerDay.day < before)
        return list(await session.scalars(statement))

    async def after(self, day: date | None, limit: int) -> Sequence[LedgerDay]:
        """From the oldest on, for audits."""
        statement = select(LedgerDay).order_by(LedgerDay.day).limit(limit)
        if day is not None:
            statement = statement.where(LedgerDay.day > day)
        async with self._database.reading() as session:
            return list(await session.scalars(statement))

    async def first_made_at(self) -> datetime | None:
        """When the ledger began."""
        first = select(LedgerTransfer.made_at).order_by(LedgerTransfer.sequence).limit(1)
        async with self._database.reading() as session:
            return await session.scalar(first)

    async def cut(self, after: int, end: datetime) -> tuple[int, str]:
        """The last sequence of the day that ends then, and the horizon: when every transaction
        below it is over, no row at or below that sequence can come any more."""
        async with self._database.reading() as session:
            row = (await session.execute(_CUT, {"after": after, "end": end})).one()
            return int(row[0]), str(row[1])

    async def is_over(self, horizon: str) -> bool:
        """Whether every transaction below the horizon has ended."""
        async with self._database.reading() as session:
            return bool(await session.scalar(_OVER, {"horizon": horizon}))

    async def rows(self, after: int, last: int) -> AsyncIterator[tuple[int, bytes, bytes]]:
        """(sequence, digest made again, digest as written) of a range, in order."""
        while True:
            async with self._database.reading() as session:
                found = (await session.execute(_ROWS, {"after": after, "last": last})).all()
            for sequence, made_again, written in found:
                yield sequence, bytes(made_again), bytes(written)
            if len(found) < _PAGE:
                return
            after = found[-1][0]

    async def close(self, day: LedgerDay) -> bool:
        """Write it down; False when somebody else did."""
        values = {
            name: getattr(day, name)
            for name in ("day", "after_sequence", "last_sequence", "transfers", "hash", "closed_at")
        }
        statement = insert(LedgerDay).values(values).on_conflict_do_nothing()
        async with self._database.transaction() as tx:
            written = await tx.session.execute(statement.returning(LedgerDay.day))
            return written.scalar_one_or_none() is not None
