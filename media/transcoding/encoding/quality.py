"""How close a rung comes to its source: SSIM at the source's size, over frames spread evenly."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from math import ceil
from pathlib import Path
from typing import Final

from media.inspection.sandbox import opened
from media.inspection.source import Source
from media.transcoding.encoding import colors, commands, works
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import Grid, sampled_segments

FRAMES_OF_A_SEGMENT: Final = 10
_ALL = re.compile(r" All:([0-9.]+)")

Fetch = Callable[[str, int], Awaitable[bytes]]
"""The film, of one segment, of a rung: initialisation and media together."""


async def compare(
    film: Path,
    source: Source,
    grid: Grid,
    rungs: Sequence[str],
    fetch: Fetch,
    scratch: Scratch,
) -> Mapping[str, float]:
    """The mean SSIM of each rung, 0 to 1."""
    found: dict[str, list[float]] = {name: [] for name in rungs}
    for number in sampled_segments(grid.segments):
        with scratch.room() as folder:
            for name in rungs:
                (folder / f"{name}.mp4").write_bytes(await fetch(name, number))
            lut = colors.table_for(source.video, folder)
            first = number * grid.gop
            count = min(grid.gop, grid.frames - first)
            frames = range(first, first + count, max(1, ceil(count / FRAMES_OF_A_SEGMENT)))
            async with AsyncExitStack() as stack:
                fd = await stack.enter_async_context(opened(film))
                mine = {
                    name: await stack.enter_async_context(opened(folder / f"{name}.mp4"))
                    for name in rungs
                }
                arguments = commands.comparing(source, fd, grid, frames, mine, lut)
                await works.encode(arguments, fds=[fd, *mine.values()], folder=folder)
            for name in rungs:
                lines = (folder / f"{name}.ssim").read_text()
                found[name] += [float(each) for each in _ALL.findall(lines)]
    return {name: sum(values) / len(values) for name, values in found.items()}
