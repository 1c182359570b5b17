"""An hour of film."""

from pathlib import Path

import pytest

from media.transcoding.rules import plan_for
from media.videos.interfaces import VideoState
from tests.media.transcoding.clips import SAMPLE_RATE, Clip, beep_times, make, numbers, samples
from tests.media.transcoding.works import VIDEO, Works

pytestmark = pytest.mark.faults

HOUR = Clip(width=128, height=72, rate="10", frames=36_000)


async def test_an_hour_is_delivered_frame_by_frame(works: Works, tmp_path: Path) -> None:
    film = make(HOUR, tmp_path / "hour.mp4")
    await works.accept(film)
    await works.until(lambda: works.grown)
    source = works.shelf.records[VIDEO].source
    assert source is not None
    plan = plan_for(source)
    first = await works.latest()
    assert len(first.renditions[0].segments) == 1, "watched while nearly all is still to be done"
    await works.run_all()
    cut = await works.latest()
    assert works.shelf.records[VIDEO].state is VideoState.READY
    assert cut.complete
    assert cut.duration_ms == HOUR.frames * 100
    picture, sound = cut.renditions
    assert len(picture.segments) == plan.grid.segments == HOUR.frames // 20
    shown = numbers(await works.film(picture), HOUR.width, HOUR.height)
    assert shown == list(range(HOUR.frames))
    heard = beep_times(samples(await works.film(sound)))
    assert len(heard) == HOUR.frames // 10
    late = [abs(at - second) for second, at in enumerate(heard)]
    assert max(late) < 0.005
    ends = sound.segments[-1].start + sound.segments[-1].duration
    assert abs(ends / SAMPLE_RATE - HOUR.seconds) < 0.05
