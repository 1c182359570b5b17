"""The bytes of an upload on their way into the object store, as parts of bounded size."""

import asyncio

from app.kernel.database import Database
from app.kernel.objects import Objects
from media.uploads.errors import UploadLocked, UploadOverflows
from media.uploads.models import Upload, UploadPart, UploadState
from media.uploads.repository import UploadRepository
from media.uploads.rules import FLUSH_SECONDS, PART_BYTES, begins_following, part_path

ASSEMBLE_TASK = "media.uploads.assemble"
FOLLOW_TASK = "media.uploads.follow"


class PartWriter:
    """Of one sender, while it holds the lease. Memory: one part, whatever is sent.

    A part is made when enough has come, or when what came is some seconds old: a sender that is
    slow, or killed, does not lose more than that.
    """

    def __init__(
        self,
        database: Database,
        objects: Objects,
        repository: UploadRepository,
        upload: Upload,
        *,
        lease: str,
    ) -> None:
        self._database = database
        self._objects = objects
        self._repository = repository
        self._id, self._length = upload.id, upload.length
        self._at = upload.received
        """Up to here everything is durable."""
        self._lease = lease
        self._held = bytearray()
        self._flush_at = self._soon()

    async def write(self, chunk: bytes) -> None:
        """Add what came. Raises UploadOverflows, and stores nothing of the chunk, where it is more
        than was announced; UploadLocked where another sender has taken over."""
        if self._at + len(self._held) + len(chunk) > self._length:
            raise UploadOverflows(f"This upload was announced with {self._length} bytes")
        self._held += chunk
        while len(self._held) >= PART_BYTES:
            await self._flush(PART_BYTES)
        if self._held and asyncio.get_running_loop().time() >= self._flush_at:
            await self._flush(len(self._held))

    async def close(self) -> None:
        """Keep the rest and let others go on. Raises UploadLocked."""
        try:
            if self._held:
                await self._flush(len(self._held))
        finally:
            async with self._database.transaction() as tx:
                await self._repository.unlease(tx.session, self._id, self._lease)

    async def _flush(self, size: int) -> None:
        path = part_path(self._id, self._at, self._lease)
        part = UploadPart(upload_id=self._id, start=self._at, bytes=size, path=path)
        await self._objects.put(path, bytes(self._held[:size]))
        async with self._database.transaction() as tx:
            upload = await self._repository.advance(tx.session, part, self._lease)
            if upload is not None and upload.received == upload.length:
                upload.state = UploadState.WHOLE
                upload.lease = upload.leased_until = None
                await tx.session.flush()
                await tx.defer(ASSEMBLE_TASK, upload_id=self._id)
            elif upload is not None and begins_following(self._at, upload.received):
                await tx.defer(FOLLOW_TASK, upload_id=self._id)
        if upload is None:
            self._held.clear()
            await self._objects.delete([path])
            raise UploadLocked("Somebody else continues this upload by now")
        del self._held[:size]
        self._at += size
        self._flush_at = self._soon()

    @staticmethod
    def _soon() -> float:
        return asyncio.get_running_loop().time() + FLUSH_SECONDS
