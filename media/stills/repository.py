"""SQL of stills."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.stills.models import VideoCover, VideoStills


class StillsRepository:
    """Reads and writes `video_stills` and `video_covers` in the caller's transaction."""

    async def find(self, session: AsyncSession, ids: Iterable[int]) -> Sequence[VideoStills]:
        """Of all generations of these videos, the oldest first."""
        statement = (
            select(VideoStills)
            .where(VideoStills.video_id.in_(list(ids)))
            .order_by(VideoStills.video_id, VideoStills.generation)
        )
        return (await session.scalars(statement)).all()

    async def has(self, session: AsyncSession, video_id: int, generation: int) -> bool:
        """Whether this generation's stills were made."""
        return await session.get(VideoStills, (video_id, generation)) is not None

    async def add(self, session: AsyncSession, made: VideoStills) -> bool:
        """Insert; False when another job was first."""
        statement = (
            insert(VideoStills)
            .values(
                video_id=made.video_id,
                generation=made.generation,
                poster_image_id=made.poster_image_id,
                poster_ms=made.poster_ms,
                hash=made.hash,
                sheets=made.sheets,
            )
            .on_conflict_do_nothing()
            .returning(VideoStills.video_id)
        )
        return await session.scalar(statement) is not None

    async def lock_files(self, session: AsyncSession, hash_: str) -> None:
        """One at a time who stores the files of a hash or removes them."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(hash_, 45))))

    async def shared(self, session: AsyncSession, hash_: str) -> bool:
        """Whether any video still uses these files."""
        statement = select(VideoStills.video_id).where(VideoStills.hash == hash_).limit(1)
        return await session.scalar(statement) is not None

    async def remove(
        self, session: AsyncSession, video_id: int, before: int | None
    ) -> Sequence[tuple[str, int]]:
        """Forget the stills of a video's films before a generation; or of all, and its cover.
        Returns hashes and numbers of sheets."""
        statement = delete(VideoStills).where(VideoStills.video_id == video_id)
        if before is not None:
            statement = statement.where(VideoStills.generation < before)
        found = await session.execute(statement.returning(VideoStills.hash, VideoStills.sheets))
        gone = [(row[0], row[1]) for row in found]
        if before is None:
            await session.execute(delete(VideoCover).where(VideoCover.video_id == video_id))
        return gone

    async def covers(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, VideoCover]:
        """What was chosen for these videos."""
        statement = select(VideoCover).where(VideoCover.video_id.in_(list(ids)))
        return {each.video_id: each for each in await session.scalars(statement)}

    async def choose(
        self, session: AsyncSession, video_id: int, image_id: int | None, at_ms: int | None
    ) -> None:
        """Note the owner's choice, in the place of an earlier one."""
        values = {"image_id": image_id, "at_ms": at_ms}
        statement = insert(VideoCover).values(video_id=video_id, **values)
        await session.execute(
            statement.on_conflict_do_update(index_elements=[VideoCover.video_id], set_=values)
        )

    async def unchoose(self, session: AsyncSession, video_id: int) -> None:
        """Back to the poster that was found."""
        await session.execute(delete(VideoCover).where(VideoCover.video_id == video_id))
