"""Plugs delivery into the house."""

from collections.abc import Mapping, Sequence

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from app.kernel.http.shelf import Shelf
from app.kernel.secrets import keys_for
from app.kernel.tickets import Tickets
from media.delivery.controllers import FilmController, PlayController, file_endpoints
from media.delivery.errors import FilmNotFound
from media.delivery.holding.films import FilmBook
from media.delivery.holding.stills import Stills
from media.delivery.holding.tracks import Tracks
from media.delivery.interfaces import PREVIEW_NAME, STORYBOARD_NAME
from media.delivery.rules import Version
from media.delivery.service import DeliveryService
from media.timelines.events import TimelinePublished
from media.timelines.interfaces import Timelines
from media.transcoding.events import RenditionsGrew
from media.transcoding.interfaces import Renditions
from media.videos.events import (
    VideoDeleted,
    VideoPublished,
    VideoReady,
    VideoReplaced,
    VideoTakenDown,
    VideoWithdrawn,
)
from media.videos.interfaces import (
    PartsRegistry,
    VideoPart,
    VideoParts,
    VideoRecord,
    Videos,
    VideoState,
    Visibility,
)

_PURPOSE = "film"


class Addresses(VideoParts):
    """Where a video is watched, for its view."""

    def __init__(self, delivery: DeliveryService, stills: Stills) -> None:
        self._delivery = delivery
        self._stills = stills

    async def parts(
        self, session: AsyncSession, records: Sequence[VideoRecord], viewer: Actor | None
    ) -> Mapping[int, VideoPart]:
        """Pointers for what is published; for the rest addresses with a token."""
        found: dict[int, VideoPart] = {}
        stills = await self._stills.shown(session, records)
        for record in records:
            if record.visibility is not Visibility.TAKEN_DOWN:
                found[record.id] = await self._of(record, stills.get(record.id))
        return found

    async def _of(self, record: VideoRecord, stills: str | None) -> VideoPart:
        """Of one video, and the hash of its stills."""
        base, watchable = await self._base(record)
        shown = record.shown_generation or 0
        whole = record.state is VideoState.READY or record.generation > shown
        return VideoPart(
            hls=f"{base}/index.m3u8" if watchable else None,
            dash=f"{base}/manifest.mpd" if watchable and whole else None,
            preview=f"{base}/stills/{stills}/{PREVIEW_NAME}" if stills else None,
            storyboard=f"{base}/stills/{stills}/{STORYBOARD_NAME}" if stills else None,
        )

    async def _base(self, record: VideoRecord) -> tuple[str, bool]:
        """What the addresses of a video begin with, and whether it can be watched: there are stills
        sooner, for which a token opens no version."""
        watchable = record.shown_generation is not None
        if record.visibility is Visibility.PUBLISHED:
            return f"/m/{record.id}", watchable
        version = Version(record.generation, 0, 0)
        if watchable:
            try:
                version = await self._delivery.newest(record.id)
            except FilmNotFound:
                watchable = False
        return (
            f"/m/{self._delivery.token(record.id, version, record.duration_ms or 0)[0]}",
            watchable,
        )


def wire(house: House) -> Wiring:
    """Manifests, segments, and the addresses in views of videos."""
    videos, timelines = house.doors.get(Videos), house.doors.get(Timelines)
    book = FilmBook(
        database=house.database,
        videos=videos,
        renditions=house.doors.get(Renditions),
        timelines=timelines,
        changes=house.changes,
    )
    house.changes.listen(book)
    stills = Stills(house.doors, house.database)
    service = DeliveryService(
        book=book,
        videos=videos,
        timelines=timelines,
        tracks=Tracks(house.doors, house.database),
        stills=stills,
        tickets=Tickets(keys_for(house.settings, _PURPOSE), _PURPOSE),
        database=house.database,
        clock=house.clock,
        public_url=house.settings.public_url,
    )
    house.doors.get(PartsRegistry).add(Addresses(service, stills))
    _listen(house, book)
    return Wiring(
        routes=[PlayController, FilmController],
        files=file_endpoints(service, house.doors.get(Shelf)),
        dependencies={"delivery": Provide(lambda: service, sync_to_thread=False)},
    )


def _listen(house: House, book: FilmBook) -> None:
    """Whatever changes what may be watched makes every process read again."""

    async def changed(
        tx: Transaction,
        event: VideoPublished
        | VideoWithdrawn
        | VideoTakenDown
        | VideoDeleted
        | VideoReplaced
        | VideoReady
        | RenditionsGrew
        | TimelinePublished,
    ) -> None:
        tx.after_commit(lambda: book.tell(event.video_id))

    for kind in (
        VideoPublished,
        VideoWithdrawn,
        VideoTakenDown,
        VideoDeleted,
        VideoReplaced,
        VideoReady,
        RenditionsGrew,
        TimelinePublished,
    ):
        house.events.subscribe(kind, changed)


slice_ = Slice("delivery", wire)
