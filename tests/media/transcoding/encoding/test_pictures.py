"""Pieces beside a whole encoding, and pictures that need turning or toning."""

import re
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from media.inspection.inspector import inspect
from media.inspection.sandbox import FFMPEG
from media.transcoding.encoding import commands, pictures
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.errors import Broken
from media.transcoding.rules import Piece, Plan, plan_for
from tests.media.transcoding.clips import Clip, make, numbers
from tests.media.transcoding.premiere import Premiere

SMALL = Clip(width=256, height=144, rate="10", frames=104)


async def joined(film: Path, plan: Plan, path: Path) -> Path:
    """The top rung of the early pieces as one film."""
    source, scratch = await inspect(film), Scratch(path.parent / "scratch")
    parts: list[bytes] = []
    for piece in (*plan.early, *plan.rest):
        rung = plan.rungs[-1]
        made = await pictures.encode_piece(film, source, plan, piece, [rung], scratch)
        run = made[rung.name]
        parts = [*(parts or [run.init]), *(each.data for each in run.segments)]
    scratch.close()
    path.write_bytes(b"".join(parts))
    return path


def psnr(one: Path, source: Path) -> "np.ndarray":
    """Of every frame, in decibels, at the size of the first."""
    said = subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-i", str(one), "-i", str(source), "-filter_complex"),
            "[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];"
            "[b][a]scale2ref=flags=bicubic[b][a];[a][b]psnr=stats_file=-",
            *("-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return np.array([min(60.0, float(each)) for each in re.findall(r"psnr_avg:(\S+)", said)])


async def test_nobody_sees_the_joins(
    premiere: Premiere, numbered: Path, small_ladder: None, tmp_path: Path
) -> None:
    plan, scratch = plan_for(source := await inspect(numbered)), Scratch(tmp_path / "scratch")
    whole = Piece(0, 0, plan.grid.frames)
    rungs = {"early": plan.rungs[0], "ladder": plan.rungs[-1]}
    made = await pictures.encode_piece(numbered, source, plan, whole, list(rungs.values()), scratch)
    scratch.close()
    half = plan.grid.gop // 2
    for run, rung in rungs.items():
        one = tmp_path / f"{rung.name}.mp4"
        one.write_bytes(made[rung.name].init + b"".join(s.data for s in made[rung.name].segments))
        apart, together = psnr(premiere.film(rung.name), numbered), psnr(one, numbered)
        joins = [piece.first for piece in (*plan.pictures[run][1:], *plan.rest)]
        assert joins
        for join in joins:
            for side in (slice(join - half, join), slice(join, join + half)):
                assert abs(apart[side].mean() - together[side].mean()) <= 1
            assert apart[join] >= together[join] - 1


async def test_what_is_thrown_away_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The encoder takes no pains with what comes behind a piece, and the piece does not show it."""
    film = make(SMALL, tmp_path / "film.mp4")
    plan, scratch = plan_for(source := await inspect(film)), Scratch(tmp_path / "scratch")
    piece, rungs = plan.early[1], plan.rungs
    assert piece.warm_up, "else the encoder's own words about its settings are in it"
    assert piece.run_out
    quick = await pictures.encode_piece(film, source, plan, piece, rungs, scratch)
    monkeypatch.setattr(commands, "_WORST_QP", 20)
    assert await pictures.encode_piece(film, source, plan, piece, rungs, scratch) == quick
    scratch.close()


async def test_a_film_lying_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    lying = replace(SMALL, frames=30, filters="transpose=cclock", sound=())
    stored = make(lying, tmp_path / "stored.mp4")
    film = tmp_path / "film.mp4"
    subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-display_rotation:v:0", "-90", "-i", str(stored)),
            *("-c", "copy", str(film)),
        ],
        check=True,
    )
    source = await inspect(film)
    assert (source.video.width, source.video.height) == (256, 144)
    plan = plan_for(source)
    upright = await joined(film, plan, tmp_path / "upright.mp4")
    assert numbers(upright, 256, 144) == list(range(30))


async def test_a_variable_rate_becomes_constant_in_step(tmp_path: Path) -> None:
    gone = "select='not(between(n,10,16)+between(n,40,41)+eq(n,70))'"
    clip = replace(SMALL, filters=gone, more=("-fps_mode", "vfr", "-enc_time_base", "1/1000"))
    film = make(clip, tmp_path / "film.mp4")
    plan = plan_for(await inspect(film))
    assert plan.grid.rate == Fraction(10)
    seen = numbers(await joined(film, plan, tmp_path / "even.mp4"), 256, 144)
    held = [n for n in range(104) if not (10 <= n <= 16 or 40 <= n <= 41 or n == 70)]
    assert seen == [max(each for each in held if each <= n) for n in range(104)]


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
async def test_hdr_is_shown_on_ordinary_screens(transfer: str, tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    # a field of paper white: 58 % of PQ, 75 % of HLG, in ten bits of video range
    tags = f"range=tv:color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    level = 64 + 876 * (0.58 if transfer == "smpte2084" else 0.75)
    subprocess.run(
        [
            *(str(FFMPEG), "-v", "error", "-f", "lavfi", "-i", "color=gray:s=128x72:r=10:d=1"),
            *("-vf", f"format=yuv422p10le,geq=lum={level:.0f}:cb=512:cr=512,setparams={tags}"),
            *("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", str(film)),
        ],
        check=True,
    )
    source = await inspect(film)
    assert source.video.hdr
    plan = plan_for(source)
    shown = await joined(film, plan, tmp_path / "shown.mp4")
    raw = subprocess.run(
        [str(FFMPEG), "-v", "error", "-i", str(shown), "-f", "rawvideo", "pipe:1"],
        capture_output=True,
        check=True,
    ).stdout
    frame = np.frombuffer(raw, np.uint8)[: 128 * 72 * 3 // 2]
    luma, chroma = frame[: 128 * 72], frame[128 * 72 :]
    assert 0.75 < (luma.mean() - 16) / 219 < 0.95
    assert abs(chroma.mean() - 128) < 2


async def test_a_film_that_does_not_decode_is_refused_in_words(tmp_path: Path) -> None:
    film = make(SMALL, tmp_path / "film.mp4")
    source = await inspect(film)
    data = bytearray(film.read_bytes())
    at = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    assert end > at
    data[at:end] = bytes(end - at)
    film.write_bytes(data)
    plan, scratch = plan_for(source), Scratch(tmp_path / "scratch")
    with pytest.raises(Broken) as broken:
        await pictures.encode_piece(film, source, plan, plan.early[-1], plan.rungs, scratch)
    assert "export it again" in broken.value.words
    assert "pipe" not in broken.value.words
    assert not list(scratch.home.glob("*/"))
    scratch.close()
