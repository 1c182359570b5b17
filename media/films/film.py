"""What is needed to read a film: its original, or its renditions where only those can be read."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.kernel.objects import Objects
from media.inspection.source import Source
from media.transcoding.interfaces import Cut, Rendition, segment_path
from media.videos.interfaces import VideoRecord


@dataclass(frozen=True)
class Track:
    """One stream of a file."""

    path: Path
    demuxer: str
    index: int


@dataclass(frozen=True)
class Film:
    """A film that ffmpeg can decode, in ordinary colours."""

    pictures: Track
    sound: Track | None
    width: int
    """As shown: upright, with square pixels."""
    height: int
    seconds: float

    @classmethod
    def of(cls, path: Path, source: Source) -> "Film":
        """An inspected original."""
        video, audio = source.video, source.audio
        return cls(
            Track(path, source.demuxer, video.index),
            Track(path, source.demuxer, audio.index) if audio is not None else None,
            video.width,
            video.height,
            float(source.duration_seconds),
        )

    def within(self, side_max: int) -> tuple[int, int]:
        """Its size, made smaller until no side is longer; both sides even."""
        scale = min(1.0, side_max / max(self.width, self.height))
        return max(2, round(self.width * scale / 2) * 2), max(2, round(self.height * scale / 2) * 2)


def needs_renditions(source: Source) -> bool:
    """Whether only the transcoder can read or convert the original: AV1, and HDR."""
    return source.video.hdr or source.video.codec == "av1"


@asynccontextmanager
async def readable(
    record: VideoRecord, cut: Cut | None, objects: Objects
) -> AsyncGenerator[Film | None]:
    """The newest film of a video, within the context; `cut` is the latest there is of it. None
    while nothing of it can be read."""
    source = record.source
    if source is None:
        yield None
    elif not needs_renditions(source):
        async with objects.local(record.original) as path:
            yield Film.of(path, source)
    elif cut is None or cut.generation != record.generation or not cut.complete:
        yield None
    else:
        with tempfile.TemporaryDirectory(prefix="carnival-film-") as name:
            yield await _joined(cut, objects, Path(name))


async def _joined(cut: Cut, objects: Objects, folder: Path) -> Film | None:
    """The largest pictures and the sound of a cut, each as a file."""
    pictures = [each for each in cut.renditions if each.kind == "video"]
    sounds = [each for each in cut.renditions if each.kind == "audio"]
    if not pictures:
        return None
    largest = max(pictures, key=lambda each: each.width * each.height)
    sound = await _file(sounds, objects, folder / "sound.mp4") if sounds else None
    seconds = sum(segment.duration for segment in largest.segments) / largest.timescale
    track = await _file([largest], objects, folder / "pictures.mp4")
    return Film(track, sound, largest.width, largest.height, seconds)


async def _file(renditions: Sequence[Rendition], objects: Objects, path: Path) -> Track:
    one = renditions[0]
    with path.open("wb") as file:
        for segment in (one.init, *one.segments):
            data = await objects.get(segment_path(segment.hash))
            await asyncio.to_thread(file.write, data)
    return Track(path, "mov", 0)
