"""Runs ffmpeg and the packager within bounds, and says in plain words what went wrong."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from media.inspection.sandbox import FFMPEG, NICENESS, PACKAGER, Finished, Limit, run
from media.transcoding.errors import Broken

WALL_SECONDS: Final = 3 * 3600.0
_CPU_SECONDS: Final = 12 * 3600
_MEMORY_BYTES: Final = 8 * 2**30
"""Of addresses, of which stacks of threads take many and use few."""
_FILE_BYTES: Final = 2 * 2**30
_COPY_BYTES: Final = 12 * 2**30
_STDOUT_BYTES: Final = 64 * 2**20
_FRAME = re.compile(rb"^frame= *([0-9]+)", re.MULTILINE)
_NOISE = re.compile(
    r"^(frame|fps|stream_[0-9_]+q|bitrate|total_size|out_time(_ms|_us)?|dup_frames|drop_frames|"
    r"speed|progress)=.*\n",
    re.MULTILINE,
)
_MOSTLY_DAMAGED: Final = 69
"""How ffmpeg ends when more went wrong in decoding than it puts up with (`-max_error_rate`)."""
_DAMAGED: Final = (
    "Invalid data found",
    "moov atom not found",
    "Error submitting packet to decoder",
    "Decode error rate",
    "matches no streams",
    "Conversion failed",
)

Seen = Callable[[int], None]
"""Told how many frames are done."""


async def encode(
    arguments: Sequence[str],
    *,
    fds: Sequence[int],
    folder: Path | None = None,
    readable: Sequence[Path] = (),
    niceness: int = NICENESS,
    seen: Seen | None = None,
) -> Finished:
    """Run ffmpeg. Raises Broken when the film is the cause, else RuntimeError."""

    def heard(chunk: bytes) -> None:
        if seen is not None and (found := _FRAME.findall(chunk)):
            seen(int(found[-1]))

    done = await run(
        FFMPEG,
        arguments,
        fds=fds,
        folder=folder,
        readable=readable,
        niceness=niceness,
        heard=heard,
        wall_seconds=WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=_STDOUT_BYTES,
        file_bytes=_FILE_BYTES if folder is not None else 0,
    )
    return _judged(done)


async def index(arguments: Sequence[str], *, fds: Sequence[int], folder: Path) -> None:
    """Run ffmpeg that copies a film without encoding it; as `encode`, with room for all of it."""
    done = await run(
        FFMPEG,
        arguments,
        fds=fds,
        folder=folder,
        wall_seconds=WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=_STDOUT_BYTES,
        file_bytes=_COPY_BYTES,
    )
    _judged(done)


async def package(arguments: Sequence[str], folder: Path) -> None:
    """Run Shaka Packager on files of a folder. Raises RuntimeError: its input is our own work."""
    done = await run(
        PACKAGER,
        arguments,
        folder=folder,
        wall_seconds=WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=_STDOUT_BYTES,
        file_bytes=_FILE_BYTES,
    )
    if not done.good:
        raise RuntimeError(f"the packager ended with {done.code}: {_words(done)}")


def _judged(done: Finished) -> Finished:
    if done.good:
        return done
    log = _words(done)
    if done.exceeded in (Limit.WALL, Limit.CPU):
        raise Broken(
            "too_slow",
            "The film takes too long to encode. Please export it shorter or smaller.",
            log,
        )
    if done.exceeded is Limit.OUTPUT:
        raise Broken(
            "too_large", "The film becomes too large. Please export it shorter or smaller.", log
        )
    said = done.stderr.decode(errors="replace")
    if done.code == _MOSTLY_DAMAGED or any(sign in said for sign in _DAMAGED):
        raise Broken(
            "damaged",
            "The film is damaged: it cannot be read to its end. Please export it again.",
            log,
        )
    raise RuntimeError(f"ffmpeg ended with {done.code}: {log}")


def _words(done: Finished) -> str:
    """The end of what a program said, without its counting."""
    return _NOISE.sub("", done.stderr.decode(errors="replace")).strip()[-600:]
