"""Reads a film with ffmpeg in the sandbox: small frames at an even pace, a large one, a clip."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from media.films.film import Film
from media.inspection.sandbox import FFMPEG, NICENESS, Finished, guarded, opened, run
from media.stills.errors import StillsFailed
from media.stills.looking.poster import Frames

_MEMORY_BYTES: Final = 2 * 1024**3
_OUTPUT_BYTES: Final = 512 * 1024**2
_CLIP_BYTES: Final = 16 * 1024**2
_START_SECONDS: Final = 60
"""Beside what decoding takes, for programs to start and machines to be busy."""
PREVIEW: Final = "preview.mp4"
_PREVIEW_SIDE: Final = 360
_PREVIEW_RATE: Final = 24


@dataclass(frozen=True)
class Reader:
    """Reads one film."""

    film: Film
    niceness: int = NICENESS

    async def frames(
        self,
        per_second: float,
        side_max: int,
        *,
        start: float = 0,
        seconds: float | None = None,
        held_seconds: float = 0,
    ) -> Frames:
        """Small frames at an even pace, of all of it or of a part: number n is what is shown at
        n ÷ pace, which is the last frame that came until then. The film's last one is held for
        `held_seconds`, so that a slow pace meets it too. Raises StillsFailed."""
        width, height = self.film.within(side_max)
        span = [] if seconds is None else ["-t", f"{seconds:.3f}"]
        held = f"tpad=stop_mode=clone:stop_duration={held_seconds:.3f}," if held_seconds else ""
        even = f"{held}fps={per_second:.6f}:round=up"
        data = await self._run(
            [*_from(start), *span],
            [
                *("-vf", f"{even},{_sized(width, height)},format=rgb24"),
                *("-f", "rawvideo", "pipe:1"),
            ],
            seconds or self.film.seconds,
        )
        count = len(data.stdout) // (width * height * 3)
        if count == 0:
            raise StillsFailed("no frame was decoded")
        pixels = np.frombuffer(data.stdout, np.uint8, count * width * height * 3)
        return Frames(pixels.reshape(count, height, width, 3), per_second)

    async def frame(self, at: float, side_max: int) -> Image.Image:
        """The frame that is shown at a moment, or the last one before. Raises StillsFailed."""
        width, height = self.film.within(side_max)
        for moment in (at, max(0.0, at - 0.5), 0.0):
            data = await self._run(
                _from(moment),
                [
                    *("-frames:v", "1", "-vf", f"{_sized(width, height)},format=rgb24"),
                    *("-f", "rawvideo", "pipe:1"),
                ],
                20,
            )
            if len(data.stdout) == width * height * 3:
                return Image.frombytes("RGB", (width, height), data.stdout)
        raise StillsFailed("the frame was not decoded")

    async def clip(self, start: float, seconds: float, folder: Path) -> bytes:
        """A short silent film, small enough to load many of. Raises StillsFailed."""
        width, height = self._clip_size()
        await self._run(
            [*_from(start), "-t", f"{seconds:.3f}"],
            [
                *("-an", "-vf", f"fps={_PREVIEW_RATE},{_sized(width, height)},format=yuv420p"),
                *("-c:v", "libx264", "-preset", "fast", "-crf", "28", "-profile:v", "main"),
                *("-threads", "2", "-map_metadata", "-1", "-fflags", "+bitexact"),
                *("-flags:v", "+bitexact", "-movflags", "+faststart", "-f", "mp4", "-y", PREVIEW),
            ],
            60,
            folder=folder,
        )
        return (folder / PREVIEW).read_bytes()

    def _clip_size(self) -> tuple[int, int]:
        film = self.film
        shorter = min(film.width, film.height)
        return film.within(round(max(film.width, film.height) * min(1, _PREVIEW_SIDE / shorter)))

    async def _run(
        self,
        before: Sequence[str],
        after: Sequence[str],
        seconds: float,
        *,
        folder: Path | None = None,
    ) -> Finished:
        async with opened(self.film.pictures.path) as handle:
            done = await run(
                FFMPEG,
                [
                    *(
                        "-v",
                        "error",
                        "-threads",
                        "2",
                        *before,
                        *guarded(self.film.pictures.demuxer, handle),
                    ),
                    *("-map", f"0:{self.film.pictures.index}", "-sn", "-dn", *after),
                ],
                fds=[handle],
                wall_seconds=_START_SECONDS + 4 * seconds,
                cpu_seconds=round(_START_SECONDS + 4 * seconds),
                memory_bytes=_MEMORY_BYTES,
                output_bytes=_OUTPUT_BYTES,
                file_bytes=_CLIP_BYTES if folder else 0,
                folder=folder,
                niceness=self.niceness,
            )
        # a damaged end is no reason to show nothing: what was decoded counts
        if done.exceeded is not None or (done.code != 0 and not done.stdout and folder is None):
            raise StillsFailed(f"{done.exceeded or done.code}: {done.stderr[-200:]!r}")
        return done


def _from(start: float) -> list[str]:
    return ["-ss", f"{start:.3f}"] if start > 0 else []


def _sized(width: int, height: int) -> str:
    return f"scale={width}:{height}:flags=area,setsar=1"
