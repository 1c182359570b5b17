"""Encodes pieces of a film's pictures and cuts them into CMAF segments."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Final

from media.inspection.sandbox import NICENESS, opened
from media.inspection.source import Source
from media.transcoding.encoding import boxes, colors, commands, works
from media.transcoding.encoding.held import NO_FRAMES, Frames
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.errors import Broken
from media.transcoding.rules import Grid, Piece, Plan, Rung

_LEFT: Final = "frames"
_ANY_KEYFRAME: Final = 0.1
"""Seconds: shorter than any group of pictures, so the packager cuts at each keyframe."""


@dataclass(frozen=True)
class Made:
    """A segment that was made: its bytes and what they say."""

    number: int
    """In the film, from 0."""
    data: bytes
    start: int
    duration: int
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """What a piece became at one rung."""

    init: bytes
    segments: tuple[Made, ...]


async def encode_piece(
    film: Path,
    source: Source,
    plan: Plan,
    piece: Piece,
    rungs: Sequence[Rung],
    scratch: Scratch,
    seen: works.Seen | None = None,
    *,
    frames: Frames = NO_FRAMES,
    niceness: int = NICENESS,
) -> Mapping[str, Run]:
    """All rungs of a piece, from one decoding. The same bytes whoever runs it, and when.

    Where they are given, frames take the place of decoding. Raises Broken when the film cannot be
    decoded.
    """
    with scratch.room() as folder:
        leave = _LEFT if frames.leave is not None else None
        async with opened(film) as fd:
            if frames.taken is not None:
                fd = frames.taken
                stream = commands.held(fd, plan.grid, piece, plan.top)
            else:
                lut = colors.table_for(source.video, folder)
                stream = commands.decoded(source, fd, plan.grid, piece, plan.top, lut)
            await works.encode(
                commands.pictures(stream, plan.grid, piece, plan.top, rungs, leave),
                fds=[fd],
                folder=folder,
                niceness=niceness,
                seen=seen,
            )
        names = [rung.name for rung in rungs]
        for name in names:
            (folder / name).mkdir()
        await works.package(commands.packaging(names, "video", _ANY_KEYFRAME), folder)
        made = {
            name: await asyncio.to_thread(_read, folder / name, plan.grid, piece) for name in names
        }
        if frames.leave is not None:
            (folder / _LEFT).rename(frames.leave)
        return made


def _read(folder: Path, grid: Grid, piece: Piece) -> Run:
    """The segments of a piece, without what was encoded around it."""
    files = sorted(folder.glob("*.m4s"), key=lambda path: int(path.stem))
    files = files[bool(piece.warm_up) : len(files) - bool(piece.run_out)]
    offset = piece.first // grid.gop
    made: list[Made] = []
    for number, path in enumerate(files, offset):
        data = boxes.numbered(path.read_bytes(), number + 1)
        found = boxes.fragment(data)
        made.append(Made(number, data, found.start, found.duration, found.sizes))
    _check(made, grid, piece)
    init = boxes.lasting((folder / "init.mp4").read_bytes(), grid.frames * grid.ticks)
    return Run(init, tuple(made))


def _check(made: Sequence[Made], grid: Grid, piece: Piece) -> None:
    """Every frame of the piece once, where it belongs; else the film did not decode to it."""
    frames = [len(each.sizes) for each in made]
    expected = [grid.gop] * (piece.count // grid.gop)
    if rest := piece.count % grid.gop:
        expected.append(rest)
    starts = [(piece.first + at * grid.gop) * grid.ticks for at in range(len(expected))]
    if frames != expected or [each.start for each in made] != starts:
        assert len(expected) == ceil(piece.count / grid.gop)
        raise Broken(
            "damaged",
            "The film could not be decoded as a whole. Please export it again.",
            f"piece {piece}: {frames[:20]} at {[each.start for each in made][:3]}",
        )
