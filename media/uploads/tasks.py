"""The jobs that make one file of an upload's parts: behind its sender, and at its end."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from app.kernel.database import Database
from app.kernel.objects import ObjectMissing, Objects
from media.uploads.models import Upload, UploadPart, UploadState
from media.uploads.repository import UploadRepository
from media.uploads.rules import file_path, growing_path
from media.uploads.service import UploadService

_LOOK_SECONDS: Final = 0.2
_QUIET_SECONDS: Final = 20.0
"""Nobody follows a sender that is silent for so long."""


class Assembly:
    """Puts parts together as they arrive."""

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        repository: UploadRepository,
        uploads: UploadService,
    ) -> None:
        self._database = database
        self._objects = objects
        self._repository = repository
        self._uploads = uploads

    async def follow(self, upload_id: int) -> None:
        """A job that begins when much has arrived, and ends soon after the sender: whoever waits
        for a film after its last byte waits for its last bytes only."""
        async with self._database.reading() as session:
            if await self._repository.follows(session, upload_id):
                await self._put_together(upload_id)

    async def assemble(self, upload_id: int) -> None:
        """A job that comes after the last byte, and does what is left where nobody followed, or
        whoever did was killed."""
        async with self._database.reading() as session:
            await self._repository.after_follower(session, upload_id)
            await self._put_together(upload_id)

    async def _put_together(self, upload_id: int) -> None:
        """Done twice at the same time, the same bytes are stored under the same name."""
        heard, growing = hashlib.sha256(), growing_path(upload_id, secrets.token_hex(8))
        hash_: str | None = None
        try:
            await self._look(upload_id, 0)
            arriving = self._arriving(upload_id, heard.update)
            await self._objects.put_stream(file_path(upload_id), arriving, growing=growing)
            hash_ = heard.hexdigest()
        except _NoMore:
            return
        except ObjectMissing:
            pass
        await self._uploads.assembled(upload_id, hash_)

    async def _arriving(
        self, upload_id: int, hear: Callable[[bytes], object]
    ) -> AsyncIterator[bytes]:
        """All parts in their order, each as a whole: it is heard in a thread while the next one is
        read and the last one written."""
        loop, hearing = asyncio.get_running_loop(), None
        async for part in self._parts(upload_id):
            data = await self._objects.get(part.path)
            if hearing is not None:
                await hearing
            hearing = loop.run_in_executor(None, hear, data)
            yield data
        if hearing is not None:
            await hearing

    async def _parts(self, upload_id: int) -> AsyncIterator[UploadPart]:
        """To the last one. Raises _NoMore where it does not come, and ObjectMissing where rows
        are."""
        clock = asyncio.get_running_loop().time
        at, moved = 0, clock()
        while True:
            upload, parts = await self._look(upload_id, at)
            for part in parts:
                yield part
                at, moved = part.start + part.bytes, clock()
            if at == upload.length:
                return
            if upload.state == UploadState.WHOLE and not parts:
                raise ObjectMissing(file_path(upload_id))
            if clock() - moved > _QUIET_SECONDS:
                raise _NoMore
            if not parts:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self, upload_id: int, since: int) -> tuple[Upload, Sequence[UploadPart]]:
        """The upload, and its parts from a byte on. Raises _NoMore where it is one file or gone."""
        async with self._database.reading() as session:
            upload = await self._repository.get(session, upload_id)
            parts = await self._repository.parts(session, upload_id, since)
        if upload is None or upload.state not in (UploadState.OPEN, UploadState.WHOLE):
            raise _NoMore
        return upload, parts


class _NoMore(Exception):
    """The sender rests, or the upload ended otherwise: nothing is to be done now."""
