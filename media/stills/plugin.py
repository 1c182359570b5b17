"""Plugs stills into the house."""

from litestar.di import Provide

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from media.delivery.interfaces import StillFiles
from media.images.interfaces import Images
from media.stills.controllers import CoverController
from media.stills.service import FORGET_TASK, StillsService
from media.stills.tasks import tasks_of
from media.transcoding.events import RenditionsGrew
from media.videos.events import FilmsSuperseded, VideoAccepted, VideoDeleted, VideoTakenDown
from media.videos.interfaces import PartsRegistry, Videos


def wire(house: House) -> Wiring:
    """Stills of every film that passes inspection."""
    service = StillsService(
        database=house.database,
        objects=house.objects,
        doors=house.doors,
        events=house.events,
        images=house.doors.get(Images),
        videos=house.doors.get(Videos),
    )
    house.doors.get(PartsRegistry).add(service)
    house.doors.provide(StillFiles, service)

    async def accepted(tx: Transaction, event: VideoAccepted) -> None:
        await service.ask(tx, event.video_id, event.generation)

    async def grew(tx: Transaction, event: RenditionsGrew) -> None:
        if event.complete:
            await service.ask(tx, event.video_id, event.generation)

    async def gone(tx: Transaction, event: VideoTakenDown | VideoDeleted) -> None:
        await tx.defer(FORGET_TASK, video_id=event.video_id)

    async def superseded(tx: Transaction, event: FilmsSuperseded) -> None:
        await tx.defer(FORGET_TASK, video_id=event.video_id, before=event.generation)

    house.events.subscribe(FilmsSuperseded, superseded)
    house.events.subscribe(VideoAccepted, accepted)
    house.events.subscribe(RenditionsGrew, grew)
    house.events.subscribe(VideoTakenDown, gone)
    house.events.subscribe(VideoDeleted, gone)
    return Wiring(
        routes=[CoverController],
        dependencies={"stills": Provide(lambda: service, sync_to_thread=False)},
        tasks=tasks_of(service),
    )


slice_ = Slice("stills", wire)
