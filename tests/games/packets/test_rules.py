"""Money is cut exactly, within bounds, and so that neither coming early nor late pays."""

import statistics
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.structs import decode_json
from app.kernel.text import bare
from games.claims.rules import stagger_of
from games.packets.interfaces import (
    COUNT_MAX,
    SHARE_MINOR_MAX,
    TOTAL_MINOR_MAX,
    Draw,
    Equal,
    Fission,
    Lucky,
    Rain,
    Rules,
    Wave,
)
from games.packets.rules import (
    cap_of,
    count_of,
    drawn,
    form_of,
    lasts_seconds,
    lucky_shares,
    problems,
    shares_of,
    total_of,
    windows_of,
)

SEED = bytes(range(32))


@st.composite
def lucky(draw: st.DrawFn) -> Lucky:
    count = draw(st.integers(1, 200))
    low = draw(st.integers(1, 5_000))
    high = draw(st.integers(low, low * 50))
    total = draw(st.integers(count * low, count * high))
    bounded = draw(st.booleans()) or total - (count - 1) * low > SHARE_MINOR_MAX
    return Lucky(count=count, total_minor=total, min_minor=low, max_minor=high if bounded else None)


class TestLucky:
    @given(lucky(), st.binary(min_size=32, max_size=32))
    def test_the_sum_is_exact_and_every_share_within_bounds(self, rules: Lucky, seed: bytes):
        assert problems(rules) == []
        (shares,) = shares_of(rules, seed)
        assert len(shares) == rules.count
        assert sum(shares) == rules.total_minor == total_of(rules)
        assert min(shares) >= rules.min_minor
        assert rules.max_minor is None or max(shares) <= rules.max_minor

    @given(lucky(), st.binary(min_size=32, max_size=32))
    def test_the_seed_alone_decides(self, rules: Lucky, seed: bytes):
        assert shares_of(rules, seed) == shares_of(rules, seed)

    def test_the_cut_of_a_known_seed_never_changes(self):
        """Live state is made again from the seed: another release must cut the same."""
        rules = Lucky(count=8, total_minor=1_000, min_minor=10)
        assert list(shares_of(rules, SEED)[0]) == KNOWN

    def test_another_seed_cuts_differently(self):
        rules = Lucky(count=50, total_minor=10_000)
        assert shares_of(rules, SEED) != shares_of(rules, bytes(32))

    def test_no_place_is_better_than_another(self):
        """Neither in the mean nor in the spread, and the largest may be anywhere."""
        rules = Lucky(count=10, total_minor=1_000, min_minor=1)
        rounds = [lucky_shares(rules, number.to_bytes(32, "big")) for number in range(4_000)]
        places = list(zip(*rounds, strict=True))
        # the mean of a place varies by 57 / sqrt(4000), which is 0.9; five of that
        assert all(abs(statistics.fmean(place) - 100) < 4.5 for place in places)
        spreads = [statistics.pstdev(place) for place in places]
        assert max(spreads) < 1.15 * min(spreads)
        best = [list(shares).index(max(shares)) for shares in rounds]
        # each place expects 400 of 4000, give or take 19; five of that
        assert all(300 < best.count(place) < 500 for place in range(10))

    def test_luck_differs_as_the_double_mean_says(self):
        """Of two shares the first is anywhere between nothing and all, evenly."""
        rules = Lucky(count=2, total_minor=1_001, min_minor=1)
        firsts = [lucky_shares(rules, n.to_bytes(32, "big"))[0] for n in range(4_000)]
        quarters = [sum(low <= each < low + 250 for each in firsts) for low in (1, 251, 501, 751)]
        # 1000 each, give or take 27; five of that
        assert all(860 < quarter < 1_140 for quarter in quarters)

    @pytest.mark.parametrize(
        ("rules", "pointer"),
        [
            (Lucky(count=10, total_minor=9), "/rules/totalMinor"),
            (Lucky(count=10, total_minor=99, min_minor=10), "/rules/totalMinor"),
            (Lucky(count=10, total_minor=100, min_minor=1, max_minor=9), "/rules/maxMinor"),
            (Lucky(count=1, total_minor=9, min_minor=5, max_minor=4), "/rules/maxMinor"),
            (Lucky(count=1, total_minor=SHARE_MINOR_MAX + 1), "/rules/maxMinor"),
            (Equal(count=COUNT_MAX, each_minor=SHARE_MINOR_MAX), "/rules/eachMinor"),
        ],
    )
    def test_what_cannot_be_cut_is_named(self, rules: Rules, pointer: str):
        assert [each.pointer for each in problems(rules)] == [pointer]

    def test_the_tightest_bounds_still_cut(self):
        for total in (10, 15, 20):
            (shares,) = shares_of(Lucky(count=10, total_minor=total, max_minor=2), SEED)
            assert sum(shares) == total
            assert set(shares) <= {1, 2}


class TestEqual:
    def test_all_are_the_same(self):
        rules = Equal(count=3, each_minor=88)
        assert [list(pool) for pool in shares_of(rules, SEED)] == [[88, 88, 88]]
        assert (total_of(rules), count_of(rules), cap_of(rules)) == (264, 3, 1)

    def test_an_impossible_count_does_not_decode(self):
        for body in (
            {"form": "equal", "count": 0, "eachMinor": 1},
            {"form": "equal", "count": COUNT_MAX + 1, "eachMinor": 1},
            {"form": "equal", "count": 1, "eachMinor": 0},
            {"form": "equal", "count": 1, "eachMinor": -5},
            {"form": "equal", "count": 1.5, "eachMinor": 5},
            {"form": "equal", "count": "1", "eachMinor": 5},
            {"form": "equal", "count": 1, "eachMinor": 5, "extra": 1},
            {"form": "lucky", "count": 1, "totalMinor": TOTAL_MINOR_MAX + 1},
            {"form": "rain", "waves": []},
            {"form": "nothing"},
            {},
        ):
            with pytest.raises(msgspec.ValidationError):
                decode(body)


def decode(body: dict[str, Any]) -> Rules:
    return decode_json(msgspec.json.encode(body), Rules)  # pyright: ignore[reportArgumentType]


def rain(*waves: tuple[int, int], **more: int) -> Rain:
    made = [
        Wave(after_seconds=after, lasts_seconds=lasts, split=Equal(count=2, each_minor=5))
        for after, lasts in waves
    ]
    return Rain(waves=made, **more)


class TestRain:
    def test_each_wave_has_its_pool_and_window(self):
        rules = rain((0, 30), (600, 30), cap=1, stagger_seconds=5)
        assert problems(rules) == []
        assert [list(pool) for pool in shares_of(rules, SEED)] == [[5, 5], [5, 5]]
        windows = windows_of(rules, 1_000_000, 9_000_000)
        assert windows == [(1_000_000, 1_030_000, 5_000), (1_600_000, 1_630_000, 5_000)]
        assert (total_of(rules), count_of(rules), cap_of(rules)) == (20, 4, 1)
        assert lasts_seconds(rules) == 630

    def test_pools_of_one_rain_are_cut_independently(self):
        split = Lucky(count=20, total_minor=1_000)
        wave = Wave(after_seconds=0, lasts_seconds=10, split=split)
        later = Wave(after_seconds=20, lasts_seconds=10, split=split)
        first, second = shares_of(Rain(waves=[wave, later]), SEED)
        assert list(first) != list(second)

    @pytest.mark.parametrize(
        ("rules", "pointer"),
        [
            (rain((0, 30), (29, 30)), "/rules/waves/1/afterSeconds"),
            (rain((600, 30), (0, 30)), "/rules/waves/1/afterSeconds"),
            (rain((0, 5), stagger_seconds=5), "/rules/waves/0/lastsSeconds"),
            (rain((30 * 86_400, 1)), "/rules/waves"),
        ],
    )
    def test_waves_that_cannot_be_are_named(self, rules: Rain, pointer: str):
        assert [each.pointer for each in problems(rules)] == [pointer]

    def test_entry_is_spread_evenly_and_stays_the_same(self):
        delays = [stagger_of(7, 0, shopper, 4_999) for shopper in range(10_000)]
        assert delays == [stagger_of(7, 0, shopper, 4_999) for shopper in range(10_000)]
        assert delays != [stagger_of(7, 1, shopper, 4_999) for shopper in range(10_000)]
        seconds = [sum(n * 1000 <= d < n * 1000 + 1000 for d in delays) for n in range(5)]
        # 2000 each, give or take 40; five of that
        assert all(1_800 < each < 2_200 for each in seconds)
        assert stagger_of(7, 0, 1, 0) == 0


class TestPassphrase:
    def test_width_case_and_spaces_do_not_count(self):
        same = ("新年 Happy 2026", " 新年HAPPY２０２６ ", "新 年\u3000ｈａｐｐｙ 2026\n")
        assert len({bare(each) for each in same}) == 1
        assert bare("新年") != bare("新年年")

    def test_marks_that_nobody_sees_do_not_count(self):
        """They come along when a phrase is copied from a chat."""
        assert bare("\ufeff新年\u200b快\u2060乐\u200e") == bare("新年快乐")
        assert bare("\u2764\ufe0f双11") == bare("\u2764双11")
        assert bare("e\u200d\u0301") == bare("é")

    @pytest.mark.parametrize("phrase", [" ", "x", "　 ", "y" * 41, "\u0000", "\u200b\u200b"])
    def test_phrases_that_say_too_little_or_too_much_are_named(self, phrase: str):
        rules = decode(
            {
                "form": "passphrase",
                "phrase": phrase,
                "split": {"form": "equal", "count": 1, "eachMinor": 1},
            }
        )
        assert [each.pointer for each in problems(rules)] == ["/rules/phrase"]

    @given(st.text(max_size=40))
    @settings(max_examples=200)
    def test_saying_it_the_same_way_twice_is_the_same(self, text: str):
        assert bare(bare(text)) == bare(text)


class TestDraw:
    @given(st.integers(0, 300), st.integers(1, 50), st.binary(min_size=32, max_size=32))
    def test_winners_are_distinct_entries(self, entries: int, winners: int, seed: bytes):
        won = drawn(seed, entries, winners)
        assert len(won) == len(set(won)) == min(entries, winners)
        assert all(0 <= each < entries for each in won)
        assert won == drawn(seed, entries, winners)

    def test_every_entry_is_as_likely_for_every_prize(self):
        rounds = [drawn(number.to_bytes(32, "big"), 6, 2) for number in range(6_000)]
        for prize in (0, 1):
            counts = [sum(won[prize] == entry for won in rounds) for entry in range(6)]
            # 1000 each, give or take 29; five of that
            assert all(855 < count < 1_145 for count in counts)

    def test_too_many_winners_are_named(self):
        rules = Draw(split=Equal(count=5_001, each_minor=1))
        assert [each.pointer for each in problems(rules)] == ["/rules/split/count"]


def test_a_fission_sets_all_shares_of_its_links_aside():
    rules = Fission(links=2, base_minor=100, helpers=3, helper_minor=20, bonus_minor=50)
    pools = [list(pool) for pool in shares_of(rules, SEED)]
    assert pools == [[100] * 2, [20] * 6, [50] * 6]
    assert total_of(rules) == sum(map(sum, pools)) == 620
    large = Fission(links=100_000, base_minor=1, helpers=20, helper_minor=1, bonus_minor=1)
    assert [each.pointer for each in problems(large)] == ["/rules/links"]


def test_every_form_is_decoded_by_its_name():
    equal = {"form": "equal", "count": 1, "eachMinor": 1}
    bodies: list[dict[str, Any]] = [
        equal,
        {"form": "lucky", "count": 2, "totalMinor": 5},
        {"form": "passphrase", "phrase": "新年好", "split": equal},
        {"form": "rain", "waves": [{"afterSeconds": 0, "lastsSeconds": 5, "split": equal}]},
        {"form": "follow", "accountId": "17", "split": equal},
        {"form": "popup", "split": equal},
        {"form": "attached", "split": equal},
        {"form": "draw", "split": equal},
        {
            "form": "fission",
            "links": 2,
            "baseMinor": 5,
            "helpers": 3,
            "helperMinor": 1,
            "bonusMinor": 2,
        },
    ]
    assert [form_of(decode(body)) for body in bodies] == [body["form"] for body in bodies]
    assert all(problems(decode(body)) == [] for body in bodies)


KNOWN = [151, 112, 189, 130, 210, 34, 115, 59]
