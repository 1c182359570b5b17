"""Videos are deleted by their owners, and films go that another has taken the place of."""

from datetime import timedelta
from typing import Final

from app.identity.interfaces import Actor
from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.events import Events
from app.kernel.objects import Objects
from media.uploads.interfaces import Uploads
from media.videos.errors import VideoNotFound
from media.videos.events import FilmsSuperseded, VideoDeleted, VideoReady
from media.videos.models import VideoFilm
from media.videos.repository import VideoRepository
from media.videos.showing.access import check_manager

SUPERSEDED_TASK: Final = "media.videos.superseded"
CLEAR_TASK: Final = "media.videos.clear"
KEPT_HOURS: Final = 24
"""How long a film can be watched after the next one is ready: whoever has begun it sees its end,
with pauses."""


class Removal:
    """Lets go of films. Uploads give their share of the quota back at once; bytes are removed by
    jobs, once nothing names them."""

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        repository: VideoRepository,
        uploads: Uploads,
        clock: Clock,
        events: Events,
    ) -> None:
        self._database = database
        self._objects = objects
        self._repository = repository
        self._uploads = uploads
        self._clock = clock
        self._events = events

    async def delete(self, tx: Transaction, actor: Actor, video_id: int) -> None:
        """Nobody finds it any more, its owner neither. Raises VideoNotFound, Forbidden."""
        video = await self._repository.lock(tx.session, video_id)
        if video is None:
            raise VideoNotFound
        check_manager(actor, video)
        video.deleted_at = self._clock.now()
        await tx.session.flush()
        for film in await self._repository.films_before(tx.session, video_id, None):
            await self._release(tx, film)
        await self._events.publish(tx, VideoDeleted(video_id))

    async def ready(self, tx: Transaction, event: VideoReady) -> None:
        """Hears of films that are ready: those before them are wanted for a while only."""
        if event.generation > 1:
            at = self._clock.now() + timedelta(hours=KEPT_HOURS)
            await tx.defer(
                SUPERSEDED_TASK, at=at, video_id=event.video_id, generation=event.generation
            )

    async def superseded(self, video_id: int, generation: int) -> None:
        """A job: let the films before this one go. Again changes nothing."""
        async with self._database.transaction() as tx:
            video = await self._repository.lock(tx.session, video_id)
            if video is None or (video.shown_generation or 0) < generation:
                return
            for film in await self._repository.films_before(tx.session, video_id, generation):
                await self._release(tx, film)
            await self._events.publish(tx, FilmsSuperseded(video_id, generation))

    async def clear(self, path: str) -> None:
        """A job: remove a film that was made here, unless a video still has it."""
        async with self._database.transaction() as tx:
            if not await self._repository.has_film(tx.session, path):
                await self._objects.delete([path])

    async def _release(self, tx: Transaction, film: VideoFilm) -> None:
        film.released = True
        await tx.session.flush()
        if film.upload_id is not None:
            await self._uploads.release(tx, film.upload_id)
        elif film.path is not None:
            await tx.defer(CLEAR_TASK, path=film.path)
