"""What a timeline must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.structs import Id
from media.timelines.interfaces import Cue, CueKind, CuePosition, Timeline
from media.timelines.rules import (
    AT_ONCE_MAX,
    LASTS_MS,
    LASTS_MS_MIN,
    completed,
    faults,
    fitted,
    is_link,
)
from media.timelines.schemas import CueInput

MOMENTS = st.integers(0, 70_000)


def product(at: int, until: int | None = None, ref: str = "12345") -> CueInput:
    return CueInput(at=at, until=until, kind=CueKind.PRODUCT, ref=ref)


def pointers(cues: list[CueInput], duration_ms: int = 60_000) -> list[str]:
    return [each.pointer for each in faults(completed(cues, duration_ms), duration_ms)]


@given(MOMENTS, MOMENTS, st.integers(1, 60_000))
def test_what_passes_lies_within_the_film(at: int, until: int, duration_ms: int) -> None:
    done = completed([product(at, until)], duration_ms)
    fine = not faults(done, duration_ms)
    shortest = min(LASTS_MS_MIN, duration_ms)
    assert fine == (at < duration_ms and until <= duration_ms and until - at >= shortest)


def test_a_cue_without_an_end_stays_eight_seconds_or_to_the_films_end() -> None:
    first, last = completed([product(1_000), product(58_000)], 60_000)
    assert first.until == 1_000 + LASTS_MS
    assert last.until == 60_000


def test_chapters_end_where_the_next_begins() -> None:
    cues = [
        CueInput(at=30_000, kind=CueKind.CHAPTER, text="二"),
        CueInput(at=0, kind=CueKind.CHAPTER, text="一"),
    ]
    assert [each.until for each in completed(cues, 60_000)] == [60_000, 30_000]


@pytest.mark.parametrize(
    ("cue", "pointer"),
    [
        (product(60_000), "/cues/0/at"),
        (product(59_000, 60_001), "/cues/0/until"),
        (product(5_000, 5_400), "/cues/0/until"),
        (product(5_000, 4_000), "/cues/0/until"),
        (product(0, ref=""), "/cues/0/ref"),
        (product(0, ref="not a word"), "/cues/0/ref"),
        (CueInput(at=0, kind=CueKind.CHAPTER, text=" "), "/cues/0/text"),
        (CueInput(at=0, kind=CueKind.CHAPTER, text="一", ref="x"), "/cues/0/ref"),
        (CueInput(at=0, kind=CueKind.LINK, text="看", ref="http://a.cn"), "/cues/0/ref"),
        (CueInput(at=0, kind=CueKind.LINK, ref="https://a.cn"), "/cues/0/text"),
        (CueInput(at=0, kind=CueKind.COUPON), "/cues/0/ref"),
        (CueInput(at=0, kind=CueKind.POLL, text="哪支更好看"), "/cues/0/ref"),
    ],
)
def test_each_fault_is_named_by_its_place(cue: CueInput, pointer: str) -> None:
    assert pointers([cue]) == [pointer]


def test_every_kind_has_a_right_form() -> None:
    cues = [
        product(0),
        CueInput(at=0, kind=CueKind.PACKET, ref="77"),
        CueInput(at=0, kind=CueKind.COUPON, ref="77"),
        CueInput(at=0, kind=CueKind.POLL, ref="78"),
        CueInput(at=0, kind=CueKind.CHAPTER, text="开场"),
        CueInput(at=0, kind=CueKind.LINK, ref="https://example.cn/红", text="看更多"),
    ]
    assert pointers(cues) == []


def test_no_more_at_once_than_a_phone_has_room_for() -> None:
    assert pointers([product(1_000, 5_000)] * AT_ONCE_MAX) == []
    assert len(pointers([product(1_000, 5_000)] * (AT_ONCE_MAX + 1))) == 1
    assert pointers([product(n * 1_000, (n + 1) * 1_000) for n in range(50)]) == []
    chapters = [CueInput(at=n, kind=CueKind.CHAPTER, text="x", until=9_000) for n in range(9)]
    assert pointers(chapters) == []


def test_an_id_appears_once() -> None:
    cues = [CueInput(at=at, kind=CueKind.PRODUCT, ref="1", id=Id(7)) for at in (0, 20_000)]
    assert pointers(cues) == ["/cues"]


@pytest.mark.parametrize(
    "ref",
    [
        "javascript:alert(1)",
        "//evil.cn/a",
        "https://evil.cn@a.cn/",
        "https://",
        "/a\\b",
        "/a b",
        "data:text/html,x",
        "https://[bad",
        "/a\nb",
        "",
    ],
)
def test_what_only_looks_like_a_link_is_none(ref: str) -> None:
    assert not is_link(ref)


@given(st.lists(st.tuples(MOMENTS, st.integers(500, 9_000)), max_size=12), st.integers(1, 70_000))
def test_a_copy_fits_the_other_film(spans: list[tuple[int, int]], duration_ms: int) -> None:
    cues = [
        Cue(
            id=number,
            at=at,
            until=at + lasts,
            kind=CueKind.PRODUCT,
            ref="1",
            position=CuePosition.CENTER,
            text="",
        )
        for number, (at, lasts) in enumerate(spans)
    ]
    copied = fitted(cues, duration_ms)
    assert all(each.until is not None and each.until <= duration_ms for each in copied)
    assert all(each.id is None for each in copied)
    whole = [each for each in cues if each.until <= duration_ms]
    if duration_ms >= LASTS_MS_MIN:
        assert {each.at for each in whole} <= {each.at for each in copied}
    line = Timeline(video_id=1, version=1, cues=tuple(cues), pre_roll=None, post_roll=None)
    shown = line.within(duration_ms)
    assert {each.id for each in shown} == {each.id for each in cues if each.at < duration_ms}
    assert all(each.until <= duration_ms for each in shown)
