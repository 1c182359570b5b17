"""Plugs the studio into the house."""

from litestar.di import Provide

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from media.delivery.interfaces import CaptionTracks
from media.images.interfaces import Images
from media.studio.captions.tracks import CaptionService
from media.studio.controllers import (
    CaptionsController,
    CuttingController,
    SlideshowController,
    WorkController,
)
from media.studio.making.maker import Maker
from media.studio.service import StudioService
from media.studio.tasks import tasks_of
from media.videos.events import VideoAccepted, VideoDeleted
from media.videos.interfaces import Videos


def wire(house: House) -> Wiring:
    """Making tools."""
    images, videos = house.doors.get(Images), house.doors.get(Videos)
    service = StudioService(
        doors=house.doors,
        ids=house.ids,
        clock=house.clock,
        images=images,
        videos=videos,
    )
    maker = Maker(
        database=house.database,
        objects=house.objects,
        doors=house.doors,
        clock=house.clock,
        images=images,
        videos=videos,
    )

    async def accepted(tx: Transaction, event: VideoAccepted) -> None:
        if event.generation == 1:
            await maker.point(tx, event.video_id)

    house.events.subscribe(VideoAccepted, accepted)
    captions = CaptionService(database=house.database, objects=house.objects, videos=videos)
    house.events.subscribe(VideoDeleted, captions.deleted)
    house.doors.provide(CaptionTracks, captions)
    return Wiring(
        routes=[SlideshowController, WorkController, CuttingController, CaptionsController],
        dependencies={
            "studio": Provide(lambda: service, sync_to_thread=False),
            "captions": Provide(lambda: captions, sync_to_thread=False),
        },
        tasks=tasks_of(maker, captions),
    )


slice_ = Slice("studio", wire)
