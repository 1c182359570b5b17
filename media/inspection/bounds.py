"""What a film may be: kinds, and the largest of everything. Pure functions."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from media.inspection.errors import Refused
from media.inspection.source import Source

VIDEO_CODECS: Final = frozenset(
    ("h264", "hevc", "vp8", "vp9", "prores", "mpeg4", "mpeg2video", "mjpeg", "dnxhd")
)
"""AV1 is none of them: the ffmpeg that comes with us writes it and cannot read it."""
PCM: Final = frozenset(
    f"pcm_{kind}"
    for kind in ("s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "u8", "s8")
) | {"pcm_alaw", "pcm_mulaw"}
AUDIO_CODECS: Final = PCM | {
    *("aac", "mp3", "mp2", "ac3", "eac3", "opus", "vorbis", "flac", "alac", "amr_nb", "amr_wb"),
}
DECODERS: Final = ",".join(
    sorted(
        VIDEO_CODECS
        | AUDIO_CODECS
        | {"mp3float", "mp2float", "ac3_fixed", "libopus", "libvpx-vp9", "amrnb", "amrwb"}
        # of tracks that are there and ignored: without them ffprobe would stop at those
        | {"dca", "truehd", "mlp", "aac_latm", "wmav2", "adpcm_ima_qt", "adpcm_ms"}
        | {"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "dvbsub", "dvdsub", "pgssub"}
        | {"av1", "cc_dec", "text", "png", "bmp", "gif", "webp", "tiff", "qtrle", "rawvideo"}
    )
)
"""Decoders that ffmpeg may open at all; the whitelist it checks itself."""

PIXELS_MAX: Final = 4096 * 2304
"""4K of cinemas and phones, either way up."""
SIDE_MIN: Final = 16
RATIO_MAX: Final = 8
FRAME_RATE_MAX: Final = 245
"""Slow motion of phones."""
STREAMS_MAX: Final = 32
CHANNELS_MAX: Final = 16
SAMPLE_RATE_MAX: Final = 192_000


@dataclass(frozen=True)
class Bounds:
    """What differs by who uploads."""

    bytes_max: int = 8 * 2**30
    seconds_max: int = 3 * 3600
    seconds_min: Fraction = Fraction(1, 2)


BRAND: Final = Bounds()
SHOPPER: Final = Bounds(bytes_max=512 * 2**20, seconds_max=180)
"""A shopper shows what was bought; nobody watches longer."""


def check_bytes(size: int, bounds: Bounds) -> None:
    """Raises Refused over the bound, and for nothing at all."""
    if size == 0:
        raise Refused("empty", "The file is empty. Please choose another one.")
    if size > bounds.bytes_max:
        raise Refused(
            "too_large",
            f"The file has {size // 2**20} MB; at most {bounds.bytes_max // 2**20} MB are possible."
            " Please export the film smaller.",
        )


def check(source: Source, bounds: Bounds) -> None:
    """Raises Refused for the first thing that is out of bounds."""
    seconds, video = source.duration_seconds, source.video
    if seconds > bounds.seconds_max:
        raise Refused(
            "too_long",
            f"The film lasts {_clock(seconds)}; at most {_clock(bounds.seconds_max)} are possible. "
            "Please cut it.",
        )
    if seconds < bounds.seconds_min:
        raise Refused("too_short", "The film lasts less than half a second.")
    pixels = max(video.coded_width * video.coded_height, video.width * video.height)
    if pixels > PIXELS_MAX:
        raise Refused(
            "too_many_pixels",
            f"The picture has {video.width} × {video.height} pixels; at most 4K (3840 × 2160) is "
            "possible. Please export the film in 4K or less.",
        )
    check_shape(video.width, video.height)
    if video.frame_rate > FRAME_RATE_MAX:
        raise Refused(
            "frame_rate",
            f"The film has {float(video.frame_rate):.0f} pictures a second; at most 240 are "
            "possible. Please export it with 30 or 60.",
        )


def check_shape(width: int, height: int) -> None:
    """Raises Refused for pictures too small or too narrow to be seen."""
    if min(width, height) < SIDE_MIN:
        raise Refused(
            "too_small", f"The picture is only {width} × {height} pixels; nobody could see it."
        )
    if max(width, height) > RATIO_MAX * min(width, height):
        raise Refused(
            "too_narrow",
            f"The picture is {width} × {height} pixels. One side may be at most {RATIO_MAX} times "
            "the other: please cut it.",
        )


def _clock(seconds: Fraction | int) -> str:
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
