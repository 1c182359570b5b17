"""Frames that are held for the encoder of the other rungs: as if it had decoded the film itself."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from media.inspection.inspector import inspect
from media.inspection.sandbox import Finished
from media.transcoding.encoding import pictures
from media.transcoding.encoding import works as programs
from media.transcoding.encoding.held import Held
from media.transcoding.encoding.scratch import Scratch
from media.transcoding.rules import plan_for
from tests.media.inspection import films
from tests.media.transcoding.premiere import Premiere
from tests.media.transcoding.works import Works

_DECODED: Final = re.compile(r"-i fd: .*fps=.*trim=end_frame=([0-9]+)")
_SCREEN: Final = (
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)


def deep(path: Path) -> None:
    """HDR that describes the screen it was made on."""
    films.deep(path, "smpte2084", frames=100, more=f":{_SCREEN}:max-cll=1000,400")


def odd(path: Path) -> None:
    """Fields, full range, colours that lie elsewhere, pixels that are not square."""
    films.film(
        *(path, *films.H264, "-flags", "+ildct+ilme", "-x264-params", "tff=1"),
        *("-chroma_sample_location", "topleft", "-g", "10"),
        picture="testsrc=size=160x120:rate=30000/1001:duration=3.4,format=yuvj420p,"
        "setsar=8/7,setparams=field_mode=tff:chroma_location=topleft",
        sound=None,
    )


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "scratch")


@pytest.mark.parametrize("film", [deep, odd])
async def test_frames_that_were_held_become_the_same_bytes(
    film: Callable[[Path], None], scratch: Scratch, small_ladder: None, tmp_path: Path
) -> None:
    film(path := tmp_path / "film.mp4")
    plan, frames = plan_for(source := await inspect(path)), Held(scratch)
    assert len(plan.early) == 2
    for piece in plan.early:
        made: dict[str, list[Any]] = {"early": [], "ladder": []}
        for run, found in made.items():
            rungs = plan.rungs_of(run)
            with frames.frames("7-1", plan, run, piece) as given:
                assert (given.taken is None) == (run == "early")
                assert (given.leave is None) == (run == "ladder")
                found.append(
                    await pictures.encode_piece(
                        path, source, plan, piece, rungs, scratch, frames=given
                    )
                )
            found.append(await pictures.encode_piece(path, source, plan, piece, rungs, scratch))
            assert found[0] == found[1]
    assert not list(scratch.home.glob("held*"))
    scratch.close()


async def test_a_film_is_decoded_once(
    works: Works, numbered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever encodes opens it, and nobody opens it a second time for the same frames."""
    encoders = watched(monkeypatch)
    await works.accept(numbered)
    await works.run_all()
    plan = plan_for(await inspect(numbered))
    decoded = [found for each in encoders if (found := _DECODED.search(each))]
    pieces = (*plan.early, *plan.rest)
    assert [int(each[1]) for each in decoded] == [each.frames for each in pieces]
    assert len(encoders) == len(pieces) + len(plan.ladder)
    assert plan.ladder
    assert plan.rest


async def test_frames_that_are_gone_are_decoded_again(
    premiere: Premiere, works: Works, numbered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoders = watched(monkeypatch)
    await works.accept(numbered)
    while works.waiting:
        await works.until(lambda: not works.waiting or list(works.scratch.home.glob("held-*")))
        for path in list(works.scratch.home.glob("held-*")):
            path.unlink()
    assert all(_DECODED.search(each) for each in encoders)
    assert await works.rows() == premiere.rows


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments of all who encode pictures, as they come."""
    encoders: list[str] = []
    encode = programs.encode

    async def noted(arguments: Sequence[str], **more: Any) -> Finished:
        if "libx264" in arguments:
            encoders.append(" ".join(arguments))
        return await encode(arguments, **more)

    monkeypatch.setattr(programs, "encode", noted)
    return encoders


def left(held: Held, data: bytes, size: int | None = None) -> Path:
    """Frames named "a", of which so many bytes were promised."""
    path = held.place("a", size or len(data))
    assert path is not None
    path.write_bytes(data)
    return path


class TestRoom:
    """They take no more of the disk than they are worth."""

    def test_what_does_not_fit_is_not_held(self, scratch: Scratch) -> None:
        held = Held(scratch, bytes_max=100)
        left(held, bytes(60))
        assert held.place("b", 41) is None
        assert held.place("b", 40) is not None
        scratch.close()

    def test_a_disk_that_is_almost_full_is_left_alone(self, scratch: Scratch) -> None:
        assert Held(scratch, spare=2**60).place("a", 1) is None
        scratch.close()

    def test_what_nobody_came_for_makes_room(self, scratch: Scratch) -> None:
        held = Held(scratch, bytes_max=100)
        place = left(held, bytes(60))
        os.utime(place, (0, 0))
        assert held.place("b", 60) is not None
        assert not place.exists()
        scratch.close()

    def test_they_are_taken_once(self, scratch: Scratch) -> None:
        held = Held(scratch)
        place = left(held, b"abc")
        with held.taken("a", 3) as handle:
            assert handle is not None
            assert not place.exists()
            with held.taken("a", 3) as again:
                assert again is None
            assert os.read(handle, 9) == b"abc"
        scratch.close()

    def test_what_is_not_whole_is_not_taken(self, scratch: Scratch) -> None:
        held = Held(scratch)
        place = left(held, b"abc", 4)
        with held.taken("a", 4) as handle:
            assert handle is None
        assert not place.exists()
        scratch.close()

    def test_other_processes_of_this_machine_take_them(self, tmp_path: Path) -> None:
        one, other = Scratch(tmp_path), Scratch(tmp_path)
        left(Held(one), b"abc")
        with Held(other).taken("a", 3) as handle:
            assert handle is not None
        one.close()
        other.close()
        assert not list(tmp_path.iterdir())
