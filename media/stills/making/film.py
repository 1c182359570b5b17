"""Reads a film with ffmpeg in the sandbox: small frames at an even pace, a large one, a clip."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from media.inspection.sandbox import FFMPEG, Finished, guarded, opened, run
from media.inspection.source import Source
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
class Film:
    """A file that ffmpeg can decode, and what is needed to read it."""

    path: Path
    demuxer: str
    track: int
    width: int
    """As shown."""
    height: int
    seconds: float

    @classmethod
    def of(cls, path: Path, source: Source) -> "Film":
        """An inspected original."""
        video = source.video
        seconds = float(source.duration_seconds)
        return cls(path, source.demuxer, video.index, video.width, video.height, seconds)

    def within(self, side_max: int) -> tuple[int, int]:
        """Its size, made smaller until no side is longer; both sides even."""
        scale = min(1.0, side_max / max(self.width, self.height))
        return max(2, round(self.width * scale / 2) * 2), max(2, round(self.height * scale / 2) * 2)

    async def frames(
        self, per_second: float, side_max: int, *, start: float = 0, seconds: float | None = None
    ) -> Frames:
        """Small frames at an even pace, of all of it or of a part. Raises StillsFailed."""
        width, height = self.within(side_max)
        span = [] if seconds is None else ["-t", f"{seconds:.3f}"]
        data = await self._run(
            [*_from(start), *span],
            [
                *("-vf", f"fps={per_second:.6f}:round=near,{_sized(width, height)},format=rgb24"),
                *("-f", "rawvideo", "pipe:1"),
            ],
            seconds or self.seconds,
        )
        count = len(data.stdout) // (width * height * 3)
        if count == 0:
            raise StillsFailed("no frame was decoded")
        pixels = np.frombuffer(data.stdout, np.uint8, count * width * height * 3)
        return Frames(pixels.reshape(count, height, width, 3), per_second)

    async def frame(self, at: float, side_max: int) -> Image.Image:
        """The frame that is shown at a moment, or the last one before. Raises StillsFailed."""
        width, height = self.within(side_max)
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
        shorter = min(self.width, self.height)
        return self.within(round(max(self.width, self.height) * min(1, _PREVIEW_SIDE / shorter)))

    async def _run(
        self,
        before: Sequence[str],
        after: Sequence[str],
        seconds: float,
        *,
        folder: Path | None = None,
    ) -> Finished:
        async with opened(self.path) as handle:
            done = await run(
                FFMPEG,
                [
                    *("-v", "error", "-threads", "2", *before, *guarded(self.demuxer, handle)),
                    *("-map", f"0:{self.track}", "-sn", "-dn", *after),
                ],
                fds=[handle],
                wall_seconds=_START_SECONDS + 4 * seconds,
                cpu_seconds=round(_START_SECONDS + 4 * seconds),
                memory_bytes=_MEMORY_BYTES,
                output_bytes=_OUTPUT_BYTES,
                file_bytes=_CLIP_BYTES if folder else 0,
                folder=folder,
            )
        # a damaged end is no reason to show nothing: what was decoded counts
        if done.exceeded is not None or (done.code != 0 and not done.stdout and folder is None):
            raise StillsFailed(f"{done.exceeded or done.code}: {done.stderr[-200:]!r}")
        return done


def _from(start: float) -> list[str]:
    return ["-ss", f"{start:.3f}"] if start > 0 else []


def _sized(width: int, height: int) -> str:
    return f"scale={width}:{height}:flags=area,setsar=1"
