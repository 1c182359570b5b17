"""Rules of polls, for any words, moments and votes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.polls.interfaces import PollState, ResultsRule
from games.polls.rules import (
    closing_errors,
    opening_errors,
    percents,
    sees_counts,
    state_of,
    word_errors,
)

NOW = datetime(2026, 11, 11, tzinfo=UTC)
VOTES = st.lists(st.integers(0, 10**12), min_size=2, max_size=6)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(VOTES)
def test_percents_add_up_and_keep_the_order(votes: list[int]) -> None:
    found = percents(votes)
    assert sum(found) == (100 if any(votes) else 0)
    for count, percent in zip(votes, found, strict=True):
        assert abs(percent - (100 * count / sum(votes) if any(votes) else 0)) < 1
        for other, theirs in zip(votes, found, strict=True):
            assert count <= other or percent >= theirs


def test_of_equal_remainders_the_first_is_rounded_up() -> None:
    assert percents([1, 1, 1]) == [34, 33, 33]
    assert percents([0, 7]) == [0, 100]


@given(MOMENTS, MOMENTS, MOMENTS)
def test_it_opens_at_its_opening_and_is_over_at_its_closing(
    opens_at: datetime, closes_at: datetime, now: datetime
) -> None:
    state = state_of(opens_at, closes_at, now)
    assert (state is PollState.OPEN) == (opens_at <= now < closes_at)
    assert (state is PollState.CLOSED) == (now >= closes_at)


@pytest.mark.parametrize(
    ("rule", "state", "voted", "seen"),
    [
        (ResultsRule.ALWAYS, PollState.OPEN, False, True),
        (ResultsRule.AFTER_VOTE, PollState.OPEN, False, False),
        (ResultsRule.AFTER_VOTE, PollState.OPEN, True, True),
        (ResultsRule.AFTER_VOTE, PollState.CLOSED, False, True),
        (ResultsRule.AFTER_CLOSE, PollState.OPEN, True, False),
        (ResultsRule.AFTER_CLOSE, PollState.CLOSED, False, True),
    ],
)
def test_who_sees_the_counts(rule: ResultsRule, state: PollState, voted: bool, seen: bool) -> None:
    assert sees_counts(rule, state, voted=voted) is seen


@pytest.mark.parametrize(
    ("question", "options", "pointers"),
    [
        ("哪一碗？", ["牛肉面", "凉面"], []),
        (" \u200b", ["牛肉面", "凉面"], ["/question"]),
        ("哪一碗？", ["牛肉面", "\u200b"], ["/options/1"]),
        ("哪一碗？", ["Ａ面", "b", "a 面"], ["/options/2"]),
    ],
)
def test_words(question: str, options: list[str], pointers: list[str]) -> None:
    assert [each.pointer for each in word_errors(question, options)] == pointers


@given(MOMENTS, MOMENTS)
def test_windows_are_bounded(opens_at: datetime, closes_at: datetime) -> None:
    if opening_errors(opens_at, NOW):
        assert not NOW - timedelta(minutes=1) <= opens_at <= NOW + timedelta(days=366)
        return
    fine = closes_at > NOW and timedelta(0) < closes_at - opens_at <= timedelta(days=30)
    assert bool(closing_errors(opens_at, closes_at, NOW)) is not fine


def test_a_window_that_is_fine() -> None:
    assert opening_errors(NOW, NOW) == []
    assert closing_errors(NOW, NOW + timedelta(days=30), NOW) == []
    assert closing_errors(NOW, NOW + timedelta(days=30, milliseconds=1), NOW)
