"""How pictures plug into the house."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

import msgspec
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Avatars, AvatarView
from app.kernel.actors import Actor
from app.kernel.house import House, Slice, Wiring
from app.kernel.http.shelf import Shelf
from app.kernel.jobs import QUEUE_MEDIA, Task
from media.images.controllers import ImageController, image_files
from media.images.darkroom.workshop import Workshop
from media.images.errors import PictureNotFound
from media.images.interfaces import Images, PictureOwner
from media.images.service import CLEAR_TASK, RENDER_TASK, ImageService


class ShopperAvatars(Avatars):
    """Pictures as identity asks for them."""

    def __init__(self, images: Images) -> None:
        self._images = images

    async def views(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, AvatarView]:
        """The pictures that exist."""
        found = await self._images.views(session, ids)
        return {
            id_: msgspec.convert(view, AvatarView, from_attributes=True)
            for id_, view in found.items()
        }

    async def belongs_to(self, session: AsyncSession, image_id: int, actor: Actor) -> bool:
        """Whether the actor, as a shopper, uploaded this picture."""
        try:
            await self._images.owned(session, [image_id], PictureOwner(actor.id))
        except PictureNotFound:
            return False
        return True


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
    house.doors.provide(Avatars, ShopperAvatars(service))

    @asynccontextmanager
    async def open_workshop() -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await workshop.close()

    return Wiring(
        routes=[ImageController],
        files=[image_files(house.doors.get(Shelf))],
        dependencies={
            "images": Provide(lambda: service, sync_to_thread=False),
        },
        tasks=[
            Task(RENDER_TASK, service.render, queue=QUEUE_MEDIA),
            Task(CLEAR_TASK, service.clear),
        ],
        web_lifespan=[open_workshop],
        worker_lifespan=[open_workshop],
    )


slice_ = Slice("images", _wire)
