"""The use cases of closed days."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Unavailable
from app.kernel.http.cursors import Cursors
from app.kernel.structs import Page
from campaigns.ledger.days.repository import DayRepository
from campaigns.ledger.days.rules import BEGINNING, DayHash, end_of, has_ended
from campaigns.ledger.days.schemas import DayView
from campaigns.ledger.models import LedgerDay

log: structlog.stdlib.BoundLogger = structlog.get_logger("ledger")

_POLL_SECONDS = 0.1
_WAIT_SECONDS = 60.0
_PAGE = 200
_LIST = "ledger-days"
_OVERDUE = timedelta(days=1)


class DayService:
    """Closes days, one after the other, and checks what was closed."""

    def __init__(self, repository: DayRepository, clock: Clock, cursors: Cursors) -> None:
        self._repository = repository
        self._clock = clock
        self._cursors = cursors

    async def close_due(self) -> list[DayView]:
        """Close every UTC day that has ended and is open. Raises Unavailable when transactions
        older than the cut do not end; what was closed before stays closed."""
        closed: list[DayView] = []
        while (day := await self._next()) is not None and has_ended(day, self._clock.now()):
            made = await self._close(day)
            if made is not None:
                closed.append(DayView.of(made))
                log.info("ledger_day_closed", day=str(day), hash=made.hash.hex())
        return closed

    async def last(self) -> DayView | None:
        """The newest closed day."""
        day = await self._repository.last()
        return None if day is None else DayView.of(day)

    async def page(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[DayView]:
        """Closed days, the newest first. Operators only."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only operators read the days of all brands")
        before = None
        if cursor:
            before = date.fromordinal(self._cursors.read(_LIST, cursor, 1)[0])
        found = await self._repository.page(session, before, limit + 1)
        last = found[limit - 1].day.toordinal() if len(found) > limit else None
        return Page(
            items=[DayView.of(each) for each in found[:limit]],
            next_cursor=None if last is None else self._cursors.make(_LIST, last),
        )

    async def audit(self) -> Sequence[str]:
        """The chain from its beginning, every row's digest made again."""
        problems: list[str] = []
        previous: LedgerDay | None = None
        while days := await self._repository.after(previous.day if previous else None, _PAGE):
            for day in days:
                problems += await self._differences(previous, day)
                previous = day
        oldest = await self._next()
        if oldest is not None and has_ended(oldest, self._clock.now() - _OVERDUE):
            problems.append(f"{oldest} ended more than a day ago and is not closed")
        return problems

    async def _next(self) -> date | None:
        """The oldest open day; None before the first transfer."""
        last = await self._repository.last()
        if last is not None:
            return last.day + timedelta(days=1)
        first = await self._repository.first_made_at()
        return None if first is None else first.astimezone(UTC).date()

    async def _close(self, day: date) -> LedgerDay | None:
        """The cut has no row in flight below it, and no writer waits for it.

        The last sequence and the snapshot's upper end are read by one statement. A transaction
        that drew a lower sequence and had not committed then was running then, below that upper
        end: it had written its locks before it drew. When the oldest running transaction is above
        it, all of these are over. A lock on the table would tell the same, and stop every payment
        of the house behind the slowest transaction.
        """
        previous = await self._repository.last()
        after = previous.last_sequence if previous else 0
        last, horizon = await self._repository.cut(after, end_of(day))
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        while not await self._repository.is_over(horizon):
            if asyncio.get_running_loop().time() >= deadline:
                raise Unavailable("A transaction older than the end of the day does not end")
            await asyncio.sleep(_POLL_SECONDS)
        hashed = await self._hash(previous.hash if previous else BEGINNING, day, after, last)
        made = LedgerDay(
            day=day,
            after_sequence=after,
            last_sequence=last,
            transfers=hashed.transfers,
            hash=hashed.close(last),
            closed_at=self._clock.now(),
        )
        return made if await self._repository.close(made) else None

    async def _hash(self, previous: bytes, day: date, after: int, last: int) -> DayHash:
        hashed = DayHash(previous, day, after)
        async for sequence, digest, _ in self._repository.rows(after, last):
            hashed.add(sequence, digest)
        return hashed

    async def _differences(self, previous: LedgerDay | None, day: LedgerDay) -> list[str]:
        before = previous.hash if previous else BEGINNING
        after = previous.last_sequence if previous else 0
        problems: list[str] = []
        if previous is not None and day.day != previous.day + timedelta(days=1):
            problems.append(f"no day is closed between {previous.day} and {day.day}")
        if day.after_sequence != after:
            problems.append(f"{day.day} begins after {day.after_sequence} instead of {after}")
        hashed = DayHash(before, day.day, day.after_sequence)
        async for sequence, digest, written in self._repository.rows(
            day.after_sequence, day.last_sequence
        ):
            hashed.add(sequence, digest)
            if digest != written:
                problems.append(f"transfer {sequence} was changed after {day.day} was closed")
        if hashed.transfers != day.transfers:
            problems.append(
                f"{day.day} was closed with {day.transfers} transfers and has {hashed.transfers}"
            )
        if hashed.close(day.last_sequence) != day.hash:
            problems.append(f"{day.day} does not have the hash it was closed with")
        return problems
