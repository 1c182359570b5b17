"""The use cases of uploads: begin, continue after any break, put together, expire."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind, Role, Scope
from app.kernel.database import Database, Transaction
from app.kernel.errors import Forbidden, Invalid, TooLarge
from app.kernel.events import Events
from app.kernel.ids import Ids
from app.kernel.objects import Objects
from app.kernel.settings import Settings
from media.inspection.bounds import BRAND, SHOPPER
from media.uploads.errors import (
    OffsetMismatch,
    QuotaExceeded,
    TooManyUploads,
    UploadGone,
    UploadLocked,
    UploadNotFound,
    UploadNotWhole,
    UploadUsed,
)
from media.uploads.events import UploadFailed, UploadFinished
from media.uploads.interfaces import Finished, Owner, Taken, Uploads
from media.uploads.models import Upload, UploadState
from media.uploads.repository import UploadRepository
from media.uploads.rules import (
    LEASE_SECONDS,
    OPEN_MAX,
    file_path,
    growing_path,
    name_of,
    parts_folder,
    tags_of,
)
from media.uploads.store import PartWriter

log: structlog.stdlib.BoundLogger = structlog.get_logger("uploads")

CLEAR_TASK = "media.uploads.clear"
EXPIRE_TASK = "media.uploads.expire"
_EXPIRED_AT_ONCE = 200
_ROLES = (Role.OWNER, Role.OPERATIONS)


class UploadService(Uploads):
    """Implements the `Uploads` door.

    A part is an object before it is a row, and the offset moves with the row: what a client was
    told is durable, is. What lies between an object and its row when a process dies is in the
    upload's own folder, which is cleared when the upload ends.
    """

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        ids: Ids,
        events: Events,
        settings: Settings,
        repository: UploadRepository,
    ) -> None:
        self._database = database
        self._objects = objects
        self._ids = ids
        self._events = events
        self._settings = settings
        self._repository = repository

    async def begin(self, tx: Transaction, actor: Actor, length: int, tags: str | None) -> Upload:
        """A new, empty upload. Raises Forbidden, Invalid, TooLarge, QuotaExceeded,
        TooManyUploads."""
        _admit(actor)
        name = name_of(tags_of(tags))
        if length == 0:
            raise Invalid.field("#header/Upload-Length", "The file is empty")
        owner = Owner.of(actor)
        await self._check_room(tx.session, owner, length)
        upload = self._upload(owner, actor.id, name, tags or "", length)
        await self._repository.add(tx.session, upload)
        return upload

    async def find(self, session: AsyncSession, actor: Actor, upload_id: int) -> Upload:
        """An upload of the caller's. Raises UploadNotFound, UploadGone."""
        return _own(await self._repository.get(session, upload_id), actor)

    async def append(
        self, actor: Actor, upload_id: int, offset: int, chunks: AsyncIterator[bytes]
    ) -> Upload:
        """Add bytes from an offset on. All that came is kept, however it ended.

        Raises UploadNotFound, UploadGone, OffsetMismatch, UploadLocked, UploadOverflows, and what
        `chunks` raises.
        """
        lease = secrets.token_hex(8)
        async with self._database.transaction() as tx:
            upload = await self.find(tx.session, actor, upload_id)
            whole = upload.state != UploadState.OPEN and upload.received == offset
            if not whole and not await self._repository.lease(tx.session, upload_id, offset, lease):
                raise await self._why_not(tx.session, upload_id, offset)
        writer = PartWriter(
            *(self._database, self._objects, self._repository, upload),
            lease=lease,
        )
        try:
            async for chunk in chunks:
                await writer.write(chunk)
        finally:
            # a connection that breaks cancels us: what has come is kept nevertheless
            await asyncio.shield(writer.close())
        async with self._database.reading() as session:
            return await self.find(session, actor, upload_id)

    async def cancel(self, tx: Transaction, actor: Actor, upload_id: int) -> None:
        """End it and forget what came. Raises UploadNotFound, UploadGone, UploadUsed."""
        upload = _own(await self._repository.get(tx.session, upload_id, lock=True), actor)
        if upload.taken:
            raise UploadUsed
        await self._end(tx, upload)

    async def take(self, tx: Transaction, upload_id: int, actor: Actor) -> Taken:
        """See `Uploads`."""
        upload = _own(await self._repository.get(tx.session, upload_id, lock=True), actor)
        if upload.state == UploadState.OPEN:
            missing = upload.length - upload.received
            raise UploadNotWhole(f"{missing} bytes of this upload are missing")
        if upload.taken:
            raise UploadUsed
        upload.taken = True
        await tx.session.flush()
        return _taken(upload)

    async def receive(
        self, owner: Owner, uploader_id: int, name: str, length: int, chunks: AsyncIterator[bytes]
    ) -> Taken:
        """See `Uploads`."""
        async with self._database.transaction() as tx:
            await self._check_room(tx.session, owner, length)
            upload = self._upload(owner, uploader_id, name, "", length)
            await self._repository.add(tx.session, upload)
        hash_, path = hashlib.sha256(), file_path(upload.id)
        growing = growing_path(upload.id, secrets.token_hex(8))
        await self._objects.put_stream(path, _hashed(chunks, hash_.update), growing=growing)
        async with self._database.transaction() as tx:
            upload = await self._locked(tx, upload.id)
            upload.received, upload.taken = length, True
            await self._finish(tx, upload, hash_.hexdigest(), path)
            return _taken(upload)

    async def finished(self, session: AsyncSession, upload_id: int) -> Finished | None:
        """See `Uploads`."""
        upload = await self._repository.get(session, upload_id)
        if upload is None or upload.state == UploadState.GONE:
            raise UploadGone
        return _taken(upload).finished

    async def release(self, tx: Transaction, upload_id: int) -> None:
        """See `Uploads`."""
        upload = await self._repository.get(tx.session, upload_id, lock=True)
        if upload is not None and upload.state != UploadState.GONE:
            await self._end(tx, upload)

    async def assembled(self, upload_id: int, hash_: str | None) -> None:
        """The parts lie in one piece under `file_path`, with this hash; None where one of them was
        missing. Again changes nothing."""
        path = file_path(upload_id)
        async with self._database.transaction() as tx:
            upload = await self._locked(tx, upload_id)
            if upload.state == UploadState.OPEN:
                return
            if upload.state != UploadState.WHOLE:
                await tx.defer(CLEAR_TASK, upload_id=upload_id, path=path)
            elif hash_ is None:
                log.error("part_of_upload_is_missing", upload=upload_id)
                await self._end(tx, upload)
                await self._events.publish(tx, UploadFailed(upload_id))
            else:
                await self._finish(tx, upload, hash_, path)

    async def clear(self, upload_id: int, path: str | None = None) -> None:
        """A job: delete what is left of an upload's parts, and its file unless that is needed."""
        await self._objects.clear(parts_folder(upload_id))
        async with self._database.reading() as session:
            if path is not None and not await self._repository.is_kept(session, path):
                await self._objects.delete([path])
        async with self._database.transaction() as tx:
            await self._repository.forget_parts(tx.session, upload_id)

    async def expire(self) -> None:
        """A job: give up what nobody has continued or used for a day."""
        while True:
            async with self._database.transaction() as tx:
                found = await self._repository.expired(tx.session, _EXPIRED_AT_ONCE)
                for upload in found:
                    await self._end(tx, upload)
            if len(found) < _EXPIRED_AT_ONCE:
                return

    async def _check_room(self, session: AsyncSession, owner: Owner, length: int) -> None:
        bounds = SHOPPER if owner.by_shopper else BRAND
        if length > bounds.bytes_max:
            raise TooLarge(
                f"A film may have {bounds.bytes_max // 2**20} MB; this one has {length // 2**20} MB"
            )
        await self._repository.lock_owner(session, owner)
        used, open_ = await self._repository.used(session, owner)
        settings = self._settings
        quota = settings.upload_quota_shopper if owner.by_shopper else settings.upload_quota_brand
        if used + length > quota:
            raise QuotaExceeded(
                f"{used // 2**20} of {quota // 2**20} MB are used. Please remove a film first."
            )
        if open_ >= OPEN_MAX:
            raise TooManyUploads(
                f"{open_} uploads are unfinished. Please finish or cancel one first.",
                retry_after_seconds=60,
            )

    def _upload(self, owner: Owner, uploader_id: int, name: str, tags: str, length: int) -> Upload:
        return Upload(
            id=self._ids.new(),
            owner_id=owner.id,
            by_shopper=owner.by_shopper,
            live=owner.live,
            uploader_id=uploader_id,
            name=name,
            tags=tags,
            length=length,
            received=0,
            state=UploadState.OPEN,
            taken=False,
        )

    async def _why_not(
        self, session: AsyncSession, upload_id: int, offset: int
    ) -> UploadLocked | OffsetMismatch:
        upload = await self._repository.get(session, upload_id)
        if upload is not None and upload.received == offset and upload.state == UploadState.OPEN:
            return UploadLocked(headers={"retry-after": str(LEASE_SECONDS)})
        at = upload.received if upload is not None else 0
        return OffsetMismatch(
            f"This upload goes on at {at}, not at {offset}", headers={"upload-offset": str(at)}
        )

    async def _locked(self, tx: Transaction, upload_id: int) -> Upload:
        upload = await self._repository.get(tx.session, upload_id, lock=True)
        assert upload is not None, "uploads are never deleted"
        return upload

    async def _finish(self, tx: Transaction, upload: Upload, hash_: str, path: str) -> None:
        kept = await self._repository.keep_file(tx.session, hash_, path, upload.length)
        upload.state, upload.hash, upload.path = UploadState.FINISHED, hash_, kept
        upload.lease = upload.leased_until = None
        await tx.session.flush()
        # the same content lay there already: ours is one too many
        spare = path if kept != path else None
        await tx.defer(CLEAR_TASK, upload_id=upload.id, path=spare)
        await self._events.publish(tx, UploadFinished(upload.id, kept, upload.length, hash_))

    async def _end(self, tx: Transaction, upload: Upload) -> None:
        upload.state = UploadState.GONE
        upload.lease = upload.leased_until = None
        await tx.session.flush()
        path: str | None = file_path(upload.id)
        if upload.hash is not None:
            path = await self._repository.drop_file(tx.session, upload.hash)
        await tx.defer(CLEAR_TASK, upload_id=upload.id, path=path)


def _admit(actor: Actor) -> None:
    """Raises Forbidden for keys without the scope, and members who do not publish."""
    if actor.kind is ActorKind.KEY and Scope.VIDEOS_WRITE not in actor.scopes:
        raise Forbidden(f"This key lacks the scope {Scope.VIDEOS_WRITE}")
    if actor.kind is ActorKind.MEMBER and actor.role not in _ROLES:
        raise Forbidden(f"This takes one of the roles: {', '.join(sorted(_ROLES))}")


def _own(upload: Upload | None, actor: Actor) -> Upload:
    owner = Owner.of(actor)
    if upload is None or (upload.owner_id, upload.live) != (owner.id, owner.live):
        raise UploadNotFound
    _admit(actor)
    if upload.state == UploadState.GONE:
        raise UploadGone
    return upload


def _taken(upload: Upload) -> Taken:
    finished = None
    if upload.state == UploadState.FINISHED:
        assert upload.path is not None
        assert upload.hash is not None
        finished = Finished(upload.path, upload.length, upload.hash)
    return Taken(upload.id, upload.name, finished)


async def _hashed(
    chunks: AsyncIterator[bytes], hear: Callable[[bytes], object]
) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        hear(chunk)
        yield chunk
