"""The few boxes of a CMAF fragment that we look into, and the two that we write.

Format: ISO/IEC 14496-12. Pure functions over bytes of our own packager.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_CONTAINERS = frozenset(("moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf", "edts"))
_TRUN_FIELDS = ((0x100, "duration"), (0x200, "size"), (0x400, "flags"), (0x800, "offset"))
_TFHD_FIELDS = ((0x1, 8), (0x2, 4), (0x8, 4))
"""What stands before the size: where data begins, the description, the duration; in bytes."""


@dataclass(frozen=True)
class Box:
    """Where a box lies: `start` of its header, `body` of its contents, `end`."""

    kind: str
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class Fragment:
    """What a media segment says of itself."""

    start: int
    """When its first frame is shown, in ticks."""
    duration: int
    sizes: tuple[int, ...]
    """Bytes of each frame in decoding order; the first carries the segment's headers too."""


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Every box, containers before their contents. Raises ValueError for what is none."""
    stop = len(data) if end is None else end
    at = start
    while at < stop:
        if stop - at < 8:
            raise ValueError("a box is cut off")
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        if size < head or at + size > stop:
            raise ValueError("a box is longer than what holds it")
        name = kind.decode("latin-1")
        yield Box(name, at, at + head, at + size)
        if name in _CONTAINERS:
            yield from boxes(data, at + head, at + size)
        at += size


def fragment(data: bytes) -> Fragment:
    """Read a media segment of one fragment. Raises ValueError when it is not one."""
    found = {box.kind: box for box in boxes(data)}
    try:
        sidx, tfhd, trun, mdat = (found[kind] for kind in ("sidx", "tfhd", "trun", "mdat"))
    except KeyError as error:
        raise ValueError(f"a segment has no {error}") from None
    start, duration = _presented(data, sidx)
    sizes = list(_sample_sizes(data, tfhd, trun))
    sizes[0] += len(data) - sum(sizes)
    if mdat.end != len(data) or min(sizes) < 0:
        raise ValueError("a segment holds more than one fragment")
    return Fragment(start, duration, tuple(sizes))


def _presented(data: bytes, sidx: Box) -> tuple[int, int]:
    """The earliest presentation time and the duration of what an index of one entry describes."""
    if data[sidx.body] == 0:
        start = struct.unpack_from(">I", data, sidx.body + 12)[0]
        at = sidx.body + 20
    else:
        start = struct.unpack_from(">Q", data, sidx.body + 12)[0]
        at = sidx.body + 28
    if struct.unpack_from(">H", data, at + 2)[0] != 1:
        raise ValueError("an index has several entries")
    return start, struct.unpack_from(">I", data, at + 8)[0]


def _sample_sizes(data: bytes, tfhd: Box, trun: Box) -> Iterator[int]:
    flags, count = struct.unpack_from(">II", data, trun.body)
    at = trun.body + 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    fields = [name for bit, name in _TRUN_FIELDS if flags & bit]
    if not count:
        raise ValueError("a fragment has no frames")
    if "size" not in fields:
        yield from [_default_size(data, tfhd)] * count
        return
    place = fields.index("size")
    for number in range(count):
        yield struct.unpack_from(">I", data, at + 4 * (number * len(fields) + place))[0]


def _default_size(data: bytes, tfhd: Box) -> int:
    """Of frames that are all of one size, as in silence, and as a single frame is."""
    flags = struct.unpack_from(">I", data, tfhd.body)[0]
    if not flags & 0x10:
        raise ValueError("a fragment does not name the sizes of its frames")
    before = sum(length for bit, length in _TFHD_FIELDS if flags & bit)
    return struct.unpack_from(">I", data, tfhd.body + 8 + before)[0]


def numbered(data: bytes, number: int) -> bytes:
    """The segment with its number in the film: the packager counts from 1 in every piece."""
    for box in boxes(data):
        if box.kind == "mfhd":
            return data[: box.body + 4] + struct.pack(">I", number) + data[box.end :]
    raise ValueError("a segment has no number")


def lasting(init: bytes, ticks: int) -> bytes:
    """The initialisation segment with the whole film's duration.

    The packager writes it twice: without a duration when it begins, and with its own piece's and
    with a frame's when it is done. This one is the same in every piece from the first second on;
    fragments say themselves how long their frames are.
    """
    found = {box.kind: box for box in boxes(init)}
    try:
        moov, mvex, trex = found["moov"], found["mvex"], found["trex"]
    except KeyError as error:
        raise ValueError(f"an initialisation segment has no {error}") from None
    duration = struct.pack(">I4sIQ", 20, b"mehd", 1 << 24, ticks)
    track = init[trex.body + 4 : trex.body + 8]
    defaults = struct.pack(">I4sI4sIIII", 32, b"trex", 0, track, 1, 0, 0, 0)
    inside = _box(b"mvex", duration + defaults)
    whole = _box(b"moov", init[moov.body : mvex.start] + inside + init[mvex.end : moov.end])
    return init[: moov.start] + whole + init[moov.end :]


def _box(kind: bytes, contents: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(contents), kind) + contents


def codec(init: bytes) -> str:
    """What an initialisation segment says how to decode it, as in RFC 6381."""
    at = init.find(b"avcC")
    if at > 0:
        return f"avc1.{init[at + 5 : at + 8].hex()}"
    at = init.find(b"av1C")
    if at > 0:
        return _av1(init[at + 5], init[at + 6])
    if b"mp4a" in init:
        return "mp4a.40.2"
    raise ValueError("an initialisation segment names no codec that we know")


def _av1(first: int, second: int) -> str:
    """AV1 in ISO-BMFF, 2.3.3: profile and level, then tier and depth."""
    profile, level = first >> 5, first & 0x1F
    tier = "H" if second & 0x80 else "M"
    depth = 10 if second & 0x40 else 8
    return f"av01.{profile}.{level:02d}{tier}.{depth:02d}"
