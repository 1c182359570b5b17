"""Cuts as transcoding might deliver them, drawn by hypothesis."""

from fractions import Fraction
from hashlib import sha256

from hypothesis import strategies as st

from media.transcoding.interfaces import Cut, Rendition, Segment

RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001), Fraction(60)]


def address(segment: Segment) -> str:
    """Where tests pretend that a segment is."""
    return f"../s/{segment.hash}.{'m4s' if segment.duration else 'mp4'}"


def hash_of(name: str, number: int) -> str:
    return sha256(f"{name} {number}".encode()).hexdigest()


def line_of(name: str, durations: list[int]) -> tuple[Segment, ...]:
    """Segments without gaps."""
    segments: list[Segment] = []
    at = 0
    for number, duration in enumerate(durations, 1):
        segments.append(Segment(hash_of(name, number), 1000 + number, duration, at))
        at += duration
    return tuple(segments)


def picture(short: int, durations: list[int], timescale: int, rate: Fraction) -> Rendition:
    name = f"v{short}"
    return Rendition(
        name=name,
        kind="video",
        codecs="avc1.64001f",
        width=short,
        height=short * 16 // 9,
        frame_rate=rate,
        channels=None,
        bandwidth=short * 4000,
        bandwidth_average=short * 3000,
        timescale=timescale,
        init=Segment(hash_of(name, 0), 700, 0, 0),
        segments=line_of(name, durations),
        ssim=None,
    )


def sound(durations: list[int]) -> Rendition:
    return Rendition(
        name="a128",
        kind="audio",
        codecs="mp4a.40.2",
        width=0,
        height=0,
        frame_rate=None,
        channels=2,
        bandwidth=140_000,
        bandwidth_average=128_000,
        timescale=48_000,
        init=Segment(hash_of("a128", 0), 600, 0, 0),
        segments=line_of("a128", durations),
        ssim=None,
    )


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Complete cuts: one to four pictures on one grid, with or without sound."""
    rate = draw(st.sampled_from(RATES))
    timescale = rate.numerator * 512
    tick = timescale * rate.denominator // rate.numerator
    frames = draw(st.lists(st.integers(1, 75), min_size=1, max_size=16))
    durations = [count * tick for count in frames]
    shorts = draw(st.sets(st.sampled_from([240, 360, 540, 720, 1080]), min_size=1, max_size=4))
    renditions = [picture(short, durations, timescale, rate) for short in sorted(shorts)]
    if draw(st.booleans()):
        units = draw(st.lists(st.integers(1, 94), min_size=1, max_size=16))
        renditions.append(sound([count * 1024 for count in units]))
    milliseconds = sum(durations) * 1000 // timescale
    return Cut(7, 1, 3, True, max(1, milliseconds), tuple(renditions))
