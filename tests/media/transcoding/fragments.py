"""When the frames of a media segment are shown, as ISO/IEC 14496-12 has it: the decoding time and
the signed offset of its composition. (libavformat moves all frames of a track by the largest
offset, so it shows pictures with B-frames two frames late.)"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from media.transcoding.encoding.boxes import boxes


class Sample(NamedTuple):
    """A frame in decoding order."""

    decoded: float
    """Seconds."""
    shown: float


def frames_of(data: bytes) -> Iterator[Sample]:
    """The frames of a segment of one fragment."""
    found = {box.kind: box for box in boxes(data)}
    timescale = struct.unpack_from(">I", data, found["sidx"].body + 8)[0]
    wide = data[found["tfdt"].body]
    at = struct.unpack_from(">Q" if wide else ">I", data, found["tfdt"].body + 4)[0]
    for duration, offset in _samples(data, found["trun"].body, found["tfhd"].body):
        yield Sample(at / timescale, (at + offset) / timescale)
        at += duration


def _samples(data: bytes, trun: int, tfhd: int) -> Iterator[tuple[int, int]]:
    """Duration and signed composition offset of each sample of a fragment."""
    flags, count = struct.unpack_from(">II", data, trun)
    usual = _usual_duration(data, tfhd)
    at = trun + 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    for _ in range(count):
        fields = dict[int, int]()
        for bit in (0x100, 0x200, 0x400, 0x800):
            if flags & bit:
                fields[bit] = struct.unpack_from(">i", data, at)[0]
                at += 4
        yield fields.get(0x100, usual), fields.get(0x800, 0)


def _usual_duration(data: bytes, tfhd: int) -> int:
    flags = struct.unpack_from(">I", data, tfhd)[0]
    at = tfhd + 8 + 8 * bool(flags & 1) + 4 * bool(flags & 2)
    return struct.unpack_from(">I", data, at)[0] if flags & 8 else 0
