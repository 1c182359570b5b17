"""Thumbnails to scrub by: each shows what is there within a second of where the thumb is."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media.films.film import Film
from media.inspection.inspector import inspect
from media.stills.making.film import Reader
from media.stills.making.stills import look
from media.stills.making.storyboard import Storyboard
from tests.media.transcoding.clips import Clip, make, number_of

_CUE = re.compile(
    r"(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)\nsheet-(\d+)\.jpeg#xywh=(\d+),(\d+),(\d+),(\d+)"
)
SHORT = Clip(rate="10", frames=104, sound=())
LONG = Clip(rate="4", frames=263, sound=())


def thumbnails(board: Storyboard) -> list[tuple[float, float, Image.Image]]:
    """From when until when each stands, and what it shows."""
    sheets = [Image.open(io.BytesIO(each)) for each in board.sheets]
    found: list[tuple[float, float, Image.Image]] = []
    for cue in _CUE.findall(board.vtt.decode()):
        start, stop = (
            int(hours) * 3600 + int(minutes) * 60 + float(seconds)
            for hours, minutes, seconds in (cue[:3], cue[3:6])
        )
        sheet, x, y, width, height = map(int, cue[6:])
        found.append((start, stop, sheets[sheet].crop((x, y, x + width, y + height))))
    return found


@pytest.mark.parametrize("clip", [SHORT, LONG], ids=["short", "long"])
async def test_what_is_shown_lies_within_a_second_of_the_place(clip: Clip, tmp_path: Path) -> None:
    path = make(clip, tmp_path / "film.mp4")
    _, board = await look(Reader(Film.of(path, await inspect(path))))
    found = thumbnails(board)
    assert found[0][0] == 0
    assert abs(found[-1][1] - clip.seconds) < 0.01
    for number, (start, stop, image) in enumerate(found):
        if number:
            assert start == found[number - 1][1], "there is one for every moment"
        shown = number_of(np.asarray(image.convert("L"))) / float(clip.rate)
        # a frame is shown until the next one comes
        until = shown + 1 / float(clip.rate)
        assert shown - start <= 1, f"{shown} s is shown from {start} s on"
        assert stop - until <= 1, f"{shown} s is shown until {stop} s"
