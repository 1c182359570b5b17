"""Hashing, sealing and counting of codes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.identity.codes import rules
from app.identity.codes.rules import Bound

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
codes = st.integers(0, rules.CODES - 1).map(lambda number: f"{number:06d}")
keys = st.binary(min_size=32, max_size=32)
ids = st.integers(1, 2**63 - 1)
moments = st.integers(0, 90_000).map(lambda seconds: NOON - timedelta(seconds=seconds))
bounds = st.builds(
    lambda count, seconds: Bound(count, timedelta(seconds=seconds)),
    st.integers(1, 6),
    st.integers(1, 90_000),
)


def kept(events: list[datetime], each: Bound, now: datetime) -> bool:
    """Whether one more event at `now` keeps a bound, counted naively."""
    recent = [event for event in events if event > now - each.within]
    return len(recent) < each.count_max


class TestWaiting:
    @given(st.lists(moments, max_size=12), st.lists(bounds, max_size=3))
    def test_the_moment_is_the_first_that_keeps_every_bound(self, events, limits) -> None:
        moment = rules.wait_until(events, limits, NOON)

        assert moment >= NOON
        assert all(kept(events, each, moment) for each in limits)
        if moment > NOON:
            before = moment - timedelta(microseconds=1)
            assert not all(kept(events, each, before) for each in limits)


class TestHashing:
    @given(keys, ids, codes, codes)
    def test_only_the_code_itself_opens(self, key, id_, code, other) -> None:
        stored = rules.code_hash(key, "+8613812345678", id_, code)

        assert rules.opens([key], stored, "+8613812345678", id_, other) == (code == other)
        assert not rules.opens([key], stored, "+8613812345679", id_, code)
        assert not rules.opens([key], stored, "+8613812345678", id_ + 1, code)

    @given(keys, keys, ids, codes)
    def test_the_key_before_still_opens(self, old, new, id_, code) -> None:
        stored = rules.code_hash(old, "+8613812345678", id_, code)

        assert rules.opens([new, old], stored, "+8613812345678", id_, code)
        assert rules.opens([new], stored, "+8613812345678", id_, code) == (old == new)


class TestSealing:
    @given(keys, ids, codes)
    def test_a_sealed_code_comes_back(self, key, id_, code) -> None:
        sealed = rules.seal(key, id_, code)

        assert 0 <= sealed < rules.CODES
        assert rules.unseal(key, id_, sealed) == code

    def test_the_same_code_is_sealed_differently_each_time(self) -> None:
        sealed = {rules.seal(bytes(32), id_, "123456") for id_ in range(1, 200)}

        assert len(sealed) > 190


class TestAddresses:
    def test_a_line_is_counted_and_not_each_of_its_addresses(self) -> None:
        assert rules.address_group("2001:db8:1:2::1") == rules.address_group("2001:db8:1:2:ffff::9")
        assert rules.address_group("2001:db8:1:2::1") != rules.address_group("2001:db8:1:3::1")
        assert rules.address_group("::ffff:10.0.0.1") == rules.address_group("10.0.0.1")
        assert rules.address_group("10.0.0.1") != rules.address_group("10.0.0.2")
        assert len(rules.address_group("x" * 500)) <= 64
