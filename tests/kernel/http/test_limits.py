"""The general limit: so many a minute for each caller, told when to come back, bounded memory."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import TooMany
from app.kernel.http import limits
from app.kernel.http.limits import LocalLimiter, Windows

NOW = 1_800_000_000.0


def test_the_one_too_many_is_refused_and_told_how_long_to_wait() -> None:
    limiter = LocalLimiter(3)
    for _ in range(3):
        limiter.check("a1")
    with pytest.raises(TooMany) as refused:
        limiter.check("a1")
    assert 1 <= (refused.value.retry_after_seconds or 0) <= 61
    limiter.check("a2")


def test_a_new_window_begins_when_the_old_one_ended() -> None:
    limiter = LocalLimiter(1)
    with patch.object(limits.time, "time", lambda: NOW):
        limiter.check("a1")
        with pytest.raises(TooMany):
            limiter.check("a1")
    with patch.object(limits.time, "time", lambda: NOW + 60):
        limiter.check("a1")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=60))
def test_counts_like_a_naive_counter(hits: list[tuple[str, float]]) -> None:
    windows, now = Windows(), NOW
    naive: dict[str, tuple[float, int]] = {}
    for key, step in hits:
        now += step
        with patch.object(limits.time, "time", lambda at=now: at):
            counted = windows.incr(key, 60)
        end, count = naive.get(key, (0.0, 0))
        naive[key] = (end, count + 1) if now < end else (now + 60, 1)
        assert counted == naive[key][1]


def test_ended_windows_are_forgotten() -> None:
    windows = Windows()
    with patch.object(limits.time, "time", lambda: NOW):
        for number in range(50_000):
            windows.incr(f"old{number}", 60)
    with patch.object(limits.time, "time", lambda: NOW + 61):
        windows.incr("new", 60)
    assert windows.reset() == 1
