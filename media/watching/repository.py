"""SQL of watching."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import BIT, insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.watching.models import ViewedCue, Viewing, WatchCredit, Watcher
from media.watching.rules import PARTS, CueMark, Mark

_HALF = PARTS // 2


class WatchRepository:
    """Reads and writes viewings and credits in the caller's transaction."""

    async def viewing(
        self, session: AsyncSession, video_id: int, viewing: str, duration_ms: int
    ) -> Viewing:
        """One viewing, made where it is new, of a film of that length; nobody else changes it
        meanwhile."""
        await session.execute(
            insert(Viewing)
            .values(
                video_id=video_id,
                session=viewing,
                marks=0,
                position=-1,
                seen_low=0,
                seen_high=0,
                duration_ms=duration_ms,
            )
            .on_conflict_do_nothing()
        )
        statement = select(Viewing).where(Viewing.video_id == video_id, Viewing.session == viewing)
        locked = statement.with_for_update().execution_options(populate_existing=True)
        return (await session.scalars(locked)).one()

    async def mark_cue(
        self, session: AsyncSession, video_id: int, viewing: str, cue_id: int, mark: CueMark
    ) -> None:
        """Add to what became of a cue; the same again changes nothing."""
        statement = insert(ViewedCue).values(
            video_id=video_id, session=viewing, cue_id=cue_id, marks=int(mark)
        )
        more = ViewedCue.marks.op("|")(statement.excluded.marks)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["video_id", "session", "cue_id"], set_={"marks": more}
            )
        )

    async def watcher(self, session: AsyncSession, shopper_id: int) -> Watcher | None:
        """What a shopper watches, which nobody else changes meanwhile."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(shopper_id), 43)))
        return await session.get(Watcher, shopper_id, populate_existing=True)

    async def add_credit(
        self, session: AsyncSession, shopper_id: int, video_id: int, more_ms: int
    ) -> None:
        """Credit more time."""
        statement = insert(WatchCredit).values(
            shopper_id=shopper_id, video_id=video_id, credit_ms=more_ms
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["shopper_id", "video_id"],
                set_={"credit_ms": WatchCredit.credit_ms + statement.excluded.credit_ms},
            )
        )

    async def credit_ms(self, session: AsyncSession, shopper_id: int, video_id: int) -> int:
        """0 where there is none."""
        statement = select(WatchCredit.credit_ms).where(
            WatchCredit.shopper_id == shopper_id, WatchCredit.video_id == video_id
        )
        return int(await session.scalar(statement) or 0)

    async def heard_at(
        self, session: AsyncSession, shopper_id: int, video_id: int
    ) -> datetime | None:
        """When a shopper's player last told of a video; None if it told of another one since."""
        statement = select(Watcher.heard_at).where(
            Watcher.shopper_id == shopper_id, Watcher.video_id == video_id
        )
        return await session.scalar(statement)

    async def marks(self, session: AsyncSession, video_id: int) -> dict[Mark, int]:
        """How many viewings have each mark."""
        columns = [func.count().filter(Viewing.marks.op("&")(int(mark)) != 0) for mark in Mark]
        row = (await session.execute(select(*columns).where(Viewing.video_id == video_id))).one()
        return {mark: int(count) for mark, count in zip(Mark, row, strict=True)}

    async def parts(self, session: AsyncSession, video_id: int) -> tuple[int, Sequence[int]]:
        """Viewings that showed anything, and those that showed each part of the film."""
        seen = [
            func.count().filter(
                (Viewing.seen_low if part < _HALF else Viewing.seen_high).op("&")(1 << part % _HALF)
                != 0
            )
            for part in range(PARTS)
        ]
        some = func.count().filter((Viewing.seen_low != 0) | (Viewing.seen_high != 0))
        statement = select(some, *seen).where(Viewing.video_id == video_id)
        row = tuple((await session.execute(statement)).one())
        return int(row[0]), [int(each) for each in row[1:]]

    async def shown_ms(self, session: AsyncSession, video_id: int, duration_ms: int) -> int:
        """What all viewings showed together, each by the length of the film as it was then; by
        `duration_ms` where that was not noted."""
        parts = func.bit_count(cast(Viewing.seen_low, BIT(64)))
        parts += func.bit_count(cast(Viewing.seen_high, BIT(64)))
        length = func.coalesce(func.nullif(Viewing.duration_ms, 0), duration_ms)
        statement = select(func.sum(parts * length)).where(Viewing.video_id == video_id)
        return int(await session.scalar(statement) or 0) // PARTS

    async def cues(self, session: AsyncSession, video_id: int) -> dict[int, dict[CueMark, int]]:
        """Of each cue, how many viewings have each mark."""
        columns = [func.count().filter(ViewedCue.marks.op("&")(int(mark)) != 0) for mark in CueMark]
        statement = (
            select(ViewedCue.cue_id, *columns)
            .where(ViewedCue.video_id == video_id)
            .group_by(ViewedCue.cue_id)
        )
        found = await session.execute(statement)
        return {
            int(row[0]): {mark: int(count) for mark, count in zip(CueMark, row[1:], strict=True)}
            for row in found
        }
