"""SQL of the studio."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.studio.models import StudioWork, VideoCaptions


class StudioRepository:
    """Reads and writes `studio_works` and `video_captions` in the caller's transaction."""

    async def work(
        self, session: AsyncSession, work_id: int, *, lock: bool = False
    ) -> StudioWork | None:
        """A work, locked until the transaction ends if asked."""
        return await session.get(StudioWork, work_id, with_for_update=lock or None)

    async def waiting(self, session: AsyncSession, owner_id: int, live: bool) -> int:
        """How many works of an owner are not done. The owner's other requests wait meanwhile."""
        await session.execute(select(func.pg_advisory_xact_lock(owner_id)))
        statement = select(func.count()).where(
            StudioWork.owner_id == owner_id,
            StudioWork.live.is_(live),
            StudioWork.state == "waiting",
        )
        return (await session.execute(statement)).scalar_one()

    async def works(
        self, session: AsyncSession, owner_id: int, live: bool, limit: int
    ) -> Sequence[StudioWork]:
        """An owner's, the newest first."""
        statement = (
            select(StudioWork)
            .where(StudioWork.owner_id == owner_id, StudioWork.live.is_(live))
            .order_by(StudioWork.id.desc())
            .limit(limit)
        )
        return (await session.scalars(statement)).all()

    async def of_video(self, session: AsyncSession, video_id: int) -> StudioWork | None:
        """The work that a video came of."""
        statement = select(StudioWork).where(StudioWork.video_id == video_id).limit(1)
        return await session.scalar(statement)

    async def done(
        self,
        session: AsyncSession,
        work_id: int,
        at: datetime,
        *,
        video_id: int | None = None,
        failure: str | None = None,
    ) -> None:
        """Note the end of a work: a video, or why there is none."""
        state = "done" if failure is None else "failed"
        statement = update(StudioWork).where(StudioWork.id == work_id)
        await session.execute(
            statement.values(state=state, video_id=video_id, failure=failure, done_at=at)
        )

    async def captions(self, session: AsyncSession, video_id: int) -> Sequence[VideoCaptions]:
        """A video's tracks: the one that is shown first, then by language."""
        statement = (
            select(VideoCaptions)
            .where(VideoCaptions.video_id == video_id)
            .order_by(VideoCaptions.first.desc(), VideoCaptions.language)
        )
        return (await session.scalars(statement)).all()

    async def put_captions(self, session: AsyncSession, track: VideoCaptions) -> None:
        """Add a track, or replace the one of its language; one at most is shown first."""
        if track.first:
            others = update(VideoCaptions).where(VideoCaptions.video_id == track.video_id)
            await session.execute(others.values(first=False))
        values = {
            "label": track.label,
            "hash": track.hash,
            "cues": track.cues,
            "first": track.first,
        }
        statement = insert(VideoCaptions).values(
            video_id=track.video_id, language=track.language, **values
        )
        keys = [VideoCaptions.video_id, VideoCaptions.language]
        await session.execute(
            statement.on_conflict_do_update(index_elements=keys, set_=values),
            execution_options={"populate_existing": True},
        )

    async def drop_captions(
        self, session: AsyncSession, video_id: int, language: str | None
    ) -> Sequence[str]:
        """Forget a track, or all of a video. The hashes of those there were."""
        statement = delete(VideoCaptions).where(VideoCaptions.video_id == video_id)
        if language is not None:
            statement = statement.where(VideoCaptions.language == language)
        return (await session.scalars(statement.returning(VideoCaptions.hash))).all()

    async def lock_file(self, session: AsyncSession, hash_: str) -> None:
        """One at a time who stores a file of captions or removes it."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(hash_, 46))))

    async def has_file(self, session: AsyncSession, hash_: str) -> bool:
        """Whether any video has these captions."""
        statement = select(VideoCaptions.video_id).where(VideoCaptions.hash == hash_).limit(1)
        return await session.scalar(statement) is not None
