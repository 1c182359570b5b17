"""What a coupon must be, how its stock is spread, and what codes look like."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.kernel.money import AmountOff, PercentOff, Sum
from app.kernel.structs import Currency
from campaigns.benefits import rules
from campaigns.benefits.rules import SHARDS, Terms, broken_promises, faults
from campaigns.benefits.schemas import COUNT_MAX, CouponState, HeldState

NOW = datetime(2026, 11, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def money(amount_minor: int, currency: str = "CNY") -> Sum:
    return Sum(amount_minor=amount_minor, currency=Currency(currency))


TERMS = Terms(
    title="减十元",
    discount=AmountOff(amount=money(1_000)),
    minimum=money(10_000),
    count=100,
    collect_from=NOW,
    collect_until=NOW + DAY,
    valid_until=NOW + 2 * DAY,
    valid_days=None,
)


class TestFaults:
    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"title": "\u200b"}, "/title"),
            ({"minimum": money(999)}, "/minimum/amountMinor"),
            ({"minimum": money(10_000, "USD")}, "/minimum/currency"),
            (
                {"discount": PercentOff(percent=20, cap=money(500, "USD"))},
                "/minimum/currency",
            ),
            ({"collect_from": NOW + 2 * DAY}, "/collectUntil"),
            ({"collect_until": NOW}, "/collectUntil"),
            ({"valid_until": NOW + DAY / 2}, "/validUntil"),
            ({"valid_until": None}, "/validUntil"),
            ({"valid_days": 7}, "/validUntil"),
            ({"valid_until": datetime.max.replace(tzinfo=UTC)}, "/validUntil"),
        ],
    )
    def test_each_is_named(self, change: dict[str, object], pointer: str) -> None:
        assert faults(TERMS, NOW) == []
        assert [each.pointer for each in faults(replace(TERMS, **change), NOW)] == [pointer]

    def test_far_away(self) -> None:
        far = replace(
            TERMS,
            collect_from=NOW + 367 * DAY,
            collect_until=NOW + 368 * DAY,
            valid_until=NOW + 369 * DAY,
        )
        assert [each.pointer for each in faults(far, NOW)] == ["/collectFrom"]

    def test_a_minimum_as_high_as_the_amount_is_a_gift(self) -> None:
        assert faults(replace(TERMS, minimum=money(1_000)), NOW) == []
        assert faults(replace(TERMS, minimum=None), NOW) == []


class TestPromises:
    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"discount": AmountOff(amount=money(999))}, "/discount"),
            ({"minimum": None}, "/minimum"),
            ({"collect_from": NOW - DAY}, "/collectFrom"),
            ({"count": 99}, "/count"),
            ({"collect_until": NOW + DAY / 2}, "/collectUntil"),
            ({"valid_until": NOW + DAY}, "/validUntil"),
        ],
    )
    def test_only_growth(self, change: dict[str, object], pointer: str) -> None:
        after = replace(TERMS, **change)
        assert [each.pointer for each in broken_promises(TERMS, after, closed=False)] == [pointer]

    def test_validity_keeps_its_sort(self) -> None:
        after = replace(TERMS, valid_until=None, valid_days=366)
        found = broken_promises(TERMS, after, closed=False)
        assert [each.pointer for each in found] == ["/validUntil", "/validDays"]

    def test_what_may_grow(self) -> None:
        after = replace(
            TERMS,
            title="别的",
            count=101,
            collect_until=NOW + 2 * DAY,
            valid_until=NOW + 3 * DAY,
        )
        assert broken_promises(TERMS, after, closed=False) == []
        found = broken_promises(TERMS, after, closed=True)
        assert [each.pointer for each in found] == ["/count", "/collectUntil"]


class TestStates:
    @pytest.mark.parametrize(
        ("seconds", "closed", "left", "state"),
        [
            (-1, False, 5, CouponState.UPCOMING),
            (0, False, 5, CouponState.OPEN),
            (0, False, 0, CouponState.SOLD_OUT),
            (0, True, 5, CouponState.OVER),
            (86_399, False, 5, CouponState.OPEN),
            (86_400, False, 5, CouponState.OVER),
        ],
    )
    def test_of_a_coupon(self, seconds: int, closed: bool, left: int, state: CouponState) -> None:
        now = NOW + timedelta(seconds=seconds)
        assert rules.state_of(now, NOW, NOW + DAY, closed=closed, left=left) is state

    def test_of_a_collected_one(self) -> None:
        expires = rules.expiry(NOW, None, 7)
        assert expires == NOW + 7 * DAY
        assert rules.expiry(NOW, NOW + DAY, None) == NOW + DAY
        before = expires - timedelta(microseconds=1)
        assert rules.held_state(before, expires, None) is HeldState.USABLE
        assert rules.held_state(expires, expires, None) is HeldState.EXPIRED
        assert rules.held_state(expires, expires, NOW) is HeldState.USED

    @given(count=st.integers(1, COUNT_MAX), data=st.data())
    def test_what_is_left_in_a_word(self, count: int, data: st.DataObject) -> None:
        left = data.draw(st.integers(0, count))
        word = rules.left_word(left, count)
        assert (word == "sold_out") == (left == 0)
        assert (word == "in_stock") == (left > count / 10)


class TestStock:
    @given(st.integers(0, COUNT_MAX))
    def test_nothing_is_lost_in_spreading(self, count: int) -> None:
        parts = rules.spread(count)
        assert (sum(parts), len(parts)) == (count, SHARDS)
        assert max(parts) - min(parts) <= 1

    def test_every_shard_is_somebodys_home(self) -> None:
        # ids of different milliseconds: their low bits are the same
        homes = [rules.home_of(number << 22) for number in range(1, 4_000)]
        assert set(homes) == set(range(SHARDS))
        assert max(homes.count(home) for home in range(SHARDS)) < 2 * len(homes) / SHARDS

    @given(st.integers(0, SHARDS - 1), st.sets(st.integers(0, SHARDS - 1)))
    def test_everybody_asks_all_from_home_on(self, home: int, numbers: set[int]) -> None:
        order = rules.around(home, sorted(numbers))
        assert set(order) == numbers
        assert [(each - home) % SHARDS for each in order] == sorted(
            (each - home) % SHARDS for each in numbers
        )


class TestCodes:
    def test_no_sign_is_mistaken_for_another(self) -> None:
        assert len(set(rules.ALPHABET)) == 32
        assert not set(rules.ALPHABET) & set("01IO")

    @given(st.binary(min_size=12, max_size=12), st.data())
    def test_however_it_is_typed(self, data: bytes, draw: st.DataObject) -> None:
        code = rules.code_from(data)
        assert len(code) == 12
        assert set(code) <= set(rules.ALPHABET)
        typed = draw.draw(st.sampled_from([code.lower(), f"{code[:4]}-{code[4:8]} {code[8:]} "]))
        assert rules.code_of(typed) == code

    @given(st.lists(st.integers(0, 255), min_size=1, max_size=4))
    def test_every_sign_is_as_likely(self, data: list[int]) -> None:
        """256 is a multiple of 32."""
        signs = [rules.code_from(bytes([byte])) for byte in range(256)]
        assert {signs.count(each) for each in rules.ALPHABET} == {8}
        assert rules.code_from(bytes(data)) == "".join(signs[byte] for byte in data)
