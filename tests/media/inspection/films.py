"""Films of every kind that phones, cameras, editors and attackers send, made here, tiny and short.

Each function writes one file. Those that the bundled ffmpeg cannot make (10-bit HEVC) are made by
PyAV, and those that no program makes are made by changing bytes.
"""

import io
import random
import struct
import subprocess
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from media.inspection.sandbox import FFMPEG

Maker = Callable[[Path], object]
PICTURE = "testsrc=size=160x120:rate=30:duration=1,format=yuv420p"
SOUND = "sine=frequency=440:duration=1:sample_rate=48000"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1")


def ffmpeg(*arguments: str | Path) -> None:
    """Run the bundled ffmpeg; its words on failure."""
    command = [FFMPEG, "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def film(path: Path, *options: str, picture: str = PICTURE, sound: str | None = SOUND) -> None:
    """One second of a test card, with a tone where there is to be sound."""
    inputs = ["-f", "lavfi", "-i", picture]
    if sound is not None:
        inputs += ["-f", "lavfi", "-i", sound]
    ffmpeg(*inputs, *(options or H264), path)


def rotated(path: Path) -> None:
    """A phone held upright: stored lying, with a matrix that turns it a quarter clockwise."""
    film(path.with_suffix(".lying.mp4"))
    ffmpeg("-display_rotation", "-90", "-i", path.with_suffix(".lying.mp4"), "-c", "copy", path)


def variable_rate(path: Path) -> None:
    """Pictures whenever the phone had one."""
    uneven = (
        "testsrc=size=160x120:rate=30:duration=2,format=yuv420p,select='not(mod(n,5)*mod(n,7))'"
    )
    film(path, *H264, "-fps_mode", "vfr", picture=uneven)


def deep(path: Path, transfer: str, *, frames: int = 30, more: str = "") -> None:
    """10-bit HEVC of a wide gamut, as HDR is filmed: smpte2084 (HDR10) or arib-std-b67 (HLG); with
    `more` that the encoder is to write into it."""
    numbers = {"smpte2084": 16, "arib-std-b67": 18}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx265", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p10le"
        stream.options = {
            "preset": "ultrafast",
            "x265-params": f"log-level=none:pools=1:open-gop=1:keyint=10{more}",
        }
        stream.codec_context.color_trc = numbers[transfer]
        stream.codec_context.color_primaries = 9
        stream.codec_context.colorspace = 9
        for at in range(frames):
            shade = np.full((120, 160, 3), at % 30 * 8, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(shade, format="rgb24").reformat(format="yuv420p10le")
            frame.pts, frame.time_base = at, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def surround(path: Path) -> None:
    """Six channels."""
    film(path, *H264, "-c:a", "aac", "-ac", "6")


def with_cover(path: Path) -> None:
    """A cover picture beside the film, and before it."""
    cover = path.with_suffix(".jpg")
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", cover)
    film(path.with_suffix(".bare.mp4"))
    ffmpeg(
        *("-i", path.with_suffix(".bare.mp4"), "-i", cover, "-map", "1", "-map", "0"),
        *("-c", "copy", "-disposition:v:0", "attached_pic", path),
    )


def with_extra_tracks(path: Path) -> None:
    """Two tracks of sound of which the second has a format nobody knows, as spatial audio has, and
    subtitles."""
    words = path.with_suffix(".srt")
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
    bare = path.with_suffix(".bare.mov")
    ffmpeg(
        *("-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, "-i", words),
        *("-map", "0", "-map", "1", "-map", "1", "-map", "2", *H264, "-c:a:0", "aac"),
        *("-c:a:1", "alac", "-c:s", "mov_text", "-timecode", "00:00:00:00", bare),
    )
    path.write_bytes(bare.read_bytes().replace(b"alac", b"apac"))


def unknown_sound_only(path: Path) -> None:
    """The only sound is of a format nobody knows."""
    bare = path.with_suffix(".bare.mov")
    film(bare, *H264, "-c:a", "alac")
    path.write_bytes(bare.read_bytes().replace(b"alac", b"apac"))


def unknown_picture(path: Path) -> None:
    """The pictures are of a format nobody knows."""
    bare = path.with_suffix(".bare.mp4")
    film(bare)
    path.write_bytes(bare.read_bytes().replace(b"avc1", b"zzz1"))


def protected(path: Path) -> None:
    """Encrypted for a shop of films."""
    bare = path.with_suffix(".bare.mp4")
    film(bare)
    path.write_bytes(bare.read_bytes().replace(b"avc1", b"encv"))


def many_tracks(path: Path) -> None:
    """Forty tracks of sound."""
    film(path, *H264, "-map", "0", *("-map", "1") * 40, "-c:a", "pcm_s16le", "-t", "0.6")


def recorded_in_a_browser(path: Path) -> None:
    """WebM as a browser records it: written to a pipe, its length unknown."""
    with path.open("wb") as file:
        command = [FFMPEG, "-v", "error", "-f", "lavfi", "-i", PICTURE, "-c:v", "libvpx"]
        command += ["-deadline", "realtime", "-cpu-used", "8", "-f", "webm", "pipe:1"]
        subprocess.run(command, stdout=file, check=True, timeout=60)


def cut_in_the_middle(path: Path, *options: str) -> None:
    """Half of a film."""
    whole = path.with_name(f"whole-{path.name}")
    film(whole, *(options or H264))
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])


def garbage_inside(path: Path) -> None:
    """A flawless table of contents over noise."""
    film(path, sound=None)
    data = bytearray(path.read_bytes())
    begin = data.index(b"mdat") + 4
    length = struct.unpack(">I", data[begin - 8 : begin - 4])[0] - 8
    data[begin : begin + length] = random.Random(7).randbytes(length)
    path.write_bytes(data)


def grows_to_8k(path: Path) -> None:
    """A transport stream that begins tiny and becomes 8K when nobody looks any more."""
    parts: list[bytes] = []
    for size, seconds in (("160x120", "12"), ("7680x4320", "0.3")):
        part = path.with_suffix(f".{size}.ts")
        film(part, picture=f"color=gray:size={size}:rate=10:duration={seconds}", sound=None)
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))


def one_hour(path: Path) -> None:
    """An hour of hardly anything."""
    slow = "color=gray:size=32x32:rate=2:duration=3600,format=yuv420p"
    film(path, *H264, "-g", "20", picture=slow, sound=None)


def lies_about_length(path: Path) -> None:
    """The headers promise a hundred times what is there."""
    film(path, sound=None)
    data = bytearray(path.read_bytes())
    for box, at in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        begin = data.index(box) + at
        value = struct.unpack(">I", data[begin : begin + 4])[0]
        data[begin : begin + 4] = struct.pack(">I", value * 100)
    path.write_bytes(data)


def zipped(path: Path) -> None:
    """An archive under the name of a film."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("film.mp4", b"0" * 1000)
    path.write_bytes(data.getvalue())


def text(words: str) -> Maker:
    """A file of text."""
    return lambda path: path.write_text(words)


def playlist_after_header(path: Path) -> None:
    """Begins like a film, goes on as a playlist: readers that guess take it for one."""
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + playlist)
