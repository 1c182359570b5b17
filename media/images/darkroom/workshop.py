"""Processes in which pictures are decoded and encoded, apart from everything worth stealing.

A decoder that crashes, hangs or eats memory costs one child process and one refusal. A child gets
no environment, may not write files, and has bounds on memory and open files; the parent bounds
the time and the number of those who wait. Requests and answers are msgpack frames on its standard
input and output, each preceded by its length in four bytes.
"""

import asyncio
import contextlib
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import structlog

from app.kernel.errors import AppError
from app.kernel.priority import step_back
from media.images.darkroom.pipeline import Developed, Rendition, develop, render
from media.images.errors import NotAPicture, PictureDamaged, PicturesBusy, PictureTooLarge
from media.images.rules import Format

log: structlog.stdlib.BoundLogger = structlog.get_logger("workshop")

_MEMORY_BYTES_MAX: Final = 3 * 1024**3
_FRAME_BYTES_MAX: Final = 64 * 1024**2
_NICENESS: Final = 5
_TASKS_MAX: Final = 200
"""A child is replaced after so many pictures, so that no decoder's leak adds up."""


class _Develop(msgspec.Struct, tag=True):
    data: bytes


class _Render(msgspec.Struct, tag=True):
    master: bytes
    size: tuple[int, int]
    widths: list[int]
    formats: list[Format]


class _Developed(msgspec.Struct, tag=True):
    picture: Developed


class _Rendered(msgspec.Struct, tag=True):
    renditions: list[Rendition]


class _Refused(msgspec.Struct, tag=True):
    kind: str
    detail: str


_Request = _Develop | _Render
_Answer = _Developed | _Rendered | _Refused
_REFUSALS: dict[str, type[AppError]] = {
    kind.__name__: kind for kind in (NotAPicture, PictureTooLarge, PictureDamaged)
}


class Workshop:
    """At most `processes` children, started when first needed, and a bounded queue before them.

    Belongs to one event loop. `seconds_max` is for one picture; a 48-megapixel photo takes two.
    """

    def __init__(
        self, *, processes: int = 1, waiting_max: int = 8, seconds_max: float = 30
    ) -> None:
        self._seconds_max = seconds_max
        self._places = asyncio.Semaphore(processes)
        self._waiting_max = waiting_max
        self._waiting = 0
        self._idle: list[_Child] = []

    async def develop(self, data: bytes) -> Developed:
        """`pipeline.develop` in a child. Raises what it raises, and PicturesBusy."""
        self.check_room()
        answer = await self._ask(_Develop(data))
        assert isinstance(answer, _Developed)
        return answer.picture

    async def render(
        self,
        master: bytes,
        size: tuple[int, int],
        widths: Sequence[int],
        formats: Sequence[Format],
    ) -> list[Rendition]:
        """`pipeline.render` in a child."""
        answer = await self._ask(_Render(master, size, list(widths), list(formats)))
        assert isinstance(answer, _Rendered)
        return answer.renditions

    def check_room(self) -> None:
        """Raises PicturesBusy when so many wait that another would wait for too long."""
        if self._waiting >= self._waiting_max:
            raise PicturesBusy(retry_after_seconds=3)

    async def close(self) -> None:
        """End the children."""
        while self._idle:
            await self._idle.pop().end()

    async def _ask(self, request: _Request) -> _Answer:
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        child: _Child | None = None
        try:
            child = self._rested() or await _Child.start()
            async with asyncio.timeout(self._seconds_max):
                answer = await child.ask(request)
            if child.tasks < _TASKS_MAX:
                self._idle.append(child)
                child = None
        except TimeoutError:
            log.warning("picture_took_too_long")
            raise PictureTooLarge("This picture takes too long to read.") from None
        except (EOFError, OSError) as error:
            log.warning("picture_ended_its_process", error=repr(error))
            raise PictureDamaged("This picture cannot be read. Please export it again.") from None
        finally:
            self._places.release()
            if child is not None:
                await child.end()
        if isinstance(answer, _Refused):
            raise _REFUSALS[answer.kind](answer.detail)
        return answer

    def _rested(self) -> "_Child | None":
        """A child that waits for work; one that was killed while it did is no picture's fault."""
        while self._idle:
            child = self._idle.pop()
            if child.lives:
                return child
        return None


class _Child:
    """One process and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.tasks = 0

    @classmethod
    async def start(cls) -> "_Child":
        """A fresh process, which imports this module and nothing of the house but its errors."""
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "media.images.darkroom.workshop",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
        )
        return cls(process)

    @property
    def lives(self) -> bool:
        """As far as is known."""
        writer = self._process.stdin
        return self._process.returncode is None and writer is not None and not writer.is_closing()

    async def ask(self, request: _Request) -> _Answer:
        """One picture. Raises EOFError or OSError when the process ended over it."""
        self.tasks += 1
        writer, reader = self._process.stdin, self._process.stdout
        assert writer is not None
        assert reader is not None
        if not self.lives:
            raise EOFError("it ended before it was asked")
        frame = _encoder.encode(request)
        writer.write(len(frame).to_bytes(4, "big") + frame)
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(4), "big")
        if length > _FRAME_BYTES_MAX:
            raise EOFError("the answer is too long to be one")
        return _answers.decode(await reader.readexactly(length))

    async def end(self) -> None:
        """Kill: a child holds nothing that could be lost."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(_Request)
_answers: msgspec.msgpack.Decoder[_Answer] = msgspec.msgpack.Decoder(_Answer)


def _answer(request: _Request) -> _Answer:
    """The child's work. Anything unforeseen ends the process, which the parent understands."""
    try:
        if isinstance(request, _Develop):
            return _Developed(develop(request.data))
        return _Rendered(render(request.master, request.size, request.widths, request.formats))
    except AppError as refusal:
        return _Refused(type(refusal).__name__, refusal.detail)


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer frames until the parent is gone."""
    while len(header := source.read(4)) == 4:
        request = _requests.decode(source.read(int.from_bytes(header, "big")))
        frame = _encoder.encode(_answer(request))
        sink.write(len(frame).to_bytes(4, "big") + frame)
        sink.flush()


def _confine() -> None:
    """Bounds of this process; requests go first on a busy machine."""
    os.setsid()  # or stepping back would count among its parent's processes only
    step_back(_NICENESS)
    for bound, value in (
        (resource.RLIMIT_AS, _MEMORY_BYTES_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        # macOS knows the bound of memory and refuses to set it
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(bound, (value, value))


if __name__ == "__main__":
    _confine()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
