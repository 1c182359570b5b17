"""A film from acceptance to its last version."""

import random
from itertools import pairwise
from pathlib import Path

import av
import pytest

from app.kernel.settings import Settings
from media.transcoding import rules
from media.transcoding.interfaces import Progress
from media.transcoding.rules import SSIM_STEP
from media.videos.interfaces import VideoState
from tests.media.transcoding.clips import (
    BLURRED,
    SAMPLE_RATE,
    TINY,
    beep_times,
    ffprobe,
    make,
    number_of,
    numbers,
    samples,
    ssim_beside,
)
from tests.media.transcoding.conftest import NUMBERED
from tests.media.transcoding.premiere import Premiere
from tests.media.transcoding.works import VIDEO, Works


def test_every_frame_once_and_every_beep(premiere: Premiere) -> None:
    assert premiere.state is VideoState.READY
    cut = premiere.last
    assert [each.name for each in cut.renditions] == ["v90", "v120", "v180", "a128"]
    for rendition in cut.renditions[:-1]:
        found = numbers(premiere.film(rendition.name), NUMBERED.width, NUMBERED.height)
        assert found == list(range(NUMBERED.frames)), rendition.name
        assert rendition.ssim is not None
        assert 0.7 < rendition.ssim <= 1
    wave = samples(premiere.film("a128"))
    assert abs(len(wave) / SAMPLE_RATE - NUMBERED.seconds) < 0.05
    heard = beep_times(wave)
    assert len(heard) == 15
    assert all(abs(at - second) < 0.005 for second, at in enumerate(heard))
    assert not premiere.left


def test_segments_of_all_pictures_begin_together(premiere: Premiere) -> None:
    cut = premiere.last
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


def test_versions_grow_and_old_ones_stay(premiere: Premiere) -> None:
    first, cuts = premiere.first, premiere.cuts
    assert (first.version, first.complete) == (1, False)
    assert premiere.shown_at_first == [1]
    assert [len(each.segments) for each in first.renditions] == [1, 1]
    assert cuts[0] == first
    assert [cut.complete for cut in cuts] == [False, False, False, False, False, True, True]
    assert [len(cut.renditions[0].segments) for cut in cuts] == [1, 3, 5, 6, 7, 8, 8]
    assert {cut.duration_ms for cut in cuts} == {14_700}
    for earlier, later in pairwise(cuts):
        for one, more in zip(earlier.renditions[:1], later.renditions[:1], strict=True):
            assert more.segments[: len(one.segments)] == one.segments
            assert more.init == one.init
    assert [each.version for each in premiere.grown] == [1, 2, 3, 4, 5, 6, 7]
    # the sound reaches as far as the pictures beside it
    for cut in cuts:
        picture, sound = cut.renditions[0], cut.renditions[-1]
        ends = [
            (each.segments[-1].start + each.segments[-1].duration) / each.timescale
            for each in (picture, sound)
        ]
        assert ends[1] >= ends[0] - 0.03


async def test_who_waits_is_told_how_far_it_is(works: Works, tmp_path: Path) -> None:
    await works.accept(make(BLURRED, tmp_path / "film.mp4"))
    told: list[Progress] = []
    while works.waiting:
        async with works.database.reading() as session:
            told.append((await works.reader.progress(session, [VIDEO]))[VIDEO])
        job = max(works.waiting, key=lambda each: each[0])
        works.waiting.remove(job)
        await works.run(job)
    percents = [each.percent for each in told]
    assert percents[0] == 0
    assert percents == sorted(percents)
    assert percents[-1] == 99, "what is left is to measure and to publish"
    assert (told[0].rung, told[-1].rung) == ("v90", "v180")
    assert told[0].seconds_left is None
    assert all(each.seconds_left is not None for each in told if each.percent > 1)
    async with works.database.reading() as session:
        assert await works.reader.progress(session, [VIDEO]) == {}


async def test_any_order_and_any_number_of_times_ends_the_same(
    premiere: Premiere, works: Works, numbered: Path
) -> None:
    await works.accept(numbered)
    await works.run_all(chance=random.Random(4), doubled=True)
    assert await works.rows() == premiere.rows
    named = {row[0] for row in premiere.rows["segment_objects"]}
    assert works.stored() == premiere.stored == named


@pytest.mark.parametrize(
    ("before", "after", "growth"),
    [((1, 2, 4, 8), (1, 2), [1, 3, 7, 8, 8]), ((1, 2), (1, 2, 4, 8), [1, 3, 5, 6, 7, 8, 8])],
    ids=["all of it was head", "it has a rest"],
)
async def test_a_film_is_ended_as_it_was_cut(
    before: tuple[int, ...],
    after: tuple[int, ...],
    growth: list[int],
    works: Works,
    numbered: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A newer release that cuts differently takes over between two jobs."""
    monkeypatch.setattr(rules, "_EARLY_GOPS", before)
    await works.accept(numbered)
    monkeypatch.setattr(rules, "_EARLY_GOPS", after)
    await works.run_all()
    assert works.shelf.records[VIDEO].state is VideoState.READY
    cuts = [await works.version(each.version) for each in works.grown]
    assert [len(cut.renditions[0].segments) for cut in cuts if cut] == growth
    for rendition in (await works.latest()).renditions[:-1]:
        found = numbers(await works.film(rendition), NUMBERED.width, NUMBERED.height)
        assert found == list(range(NUMBERED.frames)), rendition.name


async def test_a_rung_that_shows_nothing_more_is_dropped(works: Works, tmp_path: Path) -> None:
    film = make(BLURRED, tmp_path / "blurred.mp4")
    await works.accept(film)
    await works.run_all()
    rows = (await works.rows())["renditions"]
    quality = {name: (ssim, kept) for name, *_, ssim, kept in rows if name != "a128"}
    assert sorted(quality) == ["v120", "v180", "v90"]
    last = await works.latest()
    assert {each.name: each.ssim for each in last.renditions if each.kind == "video"} == {
        name: ssim for name, (ssim, kept) in quality.items() if kept
    }
    assert quality["v90"][1], "the smallest one always stays"
    below = quality["v90"][0]
    for name in ("v120", "v180"):
        ssim, kept = quality[name]
        assert kept == (ssim - below > SSIM_STEP), f"{name}: {quality}"
        below = ssim if kept else below
    assert len(last.renditions) < len(rows), quality
    for each in last.renditions[:-1]:
        seen = ssim_beside(await works.film(each), film)
        assert each.ssim is not None
        assert abs(seen - each.ssim) < 0.01


async def test_av1_joins_where_it_is_wanted(settings: Settings, tmp_path: Path) -> None:
    film = make(TINY, tmp_path / "tiny.mp4")
    works = Works(settings, tmp_path / "works", av1=True)
    try:
        await works.accept(film)
        await works.run_all()
        cut = await works.latest()
        assert works.shelf.records[VIDEO].state is VideoState.READY
        assert [each.name for each in cut.renditions] == ["v72", "w72", "a128"]
        plain, modern, _ = cut.renditions
        assert modern.codecs.startswith("av01.0.")
        assert [each.duration for each in modern.segments] == [
            each.duration for each in plain.segments
        ]
        path = await works.film(modern)
    finally:
        await works.close()
    said = ffprobe(path)
    assert (said["codec_name"], said["width"], said["height"]) == ("av1", 128, 72)
    assert int(said["nb_read_packets"]) == TINY.frames
    # ffmpeg here cannot decode it; PyAV can
    with av.open(str(path)) as opened:
        seen = [frame.reformat(format="gray").to_ndarray() for frame in opened.decode(video=0)]
    assert [number_of(frame) for frame in seen] == list(range(TINY.frames))
