"""SQL of timelines."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.timelines.models import TimelineDraft, TimelineVersion


class TimelineRepository:
    """Drafts change in place, versions are only added."""

    async def draft(
        self, session: AsyncSession, video_id: int, *, lock: bool = False
    ) -> TimelineDraft | None:
        """The draft of a video, if it has one."""
        statement = select(TimelineDraft).where(TimelineDraft.video_id == video_id)
        if lock:
            statement = statement.with_for_update()
        return await session.scalar(statement)

    async def begin(
        self, session: AsyncSession, video_id: int, empty: dict[str, object], now: datetime
    ) -> TimelineDraft:
        """The draft, locked; an empty one where there was none."""
        added = insert(TimelineDraft).values(
            video_id=video_id, document=empty, revision=0, version=0, saved_at=now
        )
        await session.execute(added.on_conflict_do_nothing())
        found = await self.draft(session, video_id, lock=True)
        assert found is not None
        return found

    async def current(self, session: AsyncSession, video_id: int) -> int:
        """The newest published version; 0 for none."""
        statement = select(TimelineDraft.version).where(TimelineDraft.video_id == video_id)
        return await session.scalar(statement) or 0

    async def version(
        self, session: AsyncSession, video_id: int, version: int
    ) -> TimelineVersion | None:
        """A published version."""
        return await session.get(TimelineVersion, (video_id, version))

    async def versions(
        self, session: AsyncSession, video_id: int, before: int | None, limit: int
    ) -> Sequence[tuple[int, int, datetime]]:
        """Number, count of cues and moment of published versions, the newest first."""
        count = func.jsonb_array_length(TimelineVersion.document["cues"])
        statement = (
            select(TimelineVersion.version, count, TimelineVersion.published_at)
            .where(TimelineVersion.video_id == video_id)
            .order_by(TimelineVersion.version.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(TimelineVersion.version < before)
        return [(row[0], row[1], row[2]) for row in await session.execute(statement)]
