"""The use cases of pictures: take one in, render the rest of it, show it."""

import asyncio
from collections.abc import Collection, Iterable, Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind, Scope
from app.kernel.database import Database, Transaction
from app.kernel.errors import Forbidden
from app.kernel.events import Events
from app.kernel.http.limits import LocalLimiter
from app.kernel.ids import Ids
from app.kernel.objects import Objects
from app.kernel.structs import Id
from media.images.darkroom.pipeline import Rendition
from media.images.darkroom.workshop import Workshop
from media.images.errors import PictureNotFound
from media.images.events import ImageRendered
from media.images.interfaces import ImageView, PictureOwner
from media.images.models import ImageContent
from media.images.repository import ImageRepository
from media.images.rules import (
    FORMATS,
    LATER,
    Format,
    check_bytes,
    content_hash,
    folder_path,
    master_path,
    public_base,
    rendition_path,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger("images")

RENDER_TASK = "media.images.render"
CLEAR_TASK = "media.images.clear"
_BEHIND = -10
"""The picture is to be seen already: who waits for a film in the same queue comes first."""
UPLOADS_PER_MINUTE = 120
"""Of one caller in one process: each costs a fifth of a second of a core."""


class ImageService:
    """Implements the `Images` door.

    Files are stored before the rows that name them, and formats are named only when every width
    of them is stored: a reader who knows an address finds the whole file there. A crash in
    between leaves files without a row, which the next upload of the same bytes uses.
    """

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        ids: Ids,
        events: Events,
        workshop: Workshop,
        bytes_max: int,
    ) -> None:
        self._database = database
        self._objects = objects
        self._ids = ids
        self._events = events
        self._workshop = workshop
        self._bytes_max = bytes_max
        self._limiter = LocalLimiter(UPLOADS_PER_MINUTE)
        self._repository = ImageRepository()

    def admit(self, actor: Actor) -> None:
        """Asked before an upload is read into memory.

        Raises Forbidden for keys without the scope, TooMany, PicturesBusy.
        """
        if actor.kind is ActorKind.KEY and Scope.IMAGES_WRITE not in actor.scopes:
            raise Forbidden(f"This key lacks the scope {Scope.IMAGES_WRITE}")
        self._limiter.check(f"{actor.kind}{actor.id}")
        self._workshop.check_room()

    async def import_picture(self, tx: Transaction, data: bytes, owner: PictureOwner) -> ImageView:
        """See `Images`."""
        check_bytes(len(data), self._bytes_max)
        hash_ = content_hash(data)
        # a session of its own, so that the caller's holds no connection while pixels are counted
        async with self._database.reading() as session:
            known = await self._repository.content(session, hash_) is not None
        if not known:
            await self._add(tx, hash_, data)
        content = await self._repository.held_content(tx.session, hash_)
        if content is None:  # its last owner let it go meanwhile
            await self._add(tx, hash_, data)
            content = await self._repository.held_content(tx.session, hash_)
        assert content is not None, "it was added in this transaction, or is held by its adder's"
        id_ = await self._repository.add_image(tx.session, self._ids.new(), owner, hash_)
        return _view(id_, content)

    async def render(self, hash_: str) -> None:
        """Make and store the formats that are not ready, then tell those who show the picture.

        May run twice: the same files are stored again under the same names.
        """
        async with self._database.reading() as session:
            content = await self._repository.content(session, hash_)
        if content is None:
            log.warning("picture_to_render_is_gone", hash=hash_)
            return
        missing: list[Format] = [name for name in LATER if name not in content.formats]
        if not missing:
            return
        master = await self._objects.get(master_path(hash_))
        size = (content.width, content.height)
        made = await self._workshop.render(master, size, content.widths, missing)
        await self._store(_files(hash_, made))
        async with self._database.transaction() as tx:
            if not await self._repository.set_formats(tx.session, hash_, list(FORMATS)):
                await tx.defer(CLEAR_TASK, hash_=hash_)
            for image_id in await self._repository.ids_of(tx.session, hash_):
                await self._events.publish(tx, ImageRendered(image_id))

    async def prune(self, tx: Transaction, owner: PictureOwner, kept: Collection[int]) -> None:
        """See `Images`."""
        for hash_ in await self._repository.drop_images(tx.session, owner, kept):
            if await self._repository.drop_content(tx.session, hash_):
                await tx.defer(CLEAR_TASK, hash_=hash_)

    async def clear(self, hash_: str) -> None:
        """A job: remove the files of a picture, unless somebody has it again."""
        async with self._database.transaction() as tx:
            await self._repository.lock_files(tx.session, hash_)
            if await self._repository.content(tx.session, hash_) is None:
                await self._objects.delete(await self._objects.list(folder_path(hash_)))

    async def views(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, ImageView]:
        """See `Images`."""
        wanted = set(ids)
        if not wanted:
            return {}
        found = await self._repository.find(session, wanted)
        return {id_: _view(id_, content) for id_, content in found}

    async def owned(
        self, session: AsyncSession, ids: Iterable[int], owner: PictureOwner
    ) -> dict[int, ImageView]:
        """See `Images`."""
        wanted = set(ids)
        if not wanted:
            return {}
        found = await self._repository.find(session, wanted, owner)
        if len(found) < len(wanted):
            raise PictureNotFound("One of the pictures does not exist. Please upload it again.")
        return {id_: _view(id_, content) for id_, content in found}

    async def jpeg(self, session: AsyncSession, image_id: int, width_min: int) -> bytes:
        """See `Images`."""
        found = await self._repository.find(session, {image_id})
        for _, content in found:
            wide = [width for width in content.widths if width >= width_min]
            width = wide[0] if wide else content.widths[-1]
            return await self._objects.get(rendition_path(content.hash, width, "jpeg"))
        raise PictureNotFound

    async def _add(self, tx: Transaction, hash_: str, data: bytes) -> None:
        """Store a picture that nobody has yet, and its row; the first to add it has it rendered."""
        made = await self._workshop.develop(data)
        files = _files(hash_, made.renditions) | {master_path(hash_): made.master}
        await self._store(files)
        content = ImageContent(
            hash=hash_,
            width=made.width,
            height=made.height,
            color=made.color,
            placeholder=made.placeholder,
            widths=made.widths,
            formats=["jpeg"],
        )
        if not await self._repository.add_content(tx.session, content):
            return
        await self._repository.lock_files(tx.session, hash_)
        # who had it before may have let it go just now, and its files with it
        if not files.keys() <= set(await self._objects.list(folder_path(hash_))):
            await self._store(files)
        await tx.defer(RENDER_TASK, lock=hash_, priority=_BEHIND, hash_=hash_)

    async def _store(self, files: Mapping[str, bytes]) -> None:
        await asyncio.gather(*(self._objects.put(path, data) for path, data in files.items()))


def _files(hash_: str, renditions: Iterable[Rendition]) -> dict[str, bytes]:
    return {rendition_path(hash_, one.width, one.format): one.data for one in renditions}


def _view(id_: int, content: ImageContent) -> ImageView:
    return ImageView(
        id=Id(id_),
        width=content.width,
        height=content.height,
        color=content.color,
        placeholder=content.placeholder,
        base=public_base(content.hash),
        widths=list(content.widths),
        formats=list(content.formats),
    )
