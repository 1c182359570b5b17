"""The one rendition of a film's sound: measured as a whole, then encoded once, as a whole.

Loudness is EBU R 128 / ITU-R BS.1770: blocks of 400 ms every 100 ms, gated at -70 LUFS and at 10 LU
under the mean of what is left. Stretches of a long film are measured side by side and gated
together.
"""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from pathlib import Path
from typing import Any, Final

from media.inspection.sandbox import NICENESS, opened
from media.inspection.source import Source
from media.transcoding.encoding import boxes, commands, works
from media.transcoding.encoding.commands import Chain
from media.transcoding.encoding.pictures import Made
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.errors import Broken
from media.transcoding.rules import Grid

TARGET_LUFS: Final = -16.0
SILENCE_LUFS: Final = -50.0
"""What is quieter over the whole film is silence and its noise, and is left alone."""
_PEAK_DBFS: Final = -2.5
"""Samples below it need no limiter: true peaks between them stay under -1 dBTP."""
_STRETCH_SECONDS: Final = 900
_LEAD_SECONDS: Final = 1
"""Heard before a stretch and not counted: its first block begins in the stretch before it."""
_PLAIN_CHANNELS: Final = 2
"""More of them are mixed by levels that a film may carry, which only ffmpeg's own inputs know."""
_NEAR_SECONDS: Final = 0.05
_LONG_SECONDS: Final = 600
"""Such films are measured twice at most, the second time roughly."""
_FAITHFUL_DB: Final = 4.0
"""A limiter that takes more than this off the peaks makes the whole quieter: measure again."""
_ROUNDS: Final = 5
_NEAR_LU: Final = 0.4
_LOOK_SECONDS: Final = 0.2
_MOMENTARY = re.compile(rb"pts_time:(-?[0-9.]+)\s+lavfi\.r128\.M=(-?[0-9.]+|-?inf|nan)")
_PEAK = re.compile(rb"Peak:\s+(-?[0-9.]+|-inf) dBFS")


@dataclass(frozen=True)
class Loudness:
    """Of a film: integrated, in LUFS, and its highest sample, in dBFS; -inf for digital silence."""

    integrated: float
    peak: float


async def measure(film: Path, source: Source, grid: Grid, chain: Chain) -> Loudness:
    """Loudness after a chain. Raises Broken when the sound cannot be decoded."""
    assert source.audio is not None
    if source.audio.channels <= _PLAIN_CHANNELS:
        with suppress(Broken, RuntimeError):
            return await _measured(film, source, grid, chain, alone=True)
    return await _measured(film, source, grid, chain, alone=False)


async def _measured(
    film: Path, source: Source, grid: Grid, chain: Chain, *, alone: bool
) -> Loudness:
    """Raises _Incomplete where a stretch is not as long as it should be, measured `alone`."""
    places = asyncio.Semaphore(max(1, len(os.sched_getaffinity(0))))

    async def stretch(start: int) -> tuple[list[float], float]:
        first = Fraction(max(0, start - _LEAD_SECONDS))
        until = min(Fraction(start + _STRETCH_SECONDS), grid.seconds)
        async with places, opened(film) as fd:
            arguments = commands.loudness(
                *(source, fd, first, until - first, chain),
                alone=alone,
                roughly=grid.seconds > _LONG_SECONDS,
            )
            done = await works.encode(arguments, fds=[fd])
        found = _MOMENTARY.findall(done.stdout)
        if alone and until < grid.seconds and len(found) < 10 * (until - first) - 2:
            raise _Incomplete
        # a block ends with the tenth of a second that it is printed for
        since = start - _NEAR_SECONDS - (0 if alone else first)
        blocks = [float(loudness) for at, loudness in found if float(at) >= since]
        peaks = [float(each) for each in _PEAK.findall(done.stderr) if found]
        return blocks, max(peaks, default=-float("inf"))

    starts = range(0, max(1, int(grid.seconds)), _STRETCH_SECONDS)
    found = await asyncio.gather(*(stretch(start) for start in starts), return_exceptions=True)
    stretches = [each for each in found if not isinstance(each, BaseException)]
    for each in found:
        if isinstance(each, BaseException):
            raise each
    blocks = [block for each, _ in stretches for block in each]
    return Loudness(integrated(blocks), max(peak for _, peak in stretches))


class _Incomplete(RuntimeError):
    """Something of the sound was not measured."""


def integrated(blocks: Sequence[float]) -> float:
    """Loudness of a whole from the loudness of its blocks, BS.1770-4: gated twice."""
    powers = [10 ** (block / 10) for block in blocks if block >= -70]
    if not powers:
        return -float("inf")
    gate = sum(powers) / len(powers) / 10
    loud = [power for power in powers if power >= gate]
    return 10 * log10(sum(loud) / len(loud))


async def chain_for(film: Path, source: Source, grid: Grid) -> Chain:
    """The one gain, and the limiter where it is needed, that bring a film to TARGET_LUFS."""
    found = await measure(film, source, grid, Chain())
    if found.integrated < SILENCE_LUFS:
        return Chain(limited=found.peak > _PEAK_DBFS)
    chain = _chain(found, TARGET_LUFS - found.integrated)
    rounds = _ROUNDS if grid.seconds <= _LONG_SECONDS else 1
    for _ in range(rounds):
        if found.peak + chain.gain_db <= _PEAK_DBFS + _FAITHFUL_DB:
            break
        missing = TARGET_LUFS - (await measure(film, source, grid, chain)).integrated
        if abs(missing) < _NEAR_LU:
            break
        chain = _chain(found, chain.gain_db + missing)
    return chain


def _chain(found: Loudness, gain_db: float) -> Chain:
    gain_db = round(gain_db, 2)
    return Chain(gain_db, limited=found.peak + gain_db > _PEAK_DBFS)


@dataclass(frozen=True)
class Sound:
    """Segments that became ready together, and the initialisation segment for all of them."""

    init: bytes
    segments: tuple[Made, ...]
    last: bool


async def encode(
    film: Path,
    source: Source,
    grid: Grid,
    chain: Chain,
    name: str,
    scratch: Scratch,
    *,
    niceness: int = NICENESS,
) -> AsyncGenerator[Sound]:
    """The whole sound from its beginning, handed out as it becomes ready.

    Encoder and packager are joined by a pipe, so that the first seconds are there at once. The
    same bytes whoever runs it, and when. Raises Broken when the sound cannot be decoded.
    """
    with scratch.room() as folder:
        os.mkfifo(folder / f"{name}.mp4")
        (folder / name).mkdir()
        working = asyncio.create_task(_work(film, source, grid, chain, name, folder, niceness))
        try:
            given = 0
            while not working.done():
                await asyncio.wait({working}, timeout=_LOOK_SECONDS)
                # the last one may still be written
                try:
                    ready = _read(folder / name, grid, given, whole=False)
                except ValueError:  # the packager is writing its first segment again, for the end
                    continue
                if ready is not None:
                    given += len(ready.segments)
                    yield ready
            await working
            rest = _read(folder / name, grid, given, whole=True)
            if rest is None:
                raise RuntimeError("the packager made no sound")
            yield rest
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await working


async def _work(
    film: Path,
    source: Source,
    grid: Grid,
    chain: Chain,
    name: str,
    folder: Path,
    niceness: int,
) -> None:
    """Encoder and packager at once; if one fails, the other would wait for it for ever."""
    seconds = Fraction(grid.gop) / grid.rate
    async with opened(film) as fd:
        arguments = commands.sound(source, fd, grid, chain, f"{name}.mp4")
        parts: list[asyncio.Task[Any]] = [
            asyncio.create_task(
                works.encode(arguments, fds=[fd], folder=folder, niceness=niceness)
            ),
            asyncio.create_task(
                works.package(commands.packaging([name], "audio", seconds), folder)
            ),
        ]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_EXCEPTION)
            # what broke the encoder says more than a packager without input
            for part in parts:
                if part in done:
                    part.result()
            await asyncio.gather(*parts)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)


def _read(folder: Path, grid: Grid, given: int, *, whole: bool) -> Sound | None:
    """The segments from number `given` on that are complete; None while there are none."""
    count = sum(1 for _ in folder.glob("*.m4s")) - (0 if whole else 1)
    if count <= given and not (whole and count):
        return None
    made: list[Made] = []
    for number in range(given, count):
        data = boxes.numbered((folder / f"{number + 1}.m4s").read_bytes(), number + 1)
        found = boxes.fragment(data)
        made.append(Made(number, data, found.start, found.duration, found.sizes))
    init = boxes.lasting((folder / "init.mp4").read_bytes(), grid.samples)
    return Sound(init, tuple(made), last=whole)
