"""Films as encoding needs them: files of this machine in which any moment can be found.

A piece begins at the keyframe before it. Films that do not say where their keyframes are (transport
streams and their like) are copied into ones that do, track by track and without encoding, when the
first piece of them is due.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.kernel.objects import Objects
from media.inspection.sandbox import opened
from media.inspection.source import Source
from media.transcoding.encoding import commands, works
from media.transcoding.encoding.scratch import Scratch

INDEXED: Final = frozenset(("mov", "matroska"))
_COPIES_MAX: Final = 2


@dataclass
class _Copy:
    """A copy with an index; `users` are jobs that read it."""

    path: Path
    making: asyncio.Lock
    users: int = 0
    made: bool = False


class Films:
    """The films of one process."""

    def __init__(self, objects: Objects, scratch: Scratch) -> None:
        self._objects = objects
        self._scratch = scratch
        self._copies: dict[str, _Copy] = {}

    @asynccontextmanager
    async def lent(self, original: str, source: Source) -> AsyncGenerator[tuple[Path, Source]]:
        """The film and its facts, for the length of the context. Raises Broken when it cannot be
        copied."""
        if source.demuxer in INDEXED:
            async with self._objects.local(original) as path:
                yield path, source
            return
        copy = self._copy(original)
        copy.users += 1
        try:
            async with copy.making:
                if not copy.made:
                    await self._make(copy, original, source)
            yield copy.path, _copied(source)
        finally:
            copy.users -= 1
            self._tidy()

    def _copy(self, original: str) -> _Copy:
        found = self._copies.pop(original, None)
        if found is None:
            name = hashlib.sha256(original.encode()).hexdigest()[:16]
            folder = self._scratch.home / f"film-{name}"
            folder.mkdir(exist_ok=True)
            found = _Copy(folder / "film.mkv", asyncio.Lock())
        self._copies[original] = found  # the last one is the one used last
        return found

    async def _make(self, copy: _Copy, original: str, source: Source) -> None:
        async with self._objects.local(original) as path, opened(path) as fd:
            arguments = commands.indexing(source, fd, copy.path.name)
            await works.index(arguments, fds=[fd], folder=copy.path.parent)
        copy.made = True

    def _tidy(self) -> None:
        """Keep the copies used last; those in use stay whatever their number."""
        idle = [original for original, copy in self._copies.items() if copy.users == 0]
        for original in idle[: max(0, len(self._copies) - _COPIES_MAX)]:
            copy = self._copies.pop(original)
            copy.path.unlink(missing_ok=True)
            copy.path.parent.rmdir()


def _copied(source: Source) -> Source:
    """The facts of the copy: the pictures come first, then the sound."""
    audio = source.audio
    return replace(
        source,
        demuxer="matroska",
        video=replace(source.video, index=0),
        audio=None if audio is None else replace(audio, index=1),
    )
