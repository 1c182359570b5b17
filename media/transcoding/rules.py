"""What is made of a film: its ladder, its frame grid and the pieces it is encoded in.

All of it follows from the source's facts alone, so whoever computes it, whenever, gets the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Final

from media.inspection.source import Source, VideoTrack

SEGMENT_SECONDS: Final = 2
RATE_MAX: Final = 60
RATE_MIN: Final = 10
SAMPLE_RATE: Final = 48_000
SOUND_BITS: Final = 128_000
SSIM_STEP: Final = 0.005
"""A rung this close to the next lower one is not worth its bytes."""
_STANDARD_RATES: Final = (
    *(Fraction(10), Fraction(12), Fraction(15), Fraction(20)),
    *(Fraction(24_000, 1001), Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(30)),
    *(Fraction(48), Fraction(50), Fraction(60_000, 1001), Fraction(60)),
)
_SNAP: Final = Fraction(1, 200)
_LADDER: Final = ((360, 800_000), (540, 1_600_000), (720, 2_800_000), (1080, 5_000_000))
"""Short sides of 16:9 pictures, and what a second of each may cost at 30 frames: bits."""
_WORTH_A_RUNG: Final = Fraction(6, 5)
"""A source this much larger than the highest full rung gets one of its own size."""
_CRF: Final = 23
_WARM_UP_MIN: Final = 4
"""An I-frame, a P-frame and those between: from them the encoder knows what a P-frame may cost."""
_EARLY_GOPS: Final = (1, 2, 4)
"""Segments of each piece of a film's head: the first is ready soon, and while one is watched the
next, twice as long, is encoded."""
_PIECE_GOPS_MAX: Final = 8
"""A new film waits until a worker is free, which is this long at most, and so does whoever watches
for the film to grow."""
_AV1_RANK: Final = 20
_RUN_OUT: Final = 8
"""A part of a segment is looked at behind a piece: a quarter of a second. With one frame its last
pictures are within 0.1 dB of what they are with two seconds, so this is ample."""


@dataclass(frozen=True)
class Rung:
    """One size of picture."""

    name: str
    width: int
    height: int
    bits_max: int
    """The cap of the rate: what may flow into a player's buffer in a second."""
    crf: int = _CRF

    @property
    def pixels(self) -> int:
        return self.width * self.height


@dataclass(frozen=True)
class Grid:
    """The constant rate at which the output's frames stand, and how many there are."""

    rate: Fraction
    frames: int

    @property
    def gop(self) -> int:
        """Frames of a segment, which is one closed group of pictures: about two seconds."""
        return max(1, round(self.rate * SEGMENT_SECONDS))

    @property
    def ticks(self) -> int:
        """Of one frame."""
        return self.rate.denominator * self._factor

    @property
    def timescale(self) -> int:
        """Ticks a second."""
        return self.rate.numerator * self._factor

    @property
    def seconds(self) -> Fraction:
        """Of the whole film."""
        return self.frames / self.rate

    @property
    def segments(self) -> int:
        return ceil(self.frames / self.gop)

    @property
    def samples(self) -> int:
        """Of the sound, which ends with the pictures."""
        return round(self.seconds * SAMPLE_RATE)

    @property
    def _factor(self) -> int:
        return 1 if self.rate.numerator >= 10_000 else 1000


@dataclass(frozen=True)
class Piece:
    """A run of frames that one job encodes; it begins with a segment and ends with one."""

    number: int
    first: int
    count: int
    warm_up: int = 0
    """Frames encoded before it and thrown away: the rate control arrives as it would have."""
    run_out: int = 0
    """Frames encoded behind it and thrown away: the encoder looks ahead as it would have."""

    @property
    def frames(self) -> int:
        """With what is encoded around it."""
        return self.warm_up + self.count + self.run_out


@dataclass(frozen=True)
class Plan:
    """Everything that encoding a film depends on, besides the film."""

    grid: Grid
    rungs: tuple[Rung, ...]
    """From the smallest up."""
    early: tuple[Piece, ...]
    """The first rung alone of the film's head, a quarter of a minute: it is watched while the
    others are made."""
    ladder: tuple[Piece, ...]
    """All other rungs of the same pieces, of the frames that were held when the first was made;
    empty when there are none."""
    rest: tuple[Piece, ...]
    """All rungs of what comes behind the head, from one decoding."""
    sound: bool

    @property
    def duration_ms(self) -> int:
        return round(self.grid.seconds * 1000)

    @property
    def pictures(self) -> Mapping[str, tuple[Piece, ...]]:
        """The pieces of every run over the pictures, in the order in which they are wanted."""
        return {"early": self.early, "ladder": self.ladder, "rest": self.rest}

    @property
    def top(self) -> Rung:
        """The largest rung, from which the others are scaled."""
        return self.rungs[-1]

    @property
    def av1(self) -> tuple[Piece, ...]:
        """Of the whole film, at all rungs, where AV1 is wanted."""
        return pieces(self.grid, sizes_of(self.grid.segments))

    def rungs_of(self, run: str) -> tuple[Rung, ...]:
        """What a run over the pictures makes."""
        if run == "av1":
            return tuple(replace(rung, name=f"w{rung.name[1:]}") for rung in self.rungs)
        return {"early": self.rungs[:1], "ladder": self.rungs[1:], "rest": self.rungs}[run]

    def ranks_of(self, run: str) -> Mapping[str, int]:
        """Where the rungs of a run stand among all, by name: from the smallest up, AV1 behind."""
        whole, first = (self.rungs_of(run), _AV1_RANK) if run == "av1" else (self.rungs, 0)
        return {rung.name: rank for rank, rung in enumerate(whole, first)}


def plan_for(source: Source) -> Plan:
    """The plan of a film."""
    grid = grid_of(source.video, source.duration_seconds)
    rungs = rungs_of(source.video.width, source.video.height, grid.rate)
    head = min(grid.segments, sum(_EARLY_GOPS))
    early = pieces(grid, early_sizes(head))
    return Plan(
        grid=grid,
        rungs=rungs,
        early=early,
        ladder=early if len(rungs) > 1 else (),
        rest=pieces(grid, sizes_of(grid.segments - head), after=head),
        sound=source.audio is not None,
    )


def grid_of(video: VideoTrack, duration: Fraction) -> Grid:
    """A constant rate near the source's own: at most 60 frames a second, at least 10."""
    rate = output_rate(video.frame_rate, variable=video.variable_rate)
    return Grid(rate, max(1, round(duration * rate)))


def output_rate(rate: Fraction, *, variable: bool) -> Fraction:
    """The rate of the output.

    A constant rate is kept, or divided or multiplied by a whole number to come between the
    bounds, so that no frame is shown longer than its neighbours. A variable one becomes the next
    usual rate above its average.
    """
    if rate > RATE_MAX * (1 + _SNAP):
        rate = rate / ceil(rate / (RATE_MAX * (1 + _SNAP)))
    if rate < RATE_MIN * (1 - _SNAP) and not variable:
        rate = rate * ceil(RATE_MIN / rate)
    nearest = min(_STANDARD_RATES, key=lambda each: abs(each - rate))
    if abs(nearest - rate) <= nearest * _SNAP:
        return nearest
    if variable:
        above = [each for each in _STANDARD_RATES if each >= rate * Fraction(99, 100)]
        return above[0] if above else _STANDARD_RATES[-1]
    return rate.limit_denominator(1001)


def rungs_of(width: int, height: int, rate: Fraction) -> tuple[Rung, ...]:
    """The ladder of a picture of this size, from the smallest up; never larger than the source.

    A rung is a 16:9 box, upright for upright pictures, named after its short side; what is wider
    or narrower fits inside.
    """
    short, long = sorted((width, height))
    reach = max(Fraction(short), Fraction(long * 9, 16))
    sides = [side for side, _ in _LADDER if side <= reach]
    top = _LADDER[-1][0]
    if not sides or (reach < top and reach / sides[-1] >= _WORTH_A_RUNG):
        sides.append(int(reach))
    return tuple(_rung(side, width, height, reach, rate) for side in sides)


def _rung(side: int, width: int, height: int, reach: Fraction, rate: Fraction) -> Rung:
    scale = min(Fraction(1), side / reach)
    wide, high = even(width * scale), even(height * scale)
    fast = Fraction(3, 2) if rate > 31 else Fraction(1)
    share = min(Fraction(6, 5), Fraction(wide * high * 9, side * side * 16))
    return Rung(f"v{side}", wide, high, int(_bits_of(side) * fast * max(Fraction(2, 5), share)))


def _bits_of(side: int) -> int:
    """The cap of any size: between two rungs of the ladder as between their pixels."""
    low_side, low_bits = _LADDER[0]
    if side <= low_side:
        return max(150_000, low_bits * side * side // (low_side * low_side))
    for high_side, high_bits in _LADDER[1:]:
        if side <= high_side:
            share = Fraction(side**2 - low_side**2, high_side**2 - low_side**2)
            return int(low_bits + (high_bits - low_bits) * share)
        low_side, low_bits = high_side, high_bits
    return low_bits


def even(length: Fraction) -> int:
    """The nearest even number of pixels: chroma has half of them."""
    return max(2, round(length / 2) * 2)


def early_sizes(head: int) -> list[int]:
    """Segments of each piece of the first rung's head."""
    sizes: list[int] = []
    for size in _EARLY_GOPS:
        if rest := head - sum(sizes):
            sizes.append(min(size, rest))
    return sizes


def sizes_of(segments: int) -> list[int]:
    """Segments of each piece of a run: a third of all that is left, within bounds.

    Whoever is free takes the next one, so what workers wait for each other in the end is as short
    as the last pieces. To begin a piece costs a second or two, to encode a segment ten: so the last
    are single segments. (Guided self-scheduling: Polychronopoulos and Kuck, 1987.)
    """
    sizes: list[int] = []
    while (rest := segments - sum(sizes)) > 0:
        sizes.append(min(rest, _PIECE_GOPS_MAX, ceil(rest / 3)))
    return sizes


def pieces(grid: Grid, sizes: Sequence[int], *, after: int = 0) -> tuple[Piece, ...]:
    """Cut what follows so many segments into pieces; together they are each of its frames once."""
    found: list[Piece] = []
    start = after * grid.gop
    for number, size in enumerate(sizes):
        stop = min(grid.frames, start + size * grid.gop)
        found.append(piece_of(grid, number, range(start, stop)))
        start = stop
    return tuple(found)


def piece_of(grid: Grid, number: int, frames: range) -> Piece:
    """A piece of so many frames, with what is encoded around it."""
    return Piece(
        number,
        frames.start,
        len(frames),
        warm_up=min(frames.start, max(_WARM_UP_MIN, grid.gop // 12)),
        run_out=min(grid.frames - frames.stop, max(1, grid.gop // _RUN_OUT)),
    )


def bandwidth_bound(rung: Rung) -> int:
    """What the peak of any second of a rung is announced as while the film is still encoded.

    The rate is capped by a buffer of half a second, which may be full when a second begins, and is
    full again where a piece begins.
    """
    return rung.bits_max * 2


def peak_bits(sizes: Sequence[int], units_a_second: Fraction) -> int:
    """The most bits in any second: of a window of as many units as a second has, at any place."""
    window = max(1, ceil(units_a_second))
    running = peak = sum(sizes[:window])
    for at in range(window, len(sizes)):
        running += sizes[at] - sizes[at - window]
        peak = max(peak, running)
    return peak * 8


def average_bits(sizes: Sequence[int], units_a_second: Fraction) -> int:
    """The mean rate, bits a second."""
    return ceil(sum(sizes) * 8 * units_a_second / max(1, len(sizes)))


def kept_rungs(quality: Sequence[tuple[str, float]]) -> list[str]:
    """The rungs worth keeping, from the smallest up with their SSIM: one that is within SSIM_STEP
    of the next lower kept one only costs its viewers bytes."""
    kept: list[tuple[str, float]] = []
    for name, ssim in quality:
        if not kept or ssim - kept[-1][1] > SSIM_STEP:
            kept.append((name, ssim))
    return [name for name, _ in kept]


def sampled_segments(segments: int, most: int = 5) -> list[int]:
    """Segments by which the quality of a whole film is judged: evenly spread."""
    if segments <= most:
        return list(range(segments))
    return [segments * (2 * number + 1) // (2 * most) for number in range(most)]


@dataclass(frozen=True)
class Step:
    """A growing version: the film's first rung up to somewhere."""

    frames: int
    """Where it ends."""
    done: bool
    """Its last piece is kept."""


def steps_of(pieces: Sequence[tuple[str, int, int, bool]]) -> list[Step]:
    """The growing versions of a film that was cut into these pieces, each with its run, number,
    frames and whether it is kept: one a piece of the first rung. The last is the whole film."""
    growing = [
        (frames, done)
        for wanted in ("early", "rest")
        for run, _, frames, done in sorted(pieces)
        if run == wanted
    ]
    ends = accumulate(frames for frames, _ in growing)
    return [Step(end, done) for end, (_, done) in zip(ends, growing, strict=True)]


@dataclass(frozen=True)
class Heard:
    """What of a film's sound is kept so far."""

    ends: Sequence[Fraction]
    """When each segment ends, from the first on, in seconds."""
    whole: bool


def due_versions(grid: Grid, steps: Sequence[Step], sound: Heard | None) -> int:
    """How many of the growing versions can be shown: as soon as the pictures up to there and the
    sound beside them are kept. `sound` is None where there is none to wait for."""
    due = 0
    for step in steps:
        if not step.done:
            break
        if sound is not None and not sound.whole:
            last = step is steps[-1]
            if last or sound_segments(sound.ends, step.frames / grid.rate) is None:
                break
        due += 1
    return due


def sound_segments(ends: Sequence[Fraction], until: Fraction) -> int | None:
    """How many segments of sound last until then; None while there are too few."""
    for count, end in enumerate(ends, 1):
        if end >= until:
            return count
    return None
