"""Loudness: one gain for the whole film, no peak too high, silence left alone."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from media.inspection.inspector import inspect
from media.inspection.sandbox import FFMPEG
from media.transcoding.encoding import commands, sound
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import plan_for

TONE = "sine=f=300:d=9,volume={}dB"
SPEECH = "anoisesrc=c=pink:a=0.5:d=9:seed=1,tremolo=f=3:d=0.9,volume={}dB"
CLAPS = "aevalsrc='0.08*sin(900*t)+if(lt(mod(t,1.5),0.01),0.9*sin(4000*t),0)':d=9,volume={}dB"


SWELLING = "aevalsrc='if(lt(t,4),0.3,if(lt(t,6),0.0001,0.02))*sin(2000*t)':d=9"
LATE = "aevalsrc='0.1*sin(3000*t)':d=5,asetpts=PTS+3.5/TB"
TORN = f"{SWELLING},aselect='not(between(t,0.8,1.9))'"


def filmed(
    wave: str, folder: Path, *, name: str = "film.mkv", codec: str = "pcm_s16le", more: str = ""
) -> Path:
    path = folder / name
    subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-y", "-f", "lavfi", "-i", "color=s=64x64:r=10:d=9"),
            *("-f", "lavfi", "-i", wave, "-c:v", "libx264", "-preset", "ultrafast"),
            *("-c:a", codec, *more.split(), str(path)),
        ],
        check=True,
    )
    return path


async def finished(film: Path, folder: Path) -> tuple[float, float]:
    """Loudness in LUFS and true peak in dBTP of what is delivered, by ffmpeg's own meter."""
    source = await inspect(film)
    grid, scratch = plan_for(source).grid, Scratch(folder / "scratch")
    chain = await sound.chain_for(film, source, grid)
    parts: list[bytes] = []
    async for some in sound.encode(film, source, grid, chain, "a128", scratch):
        parts = [*(parts or [some.init]), *(each.data for each in some.segments)]
    scratch.close()
    path = folder / "sound.mp4"
    path.write_bytes(b"".join(parts))
    said = subprocess.run(
        [str(FFMPEG), "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    summary = said[said.rindex("Summary:") :]
    loudness = re.search(r"I:\s+(-?[0-9.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[0-9.]+|-inf) dBFS", summary)
    assert loudness is not None
    assert peak is not None
    return float(loudness[1]), float(peak[1])


@pytest.mark.parametrize(
    ("wave", "long"),
    [
        (TONE.format(-20), False),
        (TONE.format(0), False),
        (SPEECH.format(-24), False),
        (SPEECH.format(6), False),
        (CLAPS.format(-3), False),
        (SPEECH.format(6), True),
        (CLAPS.format(-3), True),
    ],
    ids=[
        *("quiet tone", "loud tone", "quiet speech", "clipped speech", "claps"),
        *("long speech", "long claps"),
    ],
)
async def test_films_are_equally_loud_and_never_clip(
    wave: str, long: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if long:
        monkeypatch.setattr(sound, "_LONG_SECONDS", 0)
    loudness, peak = await finished(filmed(wave, tmp_path), tmp_path)
    assert -17 <= loudness <= -15
    assert peak <= -1


@pytest.mark.parametrize(
    ("wave", "codec", "name", "more", "alone"),
    [
        (TONE.format(-20), "pcm_s16le", "film.mkv", "", True),
        (SPEECH.format(0), "aac", "film.mp4", "-ar 44100 -ac 1", True),
        (SPEECH.format(-9), "libopus", "film.webm", "-c:v libvpx-vp9 -cpu-used 8", True),
        (SWELLING, "aac", "film.mp4", "", True),
        (SWELLING + ",pan=5.1|FL=c0|FC=0.5*c0|BR=c0", "ac3", "film.mkv", "", False),
        (LATE, "pcm_s16le", "film.mkv", "", False),
        (TORN, "aac", "film.mp4", "", False),
        (SWELLING, "aac", "film.mkv", "-output_ts_offset 0.8", False),
    ],
    ids=["tone", "mono", "webm", "swelling", "surround", "late", "torn", "begins elsewhere"],
)
async def test_stretches_side_by_side_are_as_loud_as_the_whole(
    wave: str,
    codec: str,
    name: str,
    more: str,
    alone: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    arguments = commands.loudness

    def noted(*given: Any, alone: bool, roughly: bool) -> list[str]:
        asked.append(alone)
        return arguments(*given, alone=alone, roughly=roughly)

    monkeypatch.setattr(commands, "loudness", noted)
    monkeypatch.setattr(sound, "_STRETCH_SECONDS", 3)
    film = filmed(wave, tmp_path, name=name, codec=codec, more=more)
    source = await inspect(film)
    found = await sound.measure(film, source, plan_for(source).grid, sound.Chain())
    assert asked[-1] is alone
    loudness, peak = meter(film)
    assert found.integrated == pytest.approx(loudness, abs=0.05)
    assert found.peak == pytest.approx(peak, abs=0.3)


def meter(film: Path) -> tuple[float, float]:
    """Loudness in LUFS and highest sample in dBFS of a whole film, by ffmpeg's own meter."""
    heard = "aresample=48000:async=1,aformat=sample_fmts=fltp:channel_layouts=stereo"
    said = subprocess.run(
        [
            *(str(FFMPEG), "-nostats", "-t", "9", "-i", str(film), "-vn", "-af"),
            f"{heard},ebur128=peak=sample:metadata=1,ametadata=print:key=lavfi.r128.I",
            *("-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    peak = re.findall(r"Peak:\s+(-?[0-9.]+) dBFS", said)
    return float(re.findall(r"lavfi\.r128\.I=(-?[0-9.]+)", said)[-1]), float(peak[-1])


async def test_silence_is_left_alone(tmp_path: Path) -> None:
    film = filmed("anoisesrc=c=brown:a=0.001:d=9:seed=2", tmp_path)
    source = await inspect(film)
    assert await sound.chain_for(film, source, plan_for(source).grid) == sound.Chain()


@pytest.mark.parametrize("wave", ["anullsrc=d=9", SPEECH.format(-24) + ",atrim=0:2"])
async def test_frames_of_one_size_are_counted(wave: str, tmp_path: Path) -> None:
    """Silence has frames of one size, and then a fragment names it once for all of them; so does
    one of a single frame."""
    film = filmed(wave, tmp_path)
    source = await inspect(film)
    grid, scratch = plan_for(source).grid, Scratch(tmp_path / "scratch")
    parts = [part async for part in sound.encode(film, source, grid, sound.Chain(), "a", scratch)]
    scratch.close()
    segments = [segment for part in parts for segment in part.segments]
    assert sum(sum(each.sizes) for each in segments) == sum(len(each.data) for each in segments)
    alike = [each for each in segments if len(set(each.sizes[1:])) == 1]
    assert alike
    frames = sum(len(each.sizes) for each in segments)
    assert abs(frames * 1024 - grid.samples) <= 3 * 1024


def test_gating_is_that_of_the_recommendation() -> None:
    assert sound.integrated([]) == -float("inf")
    assert sound.integrated([-23.0] * 100) == pytest.approx(-23)
    # silence between does not count, and what is 10 LU under the rest neither
    assert sound.integrated([-23.0] * 50 + [-80.0] * 50) == pytest.approx(-23)
    assert sound.integrated([-20.0] * 50 + [-40.0] * 50) == pytest.approx(-20)
