"""A film from acceptance to its last version."""

import random
from itertools import pairwise
from pathlib import Path

from media.transcoding.interfaces import Cut
from media.videos.interfaces import VideoState
from tests.media.transcoding.clips import SAMPLE_RATE, beep_times, numbers, samples
from tests.media.transcoding.conftest import NUMBERED
from tests.media.transcoding.works import VIDEO, Works


async def test_every_frame_once_and_no_hole_in_the_sound(works: Works, numbered: Path) -> None:
    await works.accept(numbered)
    await works.run_all()
    cut = await works.latest()
    assert works.shelf.records[VIDEO].state is VideoState.READY
    assert [each.name for each in cut.renditions] == ["v90", "v120", "v180", "a128"]
    for rendition in cut.renditions[:-1]:
        film = await works.film(rendition)
        found = numbers(film, NUMBERED.width, NUMBERED.height)
        assert found == list(range(NUMBERED.frames)), rendition.name
        assert rendition.ssim is not None
        assert 0.7 < rendition.ssim <= 1
    wave = samples(await works.film(cut.renditions[-1]))
    assert abs(len(wave) / SAMPLE_RATE - NUMBERED.seconds) < 0.05
    heard = beep_times(wave)
    assert len(heard) == 15
    assert all(abs(at - second) < 0.005 for second, at in enumerate(heard))
    assert not list(works.scratch.home.glob("*/"))


async def test_segments_of_all_pictures_begin_together(works: Works, numbered: Path) -> None:
    await works.accept(numbered)
    await works.run_all()
    cut = await works.latest()
    *pictures, sound = cut.renditions
    starts = [[(each.start, each.duration) for each in one.segments] for one in pictures]
    assert all(each == starts[0] for each in starts)
    assert [start for start, _ in starts[0]] == [n * 20_000 for n in range(8)]
    for one in cut.renditions:
        ends = [each.start + each.duration for each in one.segments]
        assert [each.start for each in one.segments] == [0, *ends[:-1]]
        assert all(each.duration < 3.5 * one.timescale for each in one.segments)
        assert one.bandwidth >= one.bandwidth_average > 0
    assert sound.channels == 2
    assert {one.codecs.partition(".")[0] for one in pictures} == {"avc1"}
    assert sound.codecs == "mp4a.40.2"


async def test_versions_grow_and_old_ones_stay(works: Works, numbered: Path) -> None:
    await works.accept(numbered)
    await works.until(lambda: works.grown)
    first = await works.latest()
    assert (first.version, first.complete) == (1, False)
    assert works.shelf.shown == [1]
    assert [len(each.segments) for each in first.renditions] == [1, 1]
    await works.run_all()
    cuts: list[Cut] = []
    while (cut := await works.version(len(cuts) + 1)) is not None:
        cuts.append(cut)
    assert cuts[0] == first
    assert [cut.complete for cut in cuts] == [False, False, False, True, True]
    assert [len(cut.renditions[0].segments) for cut in cuts] == [1, 3, 7, 8, 8]
    assert {cut.duration_ms for cut in cuts} == {14_700}
    for earlier, later in pairwise(cuts):
        for one, more in zip(earlier.renditions[:1], later.renditions[:1], strict=True):
            assert more.segments[: len(one.segments)] == one.segments
            assert more.init == one.init
    assert [each.version for each in works.grown] == [1, 2, 3, 4, 5]
    # the sound reaches as far as the pictures beside it
    for cut in cuts:
        picture, sound = cut.renditions[0], cut.renditions[-1]
        ends = [
            (each.segments[-1].start + each.segments[-1].duration) / each.timescale
            for each in (picture, sound)
        ]
        assert ends[1] >= ends[0] - 0.03


async def test_any_order_and_any_number_of_times_ends_the_same(
    works: Works, numbered: Path
) -> None:
    await works.accept(numbered)
    await works.run_all()
    undisturbed, files = await works.rows(), works.stored()
    await works.forget()
    await works.accept(numbered)
    await works.run_all(chance=random.Random(4), doubled=True)
    assert await works.rows() == undisturbed
    assert works.stored() == files == {row[0] for row in undisturbed["segment_objects"]}
