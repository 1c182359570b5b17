"""Films whose frames carry numbers and whose sound beeps once a second, and how to read them back.

Frame n shows its number as sixteen bars of a strip on top, over a moving pattern; the sound beeps
for 50 ms at every full second over a faint tone that never pauses, so pictures and sound tell by
themselves what is missing, doubled or late.
"""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from media.inspection.sandbox import FFMPEG, FFPROBE

BITS = 16
BEEP_SECONDS = 0.05
SAMPLE_RATE = 48_000
_TONE, _TONE_HZ = 0.03, 600


@dataclass(frozen=True)
class Clip:
    """How a film is made."""

    width: int = 320
    height: int = 180
    rate: str = "30"
    frames: int = 180
    codec: Sequence[str] = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "75")
    sound: Sequence[str] = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "128k")
    filters: str = "null"
    pixels: str = "yuv420p"
    more: Sequence[str] = ()

    @property
    def seconds(self) -> float:
        top, _, bottom = self.rate.partition("/")
        return self.frames * int(bottom or 1) / int(top)


BLURRED = Clip(rate="10", frames=25, filters="scale=80:44,scale=320:180:flags=bicubic")
"""Two and a half seconds in which larger pictures show nothing that small ones do not."""

TINY = Clip(width=128, height=72, rate="10", frames=25)


def make(clip: Clip, path: Path) -> Path:
    """Write the film."""
    frames = b"".join(_frame(clip, number).tobytes() for number in range(clip.frames))
    sound = ["-f", "lavfi", "-i", beeps(clip.seconds)] if clip.sound else []
    subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-y"),
            *("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{clip.width}x{clip.height}"),
            *(
                "-r",
                clip.rate,
                "-i",
                "pipe:0",
                *sound,
                "-vf",
                f"{clip.filters},format={clip.pixels}",
            ),
            *(*clip.codec, *clip.sound, *clip.more, str(path)),
        ],
        input=frames,
        check=True,
    )
    return path


def beeps(seconds: float) -> str:
    """A source of sound for ffmpeg."""
    wave = f"if(lt(mod(t,1),{BEEP_SECONDS}),0.5*sin(2*PI*1000*t),{_TONE}*sin(2*PI*{_TONE_HZ}*t))"
    return f"aevalsrc='{wave}':s={SAMPLE_RATE}:c=stereo:d={seconds}"


def _frame(clip: Clip, number: int) -> "np.ndarray":
    x, y = np.arange(clip.width), np.arange(clip.height)
    picture = 128 + 60 * np.outer(np.cos((y - 2 * number) / 11), np.sin((x + 3 * number) / 17))
    # only the larger rungs show it
    picture += 14 * np.outer(np.sin(y * 1.3), np.sin(x * 1.1 + number))
    strip = max(8, clip.height // 6)
    bar = clip.width // BITS
    bits = (number >> np.arange(BITS)) & 1
    picture[:strip, : bar * BITS] = np.repeat(bits * 200 + 28, bar)
    return picture.astype(np.uint8)


def numbers(path: Path, width: int, height: int) -> list[int]:
    """The numbers of a film's frames, in the order in which they are shown."""
    raw = subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-i", str(path), "-map", "0:v:0"),
            *("-vf", f"scale={width}:{height},format=gray", "-fps_mode", "passthrough"),
            *("-f", "rawvideo", "pipe:1"),
        ],
        check=True,
        capture_output=True,
    ).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width)
    return [number_of(frame) for frame in frames]


def number_of(frame: "np.ndarray") -> int:
    """The number in a grey frame of any size."""
    height, width = frame.shape
    strip, bar = max(8, height // 6), width // BITS
    middle = frame[strip // 4 : strip * 3 // 4, : bar * BITS].astype(float).mean(axis=0)
    bits = middle.reshape(BITS, bar)[:, bar // 4 : bar - bar // 4].mean(axis=1)
    return int(((bits > 128) * (1 << np.arange(BITS))).sum())


def samples(path: Path) -> "np.ndarray":
    """The sound of a film, one channel, from time zero."""
    raw = subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-i", str(path), "-map", "0:a:0"),
            *("-af", "aresample=48000:async=1:first_pts=0", "-ac", "1", "-f", "f32le", "pipe:1"),
        ],
        check=True,
        capture_output=True,
    ).stdout
    return np.frombuffer(raw, np.float32)


def beep_times(wave: "np.ndarray") -> list[float]:
    """When each beep begins, in seconds."""
    loud = np.abs(wave) > 0.2 * np.abs(wave).max()
    at = np.flatnonzero(loud)
    if not len(at):
        return []
    begins = at[np.insert(np.diff(at) > SAMPLE_RATE // 4, 0, True)]
    return [float(each) / SAMPLE_RATE for each in begins]


def longest_hole(wave: "np.ndarray") -> float:
    """The longest stretch, in seconds, in which not even the faint tone is heard."""
    window = SAMPLE_RATE // 1000
    level = np.abs(wave[: len(wave) // window * window]).reshape(-1, window).max(axis=1)
    heard = np.flatnonzero(level > np.median(level) / 3)
    edges = np.concatenate([[-1], heard, [len(level)]])
    return float(np.diff(edges).max() - 1) / 1000


def ssim_beside(path: Path, source: Path) -> float:
    """The mean over all frames, upscaled to the source, of two films with the same frames."""
    said = subprocess.run(
        [
            *(str(FFMPEG), "-v", "info", "-i", str(path), "-i", str(source), "-filter_complex"),
            "[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];"
            "[a][b]scale2ref=flags=bicubic[a][b];[a][b]ssim",
            *("-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    return float(re.findall(r"SSIM .*All:([0-9.]+)", said)[-1])


def ffprobe(path: Path) -> dict[str, Any]:
    """What ffprobe says of a film of one stream, its packets counted."""
    said = subprocess.run(
        [str(FFPROBE), "-v", "error", "-count_packets", "-show_streams", "-of", "json", str(path)],
        check=True,
        capture_output=True,
    ).stdout
    [stream] = json.loads(said)["streams"]
    return stream
