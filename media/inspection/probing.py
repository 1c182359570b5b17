"""What ffprobe says of a file, as facts. Its answers are read strictly: they came from an upload.

ffprobe gets the file as a descriptor and the demuxer by name, in the sandbox.
"""

import os
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

from media.inspection.bounds import DECODERS
from media.inspection.errors import Refused
from media.inspection.sandbox import FFMPEG, FFPROBE, Finished, Limit, guarded, run

_WALL_SECONDS: Final = 60.0
_CPU_SECONDS: Final = 30
_MEMORY_BYTES: Final = 1536 * 2**20
_OUTPUT_BYTES: Final = 16 * 2**20
_ANALYZE: Final = ("-analyzeduration", "10M", "-probesize", "32M", "-threads", "1")


class SideData(msgspec.Struct):
    """What lies beside a stream."""

    side_data_type: str = ""
    rotation: float | None = None
    """Degrees counter-clockwise, as the display matrix has it."""
    dv_profile: int | None = None
    """Of Dolby Vision."""


class Disposition(msgspec.Struct):
    """What a stream is for; 1 for yes."""

    default: int = 0
    attached_pic: int = 0
    still_image: int = 0
    timed_thumbnails: int = 0
    dependent: int = 0


class Stream(msgspec.Struct):
    """One track as ffprobe sees it. Numbers of rates and times are text: "30000/1001", "N/A"."""

    index: int
    codec_type: str = ""
    codec_name: str = ""
    codec_tag_string: str = ""
    width: int = 0
    height: int = 0
    sample_aspect_ratio: str = ""
    pix_fmt: str = ""
    bits_per_raw_sample: str = ""
    avg_frame_rate: str = ""
    r_frame_rate: str = ""
    duration: str = ""
    nb_frames: str = ""
    color_transfer: str = ""
    color_primaries: str = ""
    color_space: str = ""
    color_range: str = ""
    channels: int = 0
    sample_rate: str = ""
    disposition: Disposition = msgspec.field(default_factory=Disposition)
    side_data_list: list[SideData] = []


class Format(msgspec.Struct):
    """The file as a whole."""

    duration: str = ""
    start_time: str = ""
    """Of the track that begins first: broadcasts do not begin at 0."""


class Probe(msgspec.Struct):
    """All of it."""

    streams: list[Stream] = []
    format: Format = msgspec.field(default_factory=Format)


class Packets(msgspec.Struct):
    """The packets of one track that were looked at."""

    times: list[Fraction]
    """When they are shown, in seconds, each run ascending."""
    ends: Fraction
    """When the last one ends; 0 where there is none."""
    cut: bool
    """Data ended before the file's own index said."""


def number(text: str) -> Fraction:
    """A rate, a time or a count; 0 for what is none: "N/A", "0/0", "nan"."""
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


async def probe(fd: int, demuxer: str) -> Probe:
    """The tracks of a file. Raises Refused where it cannot be read within bounds."""
    arguments = ["-v", "error", "-show_streams", "-show_format", "-of", "json", *_ANALYZE]
    done = await _ask(FFPROBE, [*arguments, *guarded(demuxer, fd)], fd)
    if not done.good:
        raise _unreadable(done)
    try:
        found = msgspec.json.decode(done.stdout, type=Probe)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("damaged", _DAMAGED) from None
    return found


async def packets(fd: int, demuxer: str, index: int, intervals: str | None) -> Packets:
    """When the packets of a track are shown, without decoding any. Raises Refused."""
    where = ["-read_intervals", intervals] if intervals is not None else []
    entries = "packet=pts_time,duration_time"
    what = ["-show_entries", entries, "-select_streams", str(index), "-of", "csv=p=0"]
    arguments = ["-v", "error", *what, *where, *_ANALYZE, *guarded(demuxer, fd)]
    done = await _ask(FFPROBE, arguments, fd)
    if done.exceeded is not None:
        raise _unreadable(done)
    times: list[Fraction] = []
    ends = Fraction(0)
    for line in done.stdout.decode("ascii", "replace").splitlines():
        at, _, lasts = line.partition(",")
        if _TIME.match(at):
            times.append(number(at))
            ends = max(ends, times[-1] + number(lasts.strip(",")))
    return Packets(times, ends, b"partial file" in done.stderr)


async def first_picture(fd: int, demuxer: str, index: int) -> None:
    """Decode until one picture comes out: a header alone makes no film. Raises Refused."""
    arguments = [
        *("-v", "error", "-nostdin", "-threads", "1", "-t", "20"),
        *guarded(demuxer, fd),
        *("-map", f"0:{index}", "-frames:v", "1", "-f", "framecrc", "pipe:1"),
    ]
    done = await _ask(FFMPEG, arguments, fd)
    if done.exceeded is not None:
        raise _unreadable(done)
    if not any(line and not line.startswith(b"#") for line in done.stdout.splitlines()):
        raise Refused("damaged", _DAMAGED)


_TIME: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?\Z", re.ASCII)
_STRANGE_DECODER: Final = re.compile(rb"Codec \(([A-Za-z0-9_.-]{1,40})\) not on whitelist")
_DAMAGED: Final = (
    "The film cannot be read: it is damaged, or its upload was cut. Please export it again and "
    "upload the new file."
)
_TOO_SLOW: Final = (
    "The film is put together in a way that takes too long to read. Please export it again as MP4."
)


async def _ask(program: Path, arguments: Sequence[str], fd: int) -> Finished:
    # the descriptor's place is shared with whoever read last, and programs read on from there
    os.lseek(fd, 0, os.SEEK_SET)
    return await run(
        program,
        arguments,
        fds=[fd],
        wall_seconds=_WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS,
        memory_bytes=_MEMORY_BYTES,
        output_bytes=_OUTPUT_BYTES,
    )


def _unreadable(done: Finished) -> Refused:
    """Why a program gave up, in words."""
    if done.exceeded in (Limit.WALL, Limit.CPU, Limit.OUTPUT):
        return Refused("too_slow", _TOO_SLOW)
    strange = _STRANGE_DECODER.search(done.stderr)
    if strange is not None:
        name = strange[1].decode()
        assert name not in DECODERS.split(",")
        return Refused(
            "codec",
            f"The film holds a track in the format {name}, which is not opened here. Please export "
            "it as MP4 with H.264 or HEVC.",
        )
    if b"moov atom not found" in done.stderr:
        return Refused(
            "truncated",
            "The film has no table of contents: its upload or its recording was cut. Please upload "
            "it again.",
        )
    if b"exceeds specified max pixel count" in done.stderr:
        return Refused("too_many_pixels", "The picture is larger than 4K (3840 × 2160).")
    return Refused("damaged", _DAMAGED)
