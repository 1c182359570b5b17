"""Cursors carry sort keys faithfully and cannot be forged, moved or bent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.http.cursors import Cursors

KEY = b"k" * 32
integers = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(integers, min_size=1, max_size=4))
def test_come_back_as_they_went(values: list[int]) -> None:
    cursors = Cursors([KEY])
    assert cursors.read("feed", cursors.make("feed", *values), len(values)) == tuple(values)


@given(st.lists(integers, min_size=2, max_size=2), st.integers(0), st.integers(0, 63))
def test_one_changed_character_is_noticed(values: list[int], at: int, shift: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cursors = Cursors([KEY])
    cursor = cursors.make("feed", *values)
    at %= len(cursor) - 1  # the last character may carry unused bits
    bent = (
        cursor[:at]
        + alphabet[(alphabet.index(cursor[at]) + 1 + shift % 62) % 64]
        + cursor[at + 1 :]
    )
    with pytest.raises(Invalid):
        cursors.read("feed", bent, 2)


@given(st.text(max_size=120))
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Cursors([KEY]).read("feed", text, 2)


def test_a_cursor_of_one_list_means_nothing_in_another() -> None:
    cursors = Cursors([KEY])
    with pytest.raises(Invalid):
        cursors.read("followers", cursors.make("feed", 1, 2), 2)


def test_old_keys_stay_readable_during_a_rotation() -> None:
    old = Cursors([KEY]).make("feed", 5)
    assert Cursors([b"n" * 32, KEY]).read("feed", old, 1) == (5,)
    with pytest.raises(Invalid):
        Cursors([b"n" * 32]).read("feed", old, 1)
