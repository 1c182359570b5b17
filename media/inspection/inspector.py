"""Looks at an uploaded film: what it is, and whether it may be used.

In this order, each before anything costlier: its length, its first bytes, its tracks, its bounds,
the times of its pictures, and one picture decoded.
"""

import asyncio
import os
import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from media.inspection import probing
from media.inspection.bounds import (
    AUDIO_CODECS,
    BRAND,
    CHANNELS_MAX,
    SAMPLE_RATE_MAX,
    STREAMS_MAX,
    VIDEO_CODECS,
    Bounds,
    check,
    check_bytes,
)
from media.inspection.errors import Refused
from media.inspection.probing import Packets, Probe, Stream, number
from media.inspection.sandbox import opened
from media.inspection.sniffing import HEAD_BYTES, Container, sniff
from media.inspection.source import AudioTrack, Source, VideoTrack

_WHOLE_SECONDS_MAX: Final = 120
"""Of longer films the beginning and the end are looked at."""
_LOOK_SECONDS: Final = 10
_EVEN_BY: Final = Fraction(1, 4)
"""By how much of the usual distance one of two pictures may differ in a constant rate."""
_DEPTH = re.compile(r"(?:p0?|gray|p)(9|10|12|14|16)(?:le|be)?\Z", re.ASCII)
_PICTURE_CODECS: Final = frozenset(("png", "bmp", "gif", "webp", "tiff", "mjpegb"))


async def inspect(path: Path, bounds: Bounds = BRAND) -> Source:
    """The facts of a film. Raises Refused with words for who uploaded it.

    The path is opened once, by us; programs get the descriptor.
    """
    async with opened(path) as fd:
        size = os.fstat(fd).st_size
        check_bytes(size, bounds)
        container = sniff(await asyncio.to_thread(os.pread, fd, HEAD_BYTES, 0))
        found = await probing.probe(fd, container.demuxer)
        if len(found.streams) > STREAMS_MAX:
            raise Refused(
                "too_many_tracks",
                f"The film has {len(found.streams)} tracks; at most {STREAMS_MAX} are possible.",
            )
        stream, sound = _video_of(found.streams), _audio_of(found.streams)
        claimed = max(number(found.format.duration), number(stream.duration))
        # what is out of bounds by its own word is not looked at further
        check(_source(container, found, stream, sound, claimed or Fraction(1), size), bounds)
        begins = max(Fraction(0), number(found.format.start_time))
        seen = await _look(fd, container.demuxer, stream.index, begins, claimed)
        seconds = _duration(number(stream.duration) or claimed, claimed, begins, seen)
        source = _source(container, found, stream, sound, seconds, size, seen)
        check(source, bounds)
        await probing.first_picture(fd, container.demuxer, stream.index)
        return source


async def _look(fd: int, demuxer: str, index: int, begins: Fraction, claimed: Fraction) -> Packets:
    """When the pictures are shown: all of a short film, both ends of a long one."""
    if claimed <= _WHOLE_SECONDS_MAX:
        return await probing.packets(fd, demuxer, index, None)
    begin = await probing.packets(fd, demuxer, index, f"%+{_LOOK_SECONDS}")
    tail = begins + claimed - _LOOK_SECONDS
    end = await probing.packets(fd, demuxer, index, f"{float(tail):.3f}%")
    return Packets([*begin.times, *end.times], max(begin.ends, end.ends), begin.cut or end.cut)


def _video_of(streams: Sequence[Stream]) -> Stream:
    """The track of pictures to use: the default one, else the first. Covers, thumbnails and depth
    are none. Raises Refused."""
    tracks = [each for each in streams if each.codec_type == "video" and not _is_picture(each)]
    usable = [each for each in tracks if each.codec_name in VIDEO_CODECS and each.width > 0]
    if any(each.codec_tag_string in ("encv", "drmi") for each in tracks):
        raise Refused("protected", "The film is protected against copying and cannot be used.")
    if not usable:
        if not tracks:
            raise Refused("no_pictures", "The file has sound but no moving picture.")
        name = tracks[0].codec_name or tracks[0].codec_tag_string or "unknown"
        raise Refused(
            "video_codec",
            f"The picture is in the format {name}, which cannot be used. Please export the film as "
            "MP4 with H.264 or HEVC.",
        )
    chosen = next((each for each in usable if each.disposition.default), usable[0])
    if any(side.dv_profile == 5 for side in chosen.side_data_list):
        raise Refused(
            "dolby_vision",
            "The film is Dolby Vision of profile 5, whose colours only certain televisions know. "
            "Please export it as HDR10, HLG or SDR.",
        )
    return chosen


def _is_picture(stream: Stream) -> bool:
    what = stream.disposition
    return bool(
        what.attached_pic
        or what.still_image
        or what.timed_thumbnails
        or what.dependent
        or stream.codec_name in _PICTURE_CODECS
    )


def _audio_of(streams: Sequence[Stream]) -> AudioTrack | None:
    """The track of sound to use: the default one, else the first that is known. Unknown ones beside
    it are ignored; unknown ones alone raise Refused, for a film would lose its sound."""
    tracks = [each for each in streams if each.codec_type == "audio"]
    usable = [each for each in tracks if each.codec_name in AUDIO_CODECS and each.channels > 0]
    if not usable:
        if not tracks:
            return None
        name = tracks[0].codec_name or tracks[0].codec_tag_string or "unknown"
        raise Refused(
            "audio_codec",
            f"The sound is in the format {name}, which cannot be used. Please export the film as "
            "MP4 with AAC.",
        )
    chosen = next((each for each in usable if each.disposition.default), usable[0])
    rate = int(number(chosen.sample_rate))
    if chosen.channels > CHANNELS_MAX or not 1 <= rate <= SAMPLE_RATE_MAX:
        raise Refused(
            "sound",
            f"The sound has {chosen.channels} channels of {rate} Hz; at most {CHANNELS_MAX} of "
            f"{SAMPLE_RATE_MAX} Hz are possible.",
        )
    return AudioTrack(chosen.index, chosen.codec_name, chosen.channels, rate)


def _duration(expected: Fraction, claimed: Fraction, begins: Fraction, seen: Packets) -> Fraction:
    """Seconds of the film, by its packets where its header says nothing or too little.

    Raises Refused where packets end long before they should.
    """
    if not seen.times:
        raise Refused(
            "truncated" if seen.cut else "damaged",
            "The film holds no pictures that can be read. Please export it again.",
        )
    lasts = seen.ends - begins
    if seen.cut or lasts < expected * Fraction(9, 10) - 1:
        raise Refused(
            "truncated",
            f"The film breaks off after {float(lasts):.0f} of {float(expected):.0f} seconds: its "
            "upload or its recording was cut. Please upload it again.",
        )
    return max(lasts, claimed).limit_denominator(1_000_000)


def _source(
    container: Container,
    found: Probe,
    stream: Stream,
    sound: AudioTrack | None,
    seconds: Fraction,
    size: int,
    seen: Packets | None = None,
) -> Source:
    rotation = _rotation(stream)
    sar = _sar(stream.sample_aspect_ratio)
    width, height = max(1, round(stream.width * sar)), stream.height
    if rotation in (90, 270):
        width, height = height, width
    rate = number(stream.avg_frame_rate) or number(stream.r_frame_rate)
    even = True
    if seen is not None:
        even = _even(seen.times)
        rate = rate or Fraction(len(seen.times)) / seconds
        nominal = number(stream.r_frame_rate)
        # a mean over a length that is a little wrong is a little wrong too
        if even and abs(rate - nominal) <= nominal / 50:
            rate = nominal
    video = VideoTrack(
        index=stream.index,
        codec=stream.codec_name,
        width=width,
        height=height,
        coded_width=stream.width,
        coded_height=stream.height,
        rotation=rotation,
        sar=sar,
        pix_fmt=stream.pix_fmt,
        bit_depth=_bit_depth(stream),
        frame_rate=rate.limit_denominator(100_000),
        variable_rate=not even,
        transfer=_known(stream.color_transfer),
        primaries=_known(stream.color_primaries),
        matrix=_known(stream.color_space),
        color_range=_known(stream.color_range),
    )
    return Source(container.name, container.demuxer, seconds, size, video, sound)


def _even(times: Sequence[Fraction]) -> bool:
    """Whether pictures come in a constant rate. Two runs may have a gap between them."""
    steps = [later - earlier for earlier, later in pairwise(sorted(set(times)))]
    steps = [step for step in steps if step < _WHOLE_SECONDS_MAX // 12]
    if len(steps) < 2:
        return True
    usual = median(steps)
    # milliseconds of Matroska make 33 and 34 of one rate
    slack = usual * _EVEN_BY + Fraction(1, 1000)
    return all(abs(step - usual) <= slack for step in steps)


def _rotation(stream: Stream) -> int:
    """Degrees clockwise, to the nearest quarter."""
    for side in stream.side_data_list:
        if side.rotation is not None:
            return round(-side.rotation / 90) % 4 * 90
    return 0


def _sar(text: str) -> Fraction:
    """1 for what is absent or absurd."""
    sar = number(text.replace(":", "/"))
    return sar if Fraction(1, 4) <= sar <= 4 else Fraction(1)


def _bit_depth(stream: Stream) -> int:
    if (bits := int(number(stream.bits_per_raw_sample))) in (8, 9, 10, 12, 14, 16):
        return bits
    found = _DEPTH.search(stream.pix_fmt)
    return int(found[1]) if found else 8


def _known(text: str) -> str:
    return "" if text in ("unknown", "reserved") else text
