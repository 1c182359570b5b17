"""The poster: on twenty labelled clips never black, blank, blurred or within a transition."""

import numpy as np
import pytest

from media.stills.looking.poster import Frames, best, scores
from tests.media.stills.clips import CLIPS, Clip, still

PER_SECOND = 8


@pytest.mark.parametrize("clip", CLIPS, ids=[clip.name for clip in CLIPS])
def test_chooses_a_good_moment(clip: Clip) -> None:
    frames = Frames(np.stack(list(clip.frames(PER_SECOND))), PER_SECOND)
    chosen = best(frames) / PER_SECOND
    assert clip.is_good(chosen), f"{chosen} is not within {clip.good}"


def test_there_are_twenty() -> None:
    assert len(CLIPS) == 20


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_film_of_a_few_frames_has_a_poster_too(count: int) -> None:
    frames = np.stack(
        [np.clip(still("tea")(at / 8), 0, 255).astype(np.uint8) for at in range(count)]
    )
    assert 0 <= best(Frames(frames, 8)) < count
    assert np.isfinite(scores(Frames(frames, 8))).all()


def test_a_black_film_has_a_poster_too() -> None:
    frames = Frames(np.zeros((10, 40, 30, 3), np.uint8), 8)
    assert 0 <= best(frames) < 10
