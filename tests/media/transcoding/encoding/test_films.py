"""Films of every kind, in pieces: each frame once and upright, in step with the sound."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.kernel.objects import Objects
from media.inspection.inspector import inspect
from media.inspection.source import Source
from media.transcoding.encoding import pictures, sound
from media.transcoding.encoding.commands import Chain
from media.transcoding.encoding.films import Films
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import Plan, plan_for
from tests.media.transcoding.clips import Clip, beep_times, make, numbers, samples

FRAMES = 104
BASE = Clip(width=256, height=144, rate="10", frames=FRAMES)
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-g", "47")
AAC = ("-c:a", "aac", "-aac_coder", "fast")
OPUS = ("-c:a", "libopus", "-b:a", "96k")
X264 = (*("-c:v", "libx264", "-preset", "ultrafast", "-crf", "14"), "-g", "37")
HEVC = (*("-c:v", "libx265", "-preset", "ultrafast", "-crf", "14", "-tag:v", "hvc1"),)
OPEN = ("-x265-params", "open-gop=1:keyint=30:min-keyint=30:bframes=4:log-level=error")
ALL = list(range(FRAMES))

LATE = {"transport stream": 0.023, "fragments": 0.023, "mono": 0.025, "webm": 0.012, "odd": 0.012}
"""Seconds by which the sound is late in the film itself: what its encoder put before."""
KINDS: dict[str, tuple[str, Clip]] = {
    "mp4": ("mp4", BASE),
    "mov, b-frames": ("mov", replace(BASE, codec=("-c:v", "libx264", "-bf", "3", "-g", "50"))),
    "hevc, open gop": ("mp4", replace(BASE, codec=(*HEVC, *OPEN))),
    "webm": ("webm", replace(BASE, codec=VP9, sound=OPUS)),
    "matroska": ("mkv", replace(BASE, codec=X264)),
    "transport stream": ("ts", replace(BASE, codec=X264, more=("-output_ts_offset", "95000"))),
    "fragments": (
        "mp4",
        replace(BASE, codec=X264, more=("-movflags", "+frag_keyframe+empty_moov")),
    ),
    "60 frames": ("mp4", replace(BASE, rate="60", frames=250)),
    "ntsc": ("mp4", replace(BASE, rate="30000/1001", frames=150)),
    "mono": ("mp4", replace(BASE, sound=("-ac", "1", *AAC, "-ar", "44100"))),
    "5.1": ("mp4", replace(BASE, sound=("-ac", "6", *AAC, "-b:a", "320k"))),
    "4:3": ("mp4", replace(BASE, width=240, more=("-aspect", "4:3"))),
    "portrait": ("mp4", replace(BASE, width=192, height=320)),
    "no sound": ("mp4", replace(BASE, sound=())),
    "odd": ("webm", replace(BASE, width=257, height=145, codec=VP9, sound=OPUS, pixels="yuv444p")),
}

SHAPES = {"4:3": (192, 144), "portrait": (192, 320)}


async def encoded(original: Path, folder: Path) -> tuple[Plan, Path, Path | None]:
    """The top rung of a film in its pieces, and its sound, joined from their segments."""
    source = await inspect(original)
    plan, scratch = plan_for(source), Scratch(folder / "scratch")
    films = Films(Objects(f"file://{original.parent}"), scratch)
    async with films.lent(original.name, source) as (film, facts):
        pictured, heard = await _joined(film, facts, plan, folder, scratch)
    scratch.close()
    assert not list((folder / "scratch").iterdir())
    return plan, pictured, heard


async def _joined(
    film: Path, source: Source, plan: Plan, folder: Path, scratch: Scratch
) -> tuple[Path, Path | None]:
    parts: list[bytes] = []
    for piece in (*plan.early, *plan.rest):
        rungs = plan.rungs[-1:]
        made = await pictures.encode_piece(film, source, plan, piece, rungs, scratch)
        run = made[rungs[0].name]
        assert not parts or parts[0] == run.init
        parts = [*(parts or [run.init]), *(each.data for each in run.segments)]
    pictured = folder / "pictures.mp4"
    pictured.write_bytes(b"".join(parts))
    heard = None
    if plan.sound:
        parts = []
        async for some in sound.encode(film, source, plan.grid, Chain(), "a128", scratch):
            assert not parts or parts[0] == some.init
            parts = [*(parts or [some.init]), *(each.data for each in some.segments)]
        heard = folder / "sound.mp4"
        heard.write_bytes(b"".join(parts))
    return pictured, heard


_LONG = {
    *("mov, b-frames", "matroska", "60 frames", "ntsc", "mono", "webm", "fragments"),
    *("4:3", "portrait"),
}
"""Kinds that find what others find too; tried with the long faults."""


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[pytest.mark.faults] if kind in _LONG else []) for kind in KINDS],
)
async def test_every_frame_once_in_step_with_the_sound(kind: str, tmp_path: Path) -> None:
    suffix, clip = KINDS[kind]
    film = make(clip, tmp_path / f"film.{suffix}")
    plan, pictured, heard = await encoded(film, tmp_path)
    assert len(plan.early) > 1
    assert plan.grid.rate == Fraction(clip.rate)
    top = plan.rungs[-1]
    assert (top.width, top.height) == SHAPES.get(kind, (top.width, top.height))
    assert numbers(pictured, clip.width, clip.height) == list(range(clip.frames))
    if clip.sound:
        assert heard is not None
        found = beep_times(samples(heard))
        assert all(abs(at - second) < LATE.get(kind, 0.005) for second, at in enumerate(found))
        assert len(found) == int(clip.seconds) + (clip.seconds % 1 > 0)
    else:
        assert heard is None
