"""Frames of films' heads, held on this machine from the encoder of the first rung to that of the
others, so that a film is decoded once although its first rung goes ahead.

They are worth seconds of decoding and nothing else: where there is no room, where another machine
encodes the others, or where a process died in between, the film is decoded again, to the same
frames. So they lie in the folder of the process that wrote them and go with it; and whoever takes
them removes their name first, so that they are gone when it is done, however it ends.
"""

import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import Piece, Plan, Rung

_PREFIX: Final = "held-"
_BYTES_MAX: Final = 6 * 2**30
"""Of one process: four heads of 1080 lines at 30 frames a second."""
_SPARE_BYTES: Final = 2 * 2**30
"""What is left on the disk for everybody else."""
_SECONDS_MAX: Final = 3600.0
"""By then another machine has taken their place, or nobody wants the film any more."""


@dataclass(frozen=True)
class Frames:
    """Of a piece, between two encoders."""

    taken: int | None = None
    """A descriptor of those that were held: there is nothing to decode."""
    leave: Path | None = None
    """Where to leave them for the next."""


NO_FRAMES: Final = Frames()


class Held:
    """The frames that processes of this machine hold for each other."""

    def __init__(
        self, scratch: Scratch, *, bytes_max: int = _BYTES_MAX, spare: int = _SPARE_BYTES
    ) -> None:
        self._scratch = scratch
        self._bytes_max = bytes_max
        self._spare = spare

    @contextmanager
    def frames(self, film: str, plan: Plan, run: str, piece: Piece) -> Generator[Frames]:
        """What a run over a piece of a film has of them, for the length of the context."""
        name, size = f"{film}-{piece.first}-{piece.count}", _bytes_of(piece, plan.top)
        if run == "early" and plan.ladder:
            yield Frames(leave=self.place(name, size))
        elif run == "ladder":
            with self.taken(name, size) as handle:
                yield Frames(handle)
        else:
            yield NO_FRAMES

    def place(self, name: str, size: int) -> Path | None:
        """Where to leave so many bytes of frames; None without room."""
        free = shutil.disk_usage(self._scratch.home).free - self._spare
        if size > min(free, self._bytes_max - self._used()):
            return None
        return self._scratch.home / f"{_PREFIX}{name}"

    @contextmanager
    def taken(self, name: str, size: int) -> Generator[int | None]:
        """A descriptor of frames that are nobody else's from now on, and gone at the end of the
        context; None where there are none."""
        handle = self._open(name)
        try:
            whole = handle is not None and os.fstat(handle).st_size == size
            yield handle if whole else None
        finally:
            if handle is not None:
                os.close(handle)

    def _open(self, name: str) -> int | None:
        for path in self._scratch.everywhere(f"{_PREFIX}{name}"):
            with suppress(FileNotFoundError):
                handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                path.unlink(missing_ok=True)
                return handle
        return None

    def _used(self) -> int:
        """Bytes held by this process, without those that nobody came for."""
        used = 0
        for path in self._scratch.home.glob(f"{_PREFIX}*"):
            with suppress(FileNotFoundError):
                found = path.stat()
                if time.time() - found.st_mtime > _SECONDS_MAX:
                    path.unlink()
                else:
                    used += found.st_size
        return used


def _bytes_of(piece: Piece, top: Rung) -> int:
    """With two planes of colour of a quarter of the pixels each."""
    return piece.frames * top.pixels * 3 // 2
