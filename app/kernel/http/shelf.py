"""What a process remembers of files that never change: how long they are, and since when.

To ask the store costs more than to send the file. Whether somebody may have a file is asked before,
every time, and is not remembered here. The bytes are not held either: the page cache of the machine
has them already, and a file that is sent by its name is not copied once in this process.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Final

import msgspec

from app.kernel.errors import NotFound
from app.kernel.http.files import FileAnswer, FileRequest, NamedFile, Stored, read_file
from app.kernel.objects import ObjectInfo, ObjectMissing, Objects

KNOWN_SECONDS: Final = 60.0
"""How long a file that was there is believed to be there still."""
_KNOWN_MAX: Final = 20_000
"""Files; at most 2 kB each."""


class _Known(msgspec.Struct):
    info: ObjectInfo
    read_at: float
    stored: Stored | None = None
    whole: FileAnswer | None = None
    """To who asks for all of `stored`, where that is sent by its name: most requests are alike."""


class Shelf:
    """Answers requests for content-addressed files."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: OrderedDict[str, _Known] = OrderedDict()
        """By path, what was read longest ago first."""

    def answering(
        self, find: Callable[..., Awaitable[Stored]], *, presign_seconds: int | None = None
    ) -> Callable[[FileRequest, Sequence[str]], Awaitable[FileAnswer]]:
        """`find` says what the parameters of a path mean, or raises an AppError. With
        `presign_seconds`, clients are sent to where objects lie in S3, with an address that is good
        for so long."""

        async def answer(asked: FileRequest, values: Sequence[str]) -> FileAnswer:
            stored = await find(*values)
            if presign_seconds is not None:
                elsewhere = await self._objects.signed_url(stored.path, presign_seconds)
                if elsewhere is not None:
                    return _elsewhere(stored, elsewhere)
            return await self.answer(asked, stored)

        return answer

    async def answer(self, asked: FileRequest, stored: Stored) -> FileAnswer:
        """The file, or the part of it that is asked for. Raises NotFound, RangeNotSatisfiable,
        PreconditionFailed, Unavailable."""
        try:
            known = await self._know(stored.path)
            if asked.conditional or asked.method != "GET" or not asked.by_name:
                return await read_file(self._objects, stored, asked, known.info)
            if known.whole is not None and known.stored == stored:
                return known.whole
            answer = await read_file(self._objects, stored, asked, known.info)
            if isinstance(answer.body, NamedFile):
                known.stored, known.whole = stored, answer
            return answer
        except ObjectMissing:
            self._known.pop(stored.path, None)
            raise NotFound from None

    async def _know(self, path: str) -> _Known:
        """What there is under the path. Raises ObjectMissing, Unavailable."""
        known, now = self._known.get(path), monotonic()
        if known is not None and now - known.read_at < KNOWN_SECONDS:
            return known
        known = self._known[path] = _Known(await self._objects.info(path), now)
        self._known.move_to_end(path)
        if len(self._known) > _KNOWN_MAX:
            self._known.popitem(last=False)
        return known


def _elsewhere(stored: Stored, address: str) -> FileAnswer:
    """The address ends by itself, so nobody may keep the way to it."""
    return FileAnswer(
        302,
        [
            (b"location", address.encode()),
            (b"cache-control", b"no-store"),
            (b"content-type", stored.media_type.encode()),
            (b"content-length", b"0"),
        ],
    )
