"""A film put together again from its segments, for what only the transcoder could read."""

import asyncio
from pathlib import Path

from app.kernel.objects import Objects
from media.stills.errors import StillsFailed
from media.stills.making.film import Film
from media.transcoding.interfaces import Cut, segment_path


async def joined(cut: Cut, objects: Objects, folder: Path) -> Film:
    """The largest picture of a cut as one file. Raises StillsFailed when it has none."""
    pictures = [each for each in cut.renditions if each.kind == "video"]
    if not pictures:
        raise StillsFailed("there is no rendition with pictures")
    largest = max(pictures, key=lambda each: each.width * each.height)
    path = folder / "film.mp4"
    with path.open("wb") as file:
        for segment in (largest.init, *largest.segments):
            data = await objects.get(segment_path(segment.hash))
            await asyncio.to_thread(file.write, data)
    seconds = sum(segment.duration for segment in largest.segments) / largest.timescale
    return Film(path, "mov", 0, largest.width, largest.height, seconds)
