"""How pictures plug into the house."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from app.kernel.jobs import QUEUE_MEDIA, Task
from media.images.controllers import ImageController, ImageFileController
from media.images.interfaces import Images
from media.images.service import RENDER_TASK, ImageService
from media.images.workshop import Workshop


def _wire(house: House) -> Wiring:
    workshop = Workshop()
    service = ImageService(
        database=house.database,
        objects=house.objects,
        ids=house.ids,
        events=house.events,
        workshop=workshop,
        bytes_max=house.settings.image_bytes_max,
    )
    house.doors.provide(Images, service)

    @asynccontextmanager
    async def open_workshop() -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await workshop.close()

    return Wiring(
        routes=[ImageController, ImageFileController],
        dependencies={
            "images": Provide(lambda: service, sync_to_thread=False),
            "objects": Provide(lambda: house.objects, sync_to_thread=False),
        },
        tasks=[Task(RENDER_TASK, service.render, queue=QUEUE_MEDIA)],
        web_lifespan=[open_workshop],
        worker_lifespan=[open_workshop],
    )


slice_ = Slice("images", _wire)
