"""The job that looks at a film."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database, Transaction
from app.kernel.events import Events
from app.kernel.objects import Objects
from media.inspection.bounds import BRAND, SHOPPER, Bounds, check, check_bytes
from media.inspection.errors import Refused
from media.inspection.inspector import inspect
from media.inspection.source import Source
from media.uploads.errors import UploadGone
from media.uploads.interfaces import Finished, Uploads
from media.videos.events import VideoAccepted, VideoRefused
from media.videos.interfaces import Refusal, VideoState
from media.videos.models import VideoFilm
from media.videos.repository import VideoRepository
from media.videos.service import VideoService

log: structlog.stdlib.BoundLogger = structlog.get_logger("videos")

_NOT_LOOKED_AT = Refusal(
    "not_looked_at", "The film could not be looked at, although it was tried several times."
)
_LOST = Refusal("lost", "A part of the file was lost on its way. Please upload it again.")


class Inspection:
    """Finds out what a film is, and tells the encoder or the owner."""

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        events: Events,
        repository: VideoRepository,
        uploads: Uploads,
        videos: VideoService,
    ) -> None:
        self._database = database
        self._objects = objects
        self._events = events
        self._repository = repository
        self._uploads = uploads
        self._videos = videos

    async def run(self, video_id: int, generation: int) -> None:
        """A job. May run twice: whoever finds the film further on does nothing."""
        async with self._database.transaction() as tx:
            record = await self._videos.get(tx.session, video_id)
            film = await self._begin(tx, video_id, generation)
            if record is None or film is None or film.path is None:
                return
        bounds = SHOPPER if record.by_shopper else BRAND
        try:
            source = await self._look(film, film.path, bounds)
        except Refused as refused:
            await self._refuse(video_id, generation, refused)
            return
        async with self._database.transaction() as tx:
            if await self._videos.advance(tx, video_id, generation, VideoState.WAITING):
                await self._note(tx.session, video_id, generation, source)
                await self._events.publish(tx, VideoAccepted(video_id, generation))

    async def give_up(self, video_id: int, generation: int) -> None:
        """Whatever went wrong, it went wrong too often: the owner is told."""
        async with self._database.transaction() as tx:
            record = await self._videos.get(tx.session, video_id)
            if record is not None and record.state in (VideoState.RECEIVED, VideoState.INSPECTING):
                failed = VideoState.FAILED
                await self._videos.advance(tx, video_id, generation, failed, refusal=_NOT_LOOKED_AT)

    async def _begin(self, tx: Transaction, video_id: int, generation: int) -> VideoFilm | None:
        """The film with its file, which an upload may have put together only now. None where there
        is nothing to look at."""
        film = await self._repository.film(tx.session, video_id, generation)
        if film is None:
            return None
        arrived: Finished | None = None
        if film.path is None and film.upload_id is not None:
            try:
                arrived = await self._uploads.finished(tx.session, film.upload_id)
            except UploadGone:
                failed = VideoState.FAILED
                await self._videos.advance(tx, video_id, generation, failed, refusal=_LOST)
                return None
            if arrived is None:
                return None
        if not await self._videos.advance(tx, video_id, generation, VideoState.INSPECTING):
            return None
        if arrived is not None:
            film.path, film.hash, film.bytes = arrived.path, arrived.hash, arrived.bytes
            await tx.session.flush()
        return film

    async def _look(self, film: VideoFilm, path: str, bounds: Bounds) -> Source:
        """What was found out about the same bytes before, or now."""
        check_bytes(film.bytes or 0, bounds)
        async with self._database.reading() as session:
            known = await self._repository.inspected(session, film.hash or "")
        if known is not None and known.source is not None:
            source = Source.of(known.source)
            check(source, bounds)
            return source
        async with self._objects.local(path) as file:
            return await inspect(file, bounds)

    async def _note(
        self, session: AsyncSession, video_id: int, generation: int, source: Source
    ) -> None:
        film = await self._repository.film(session, video_id, generation)
        assert film is not None, "films are never deleted"
        film.source = source.plain()
        await session.flush()

    async def _refuse(self, video_id: int, generation: int, refused: Refused) -> None:
        log.info("film_refused", video=video_id, generation=generation, reason=refused.reason)
        refusal = Refusal(refused.reason, refused.words)
        async with self._database.transaction() as tx:
            state = VideoState.REFUSED
            if await self._videos.advance(tx, video_id, generation, state, refusal=refusal):
                await self._events.publish(tx, VideoRefused(video_id, generation))
