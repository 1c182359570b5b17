"""Films that cannot be encoded: their brand is told why, and nothing of them stays."""

from datetime import timedelta
from pathlib import Path

from media.transcoding.rules import plan_for
from media.videos.interfaces import VideoState
from tests.media.transcoding.works import VIDEO, Works

_FILM = (VIDEO, 1)


async def gone(works: Works) -> bool:
    """Whether neither rows nor, after the next sweep, bytes are left."""
    works.clock.shift(timedelta(hours=7))
    await works.service.sweep()
    rows = await works.rows()
    return not works.stored() and not any(rows.values())


async def test_a_film_that_breaks_in_its_middle(works: Works, numbered: Path) -> None:
    await works.accept(numbered)
    stored = works.folder / "objects" / works.shelf.records[VIDEO].original
    data = bytearray(stored.read_bytes())
    middle = slice(len(data) * 6 // 10, len(data) * 9 // 10)
    data[middle] = bytes(middle.stop - middle.start)
    stored.write_bytes(data)
    await works.run_all()
    assert works.grown, "its beginning could be watched for a while"
    assert works.shelf.records[VIDEO].state is VideoState.FAILED
    assert [each.reason for each in works.shelf.refusals] == ["damaged"]
    assert "export it again" in works.shelf.refusals[0].words
    assert await gone(works)


async def test_a_piece_that_ends_its_workers(works: Works, numbered: Path) -> None:
    """It is begun five times, for anybody may be unlucky, and not for ever."""
    await works.accept(numbered)
    await works.until(lambda: works.grown)
    source = works.shelf.records[VIDEO].source
    assert source is not None
    last = len(plan_for(source).rest) - 1
    for _ in range(5):
        assert await works.service.begin(_FILM, "rest", last) is not None
    assert await works.service.begin(_FILM, "rest", last) is None
    assert works.shelf.records[VIDEO].state is VideoState.FAILED
    assert [each.reason for each in works.shelf.refusals] == ["tried_often"]
    await works.run_all()
    assert await gone(works)
