"""How transcoding plugs into the house."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.growing.queueing import defer_forgetting
from media.transcoding.interfaces import Renditions
from media.transcoding.reading.cuts import CutReader, ProgressParts
from media.transcoding.repository import TranscodingRepository
from media.transcoding.service import TranscodingService
from media.transcoding.tasks import TranscodingJobs, tasks
from media.videos.events import FilmsSuperseded, VideoAccepted, VideoDeleted
from media.videos.interfaces import PartsRegistry, Videos


def _wire(house: House) -> Wiring:
    repository = TranscodingRepository()
    service = TranscodingService(
        house.database,
        house.objects,
        house.events,
        house.clock,
        house.doors.get(Videos),
        repository,
        av1=house.settings.transcode_av1,
    )
    reader = CutReader(repository, house.clock)
    house.doors.provide(Renditions, reader)
    house.doors.get(PartsRegistry).add(ProgressParts(reader))

    async def accepted(tx: Transaction, event: VideoAccepted) -> None:
        await service.take_on(tx, event.video_id, event.generation)

    async def deleted(tx: Transaction, event: VideoDeleted) -> None:
        await defer_forgetting(tx, event.video_id, None)

    async def superseded(tx: Transaction, event: FilmsSuperseded) -> None:
        await defer_forgetting(tx, event.video_id, event.generation)

    house.events.subscribe(VideoAccepted, accepted)
    house.events.subscribe(VideoDeleted, deleted)
    house.events.subscribe(FilmsSuperseded, superseded)
    scratch = Scratch()

    @asynccontextmanager
    async def open_scratch() -> AsyncGenerator[None]:
        scratch.open()
        try:
            yield
        finally:
            scratch.close()

    return Wiring(
        tasks=tasks(
            TranscodingJobs(service, house.objects, scratch), service.sweep, service.forget
        ),
        worker_lifespan=[open_scratch],
    )


slice_ = Slice("transcoding", _wire)
