"""Packing keeps the order; a merge says no more than its sources vouch for."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.ids import EPOCH
from feeds.timelines.reading.outboxes import PulledAuthors
from feeds.timelines.rules import (
    ENTRY_BYTES,
    TOP,
    Window,
    author_of,
    merge,
    pack_entry,
    pack_position,
    position_of,
    posts_of,
    published_at_of,
    published_ms,
    split,
    unpack_position,
    window_below,
)

ids = st.integers(1, 2**63 - 1)
moments = st.integers(0, 2**40 - 1).map(published_at_of)
facts = st.tuples(moments, ids, ids)
few = st.tuples(st.integers(0, 5), st.integers(1, 6)).map(
    lambda drawn: (published_at_of(drawn[0]), drawn[1], drawn[1] % 3 + 1)
)
"""Posts that often share a moment; each has one author."""


@given(facts)
def test_packing_loses_nothing(fact: tuple) -> None:
    at, post_id, author_id = fact
    entry = pack_entry(at, post_id, author_id)
    assert len(entry) == ENTRY_BYTES
    assert (posts_of([entry]), author_of(entry)) == ((post_id,), author_id)
    ms, same = unpack_position(position_of(entry))
    assert (published_at_of(ms), same) == (at, post_id)
    assert pack_position(ms, same) == position_of(entry) < TOP


@given(facts, facts)
def test_bytes_order_as_time_and_id_do(one: tuple, other: tuple) -> None:
    assert (pack_entry(*one) < pack_entry(*other)) == (one < other)


def test_a_moment_is_kept_to_the_millisecond() -> None:
    assert published_ms(EPOCH + timedelta(milliseconds=1, microseconds=999)) == 1


@given(st.lists(facts.map(lambda f: pack_entry(*f))))
def test_joined_entries_come_apart(entries: list[bytes]) -> None:
    assert split(b"".join(entries)) == entries


sources = st.lists(
    st.tuples(st.lists(few.map(lambda f: pack_entry(*f)), max_size=12), st.integers(0, 12)),
    min_size=1,
    max_size=4,
)


@given(sources, few.map(lambda f: position_of(pack_entry(*f))), st.integers(1, 5))
def test_merging_equals_sorting_down_to_the_reach(
    drawn: list[tuple[list[bytes], int]], below: bytes, count: int
) -> None:
    """Each source knows its newest few; all of them together are the truth."""
    everything = sorted({entry for all_of, _ in drawn for entry in all_of}, reverse=True)
    windows: list[Window] = []
    for all_of, kept in drawn:
        entries = sorted(set(all_of), reverse=True)
        complete = len(entries) <= kept
        windows.append(window_below(entries[:kept], complete, below, count))
    merged = merge(windows)
    truth = [entry for entry in everything if position_of(entry) < below]
    if merged.reach is not None:
        assert merged.reach <= below
        truth = [entry for entry in truth if position_of(entry) >= merged.reach]
    assert list(merged.entries) == truth


@given(st.lists(few.map(lambda f: pack_entry(*f)), max_size=12), st.integers(1, 5))
def test_windows_of_a_whole_source_are_its_pages(all_of: list[bytes], count: int) -> None:
    entries = sorted(set(all_of), reverse=True)
    found: list[bytes] = []
    below: bytes | None = TOP
    while below is not None:
        window = window_below(entries, True, below, count)
        found += window.entries
        below = window.reach
    assert found == entries


@given(st.sets(ids, max_size=8), ids)
def test_another_set_of_pulled_authors_has_another_generation(held: set[int], new: int) -> None:
    before = PulledAuthors.of(frozenset(held))
    assert before.generation == PulledAuthors.of(frozenset(sorted(held))).generation
    if new not in held:
        assert PulledAuthors.of(frozenset(held | {new})).generation != before.generation
