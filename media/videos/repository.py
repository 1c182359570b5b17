"""SQL of videos."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from media.videos.interfaces import Visibility
from media.videos.models import Video, VideoFilm


class Films:
    """A video and those of its films that matter."""

    def __init__(self, video: Video, newest: VideoFilm, shown: VideoFilm | None) -> None:
        self.video, self.newest, self.shown = video, newest, shown


_there: ColumnElement[bool] = Video.deleted_at.is_(None)


class VideoRepository:
    """Reads and writes `videos` and `video_films` in the caller's transaction."""

    async def lock(self, session: AsyncSession, video_id: int) -> Video | None:
        """One video, which nobody else changes until the transaction ends; none that is deleted."""
        statement = select(Video).where(Video.id == video_id, _there).with_for_update()
        return await session.scalar(statement.execution_options(populate_existing=True))

    async def load(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, Films]:
        """Those that exist, with their films, in one query."""
        wanted = list(set(ids))
        if not wanted:
            return {}
        return {each.video.id: each for each in await self._films(session, Video.id.in_(wanted))}

    async def of_owner(
        self, session: AsyncSession, owner_id: int, live: bool, before: int | None, limit: int
    ) -> list[Films]:
        """An owner's videos, the newest first."""
        where = [Video.owner_id == owner_id, Video.live == live, _there]
        return await self._page(session, where, before, limit)

    async def under_review(
        self, session: AsyncSession, after: int | None, limit: int
    ) -> list[Films]:
        """Those that shoppers asked to publish, the oldest first."""
        where: list[ColumnElement[bool]] = [Video.visibility == Visibility.REVIEW, _there]
        if after is not None:
            where.append(Video.id > after)
        ids = select(Video.id).where(*where).order_by(Video.id).limit(limit)
        found = await self._films(session, Video.id.in_(ids))
        return sorted(found, key=lambda each: each.video.id)

    async def made_since(self, session: AsyncSession, owner_id: int, seconds: int) -> int:
        """How many films an owner has put here lately."""
        since = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
        statement = (
            select(func.count())
            .select_from(VideoFilm)
            .join(Video, Video.id == VideoFilm.video_id)
            .where(Video.owner_id == owner_id, VideoFilm.made_at > since)
        )
        return int(await session.scalar(statement) or 0)

    async def film(self, session: AsyncSession, video_id: int, generation: int) -> VideoFilm | None:
        """One film."""
        return await session.get(VideoFilm, (video_id, generation), populate_existing=True)

    async def film_of_upload(self, session: AsyncSession, upload_id: int) -> VideoFilm | None:
        """The film that an upload became."""
        return await session.scalar(select(VideoFilm).where(VideoFilm.upload_id == upload_id))

    async def inspected(self, session: AsyncSession, hash_: str) -> VideoFilm | None:
        """A film of the same content that passed inspection before."""
        statement = select(VideoFilm).where(VideoFilm.hash == hash_, VideoFilm.source.is_not(None))
        return await session.scalar(statement.limit(1))

    async def films_before(
        self, session: AsyncSession, video_id: int, generation: int | None
    ) -> Sequence[VideoFilm]:
        """Those of a video, before a generation or all, that were not let go yet. By content, so
        that two who let the same contents go never wait for each other in a circle."""
        statement = select(VideoFilm).where(VideoFilm.video_id == video_id, ~VideoFilm.released)
        if generation is not None:
            statement = statement.where(VideoFilm.generation < generation)
        return (
            await session.scalars(statement.order_by(VideoFilm.hash, VideoFilm.generation))
        ).all()

    async def has_film(self, session: AsyncSession, path: str) -> bool:
        """Whether a film that was not let go lies there."""
        statement = select(VideoFilm.video_id).where(VideoFilm.path == path, ~VideoFilm.released)
        return await session.scalar(statement.limit(1)) is not None

    async def _page(
        self,
        session: AsyncSession,
        where: Sequence[ColumnElement[bool]],
        before: int | None,
        limit: int,
    ) -> list[Films]:
        ids = select(Video.id).where(*where).order_by(Video.id.desc()).limit(limit)
        if before is not None:
            ids = ids.where(Video.id < before)
        found = await self._films(session, Video.id.in_(ids))
        return sorted(found, key=lambda each: each.video.id, reverse=True)

    async def _films(self, session: AsyncSession, which: ColumnElement[bool]) -> list[Films]:
        statement = (
            select(Video, VideoFilm)
            .join(VideoFilm, VideoFilm.video_id == Video.id)
            .where(
                which,
                _there,
                or_(
                    VideoFilm.generation == Video.generation,
                    VideoFilm.generation == Video.shown_generation,
                ),
            )
            .execution_options(populate_existing=True)
        )
        videos: dict[int, Video] = {}
        films: dict[int, dict[int, VideoFilm]] = {}
        for video, film in await session.execute(statement):
            videos[video.id] = video
            films.setdefault(video.id, {})[film.generation] = film
        return [
            Films(video, films[id_][video.generation], films[id_].get(video.shown_generation or 0))
            for id_, video in videos.items()
        ]
