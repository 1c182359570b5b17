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
from media.delivery.holding.tracks import Tracks
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

    def __init__(self, delivery: DeliveryService) -> None:
        self._delivery = delivery

    async def parts(
        self, session: AsyncSession, records: Sequence[VideoRecord], viewer: Actor | None
    ) -> Mapping[int, VideoPart]:
        """Pointers for what is published; for the rest addresses with a token."""
        found: dict[int, VideoPart] = {}
        for record in records:
            if record.shown_generation is None or record.visibility is Visibility.TAKEN_DOWN:
                continue
            try:
                base = await self._base(record)
            except FilmNotFound:
                continue
            whole = record.state is VideoState.READY or record.generation > record.shown_generation
            found[record.id] = VideoPart(
                hls=f"{base}/index.m3u8", dash=f"{base}/manifest.mpd" if whole else None
            )
        return found

    async def _base(self, record: VideoRecord) -> str:
        if record.visibility is Visibility.PUBLISHED:
            return f"/m/{record.id}"
        version: Version = await self._delivery.newest(record.id)
        return f"/m/{self._delivery.token(record.id, version, record.duration_ms or 0)[0]}"


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
    service = DeliveryService(
        book=book,
        videos=videos,
        timelines=timelines,
        tracks=Tracks(house.doors, house.database),
        tickets=Tickets(keys_for(house.settings, _PURPOSE), _PURPOSE),
        database=house.database,
        clock=house.clock,
        public_url=house.settings.public_url,
    )
    house.doors.get(PartsRegistry).add(Addresses(service))
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
