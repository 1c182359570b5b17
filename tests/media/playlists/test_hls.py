"""Playlists, read back by `m3u8`."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from urllib.parse import unquote

import m3u8
from hypothesis import given, settings
from hypothesis import strategies as st

from media.playlists.hls import captions_playlist, media_playlist, multivariant
from media.playlists.parts import EPOCH, Captions, DateRange, micros, quotable
from media.transcoding.interfaces import Cut
from tests.media.playlists.cuts import address, cuts, picture, sound

MOMENTS = st.integers(0, 7_200_000)


@given(cuts())
@settings(max_examples=15)
def test_every_rendition_can_be_chosen_and_says_what_it_costs(cut: Cut) -> None:
    read = m3u8.loads(multivariant(cut, lambda each: f"{each.name}.m3u8"))
    pictures = [each for each in cut.renditions if each.kind == "video"]
    sounds = [each for each in cut.renditions if each.kind == "audio"]
    assert [each.uri for each in read.playlists] == [f"{each.name}.m3u8" for each in pictures]
    for written, rendition in zip(read.playlists, pictures, strict=True):
        info = written.stream_info
        assert info.resolution == (rendition.width, rendition.height)
        assert info.bandwidth == rendition.bandwidth + sum(each.bandwidth for each in sounds)
        assert info.codecs == ",".join([rendition.codecs, *(each.codecs for each in sounds)])
    heard = [each.uri for each in read.media if each.type == "AUDIO"]
    assert heard == [f"{each.name}.m3u8" for each in sounds]
    assert read.start.time_offset == 0


@given(cuts())
@settings(max_examples=15)
def test_a_playlist_names_every_segment_once_in_order_and_never_drifts(cut: Cut) -> None:
    for rendition in cut.renditions:
        read = m3u8.loads(media_playlist(rendition, address, ended=True))
        assert [each.uri for each in read.segments] == [address(s) for s in rendition.segments]
        assert read.segment_map[0].uri == address(rendition.init)
        assert read.is_endlist
        assert read.playlist_type == "vod"
        said = 0
        for written, segment in zip(read.segments, rendition.segments, strict=True):
            true = segment.start / rendition.timescale
            assert abs(said / 1_000_000 - true) < 0.000_001
            assert written.duration is not None
            assert read.target_duration is not None
            assert round(written.duration) <= read.target_duration
            said += round(written.duration * 1_000_000)
        assert said == sum(micros(rendition))
        assert read.segments[0].program_date_time == EPOCH


@given(cuts(), st.data())
@settings(max_examples=15)
def test_a_growing_playlist_only_gains_lines(cut: Cut, data: st.DataObject) -> None:
    rendition = cut.renditions[0]
    ranges = [DateRange("c1", "net.carnival.cue", 1500, 4000)]
    count = data.draw(st.integers(1, len(rendition.segments)))
    part = replace(rendition, segments=rendition.segments[:count])
    early = media_playlist(part, address, ended=False, event=True, date_ranges=ranges)
    late = media_playlist(rendition, address, ended=True, event=True, date_ranges=ranges)
    assert late.startswith(early)
    assert "#EXT-X-ENDLIST" not in early
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in early
    assert late.endswith("#EXT-X-ENDLIST\n")


@given(MOMENTS, st.none() | st.integers(1, 60_000), st.text(max_size=60))
@settings(max_examples=60)
def test_a_date_range_says_when_and_what(at: int, lasts: int | None, text: str) -> None:
    written = DateRange(
        "c1",
        "net.carnival.cue",
        at,
        at + lasts if lasts else None,
        attributes={"X-TEXT": text, "X-AT": 2.5},
    )
    cut = one_second()
    lines = media_playlist(cut.renditions[0], address, ended=True, date_ranges=[written])
    assert len(lines.splitlines()) == len(lines.split("\n")) - 1
    [read] = m3u8.loads(lines).segments[0].dateranges
    assert read.id == "c1"
    assert read.start_date == (EPOCH + timedelta(milliseconds=at)).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")
    assert (read.duration is None) == (lasts is None)
    if lasts is not None:
        assert read.duration is not None
        assert abs(read.duration * 1000 - lasts) < 0.001
    found = dict(read.x_client_attrs)
    assert unquote(found["x_text"].strip('"'), errors="surrogatepass") == text


@given(st.text(max_size=200))
def test_quoted_text_stays_within_its_quotes_and_comes_back(text: str) -> None:
    quoted = quotable(text)
    assert not set(quoted) & set('"\r\n')
    assert unquote(quoted) == text


def test_chinese_stays_readable() -> None:
    assert quotable("山茶花口红，仅此一晚") == "山茶花口红，仅此一晚"


def test_captions_are_a_group_with_a_playlist_of_one_segment() -> None:
    track = Captions("zh-CN", '中"文', "zh.vtt", "zh.m3u8", default=True)
    cut = one_second()
    read = m3u8.loads(multivariant(cut, lambda each: each.name, [track]))
    [subtitles] = [each for each in read.media if each.type == "SUBTITLES"]
    assert (subtitles.uri, subtitles.language, subtitles.default) == ("zh.m3u8", "zh-CN", "YES")
    assert read.playlists[0].stream_info.subtitles == subtitles.group_id
    inner = m3u8.loads(captions_playlist(track, 61_500))
    assert [(each.uri, each.duration) for each in inner.segments] == [("zh.vtt", 61.5)]
    assert inner.target_duration == 62


def test_the_same_cut_gives_the_same_bytes_whatever_the_order_of_renditions() -> None:
    cut = one_second()
    turned = replace(cut, renditions=tuple(reversed(cut.renditions)))
    assert multivariant(cut, lambda r: r.name) == multivariant(turned, lambda r: r.name)


def one_second() -> Cut:
    """A film of one second with two pictures and sound."""
    rungs = [picture(short, [15_360], 15_360, Fraction(30)) for short in (360, 540)]
    return Cut(7, 1, 1, True, 1_000, (*rungs, sound([48 * 1024])))
