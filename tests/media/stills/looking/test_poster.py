"""The poster: on twenty labelled clips never black, blank, blurred or within a transition."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from media.films.film import Film, Track
from media.inspection.sandbox import FFMPEG
from media.stills.looking.poster import Frames, best, scores
from media.stills.making.film import Reader
from media.stills.making.stills import look
from tests.media.stills.clips import CLIPS, RATE, SECONDS, SIZE, Clip, still


def _encoded(clip: Clip, path: Path) -> Film:
    arguments = [
        *(str(FFMPEG), "-v", "error", "-f", "rawvideo", "-pixel_format", "rgb24"),
        *("-video_size", f"{SIZE[0]}x{SIZE[1]}", "-framerate", str(RATE), "-i", "pipe:0"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p"),
        *("-y", str(path)),
    ]
    frames = b"".join(frame.tobytes() for frame in clip.frames())
    subprocess.run(arguments, input=frames, check=True, timeout=60)
    return Film(Track(path, "mov", 0), None, SIZE[0], SIZE[1], SECONDS)


@pytest.mark.parametrize("clip", CLIPS, ids=[clip.name for clip in CLIPS])
async def test_chooses_a_good_moment_of_a_film(clip: Clip, tmp_path: Path) -> None:
    chosen, _ = await look(Reader(_encoded(clip, tmp_path / "clip.mp4")))
    assert clip.is_good(chosen), f"{chosen} is not within {clip.good}"


def test_there_are_twenty_clips_and_no_moment_is_good_in_all() -> None:
    assert len(CLIPS) == 20
    for moment in np.arange(0, SECONDS, 0.25):
        assert not all(clip.is_good(moment) for clip in CLIPS)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_film_of_a_few_frames_has_a_poster_too(count: int) -> None:
    shot = still("tea")
    frames = np.stack([np.clip(shot(at / 8), 0, 255).astype(np.uint8) for at in range(count)])
    assert 0 <= best(Frames(frames, 8)) < count
    assert np.isfinite(scores(Frames(frames, 8))).all()


def test_a_black_film_has_a_poster_too() -> None:
    frames = Frames(np.zeros((10, 40, 30, 3), np.uint8), 8)
    assert 0 <= best(frames) < 10
