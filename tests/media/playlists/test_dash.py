"""Manifests, read back by `mpegdash`."""

from dataclasses import replace

from hypothesis import given, settings
from mpegdash.parser import MPEGDASHParser

from media.playlists.dash import mpd
from media.playlists.parts import Captions
from media.transcoding.interfaces import Cut, Segment
from tests.media.playlists.cuts import address, cuts
from tests.media.playlists.test_hls import one_second


@given(cuts())
@settings(max_examples=15)
def test_every_segment_is_where_and_when_it_was_cut(cut: Cut) -> None:
    read = MPEGDASHParser.parse(mpd(cut, address))
    assert read.type == "static"
    by_name = {
        each.id: (each, group)
        for group in read.periods[0].adaptation_sets
        for each in group.representations
    }
    assert set(by_name) == {each.name for each in cut.renditions}
    for rendition in cut.renditions:
        written, group = by_name[rendition.name]
        assert group.content_type == rendition.kind
        assert (written.codecs, written.bandwidth) == (rendition.codecs, rendition.bandwidth)
        [listed] = written.segment_lists
        assert listed.initializations[0].source_url == address(rendition.init)
        assert [each.media for each in listed.segment_urls] == [
            address(each) for each in rendition.segments
        ]
        assert timeline(listed) == [(each.start, each.duration) for each in rendition.segments]


def timeline(listed: object) -> list[tuple[int, int]]:
    """Start and length of every segment, as a player works them out."""
    found: list[tuple[int, int]] = []
    at = 0
    for line in listed.segment_timelines[0].Ss:  # type: ignore[attr-defined]
        at = line.t if line.t is not None else at
        for _ in range((line.r or 0) + 1):
            found.append((at, line.d))
            at += line.d
    return found


def test_a_gap_is_told() -> None:
    cut = one_second()
    segments = (Segment("a" * 64, 9, 100, 0), Segment("b" * 64, 9, 100, 150))
    gapped = replace(cut.renditions[0], segments=segments)
    [written] = (
        MPEGDASHParser.parse(mpd(replace(cut, renditions=(gapped,)), address))
        .periods[0]
        .adaptation_sets
    )
    assert timeline(written.representations[0].segment_lists[0]) == [(0, 100), (150, 100)]


def test_captions_are_named_with_their_language() -> None:
    track = Captions("zh-CN", "中文 <简体>", "zh.vtt?a=1&b=2", "zh.m3u8")
    read = MPEGDASHParser.parse(mpd(one_second(), address, [track]))
    last = read.periods[0].adaptation_sets[-1]
    assert (last.content_type, last.lang) == ("text", "zh-CN")
    assert last.representations[0].base_urls[0].base_url_value == "zh.vtt?a=1&b=2"
