"""The forms of packets as data, and what follows from them: who gets which share, and when.

A packet's money is cut into numbered shares before it opens, by its rules and a secret seed alone,
so the live state can be made again at any time. Shares lie in pools: a rain has one a wave, other
forms have one. All amounts are minor units; all times are milliseconds since 1970.
"""

import hashlib
import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

import msgspec

from app.kernel.errors import FieldError
from app.kernel.structs import Id, Input
from app.kernel.text import folded

COUNT_MAX = 1_000_000
"""Shares of one packet."""
SHARE_MINOR_MAX = 2_000_000_000
"""Fits 4 bytes, which is how the live state keeps it."""
TOTAL_MINOR_MAX = 10**13
"""Sums stay exact in a Lua number, which holds 53 bits."""
WAVES_MAX = 48
DAY_SECONDS = 86_400
LIFE_SECONDS_MAX = 30 * DAY_SECONDS
PHRASE_CHARS_MIN, PHRASE_CHARS_MAX = 2, 40
SEED_BYTES = 32

Count = Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX, examples=[100])]
ShareMinor = Annotated[int, msgspec.Meta(ge=1, le=SHARE_MINOR_MAX, examples=[88])]
TotalMinor = Annotated[int, msgspec.Meta(ge=1, le=TOTAL_MINOR_MAX, examples=[8_800])]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=DAY_SECONDS, examples=[60])]


class Equal(Input, tag_field="form", tag="equal"):
    """Every share is the same."""

    count: Count
    each_minor: ShareMinor


class Lucky(Input, tag_field="form", tag="lucky"):
    """Shares of random size between a minimum and a maximum that add up to the total."""

    count: Count
    total_minor: TotalMinor
    min_minor: ShareMinor = 1
    max_minor: ShareMinor | None = None
    """Default: whatever is left when everybody else gets the minimum."""


Split = Equal | Lucky


class Passphrase(Input, tag_field="form", tag="passphrase"):
    """口令: whoever says the phrase opens a share. Width, case and spaces do not matter."""

    phrase: Annotated[str, msgspec.Meta(min_length=1, max_length=80, examples=["新年快乐"])]
    split: Split
    guesses_max: Annotated[int, msgspec.Meta(ge=3, le=50)] = 10
    """Wrong phrases of one shopper before ten minutes' rest."""


class Wave(Input):
    """One fall of a rain."""

    after_seconds: Annotated[int, msgspec.Meta(ge=0, le=LIFE_SECONDS_MAX, examples=[0])]
    """After the packet opens."""
    lasts_seconds: Seconds
    split: Split


class Rain(Input, tag_field="form", tag="rain"):
    """红包雨: waves, each with money of its own; a shopper catches one share a wave."""

    waves: Annotated[list[Wave], msgspec.Meta(min_length=1, max_length=WAVES_MAX)]
    cap: Annotated[int, msgspec.Meta(ge=1, le=WAVES_MAX)] = WAVES_MAX
    """Shares of one shopper over all waves."""
    stagger_seconds: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    """Each shopper's wave begins up to so much later, by chance, so that they do not all come in
    the same second."""


class FollowToOpen(Input, tag_field="form", tag="follow"):
    """Whoever follows an account opens a share; following no longer takes nothing back."""

    account_id: Id
    split: Split


class PopUp(Input, tag_field="form", tag="popup"):
    """Shown to who enters the brand's page."""

    split: Split


class Attached(Input, tag_field="form", tag="attached"):
    """Carried by posts of the brand."""

    split: Split


Rules = Equal | Lucky | Passphrase | Rain | FollowToOpen | PopUp | Attached


class Window(NamedTuple):
    """When a pool's shares are to be had."""

    opens_ms: int
    closes_ms: int
    stagger_ms: int


def form_of(rules: Rules) -> str:
    """The name of the form, as in the API."""
    return str(rules.__struct_config__.tag)


def splits_of(rules: Rules) -> list[Split]:
    """How each pool is cut."""
    if isinstance(rules, Equal | Lucky):
        return [rules]
    if isinstance(rules, Rain):
        return [wave.split for wave in rules.waves]
    return [rules.split]


def total_of(rules: Rules) -> int:
    """What the packet takes to fund, in minor units."""
    return sum(split_total(split) for split in splits_of(rules))


def count_of(rules: Rules) -> int:
    """How many shares there are."""
    return sum(split.count for split in splits_of(rules))


def split_total(split: Split) -> int:
    """What one pool holds."""
    return split.count * split.each_minor if isinstance(split, Equal) else split.total_minor


def cap_of(rules: Rules) -> int:
    """How many shares one shopper may get."""
    return rules.cap if isinstance(rules, Rain) else 1


def windows_of(rules: Rules, opens_ms: int, closes_ms: int) -> list[Window]:
    """When each pool is open, within the packet's own window."""
    if not isinstance(rules, Rain):
        return [Window(opens_ms, closes_ms, 0)]
    windows: list[Window] = []
    for wave in rules.waves:
        begins_ms = opens_ms + wave.after_seconds * 1000
        ends_ms = min(begins_ms + wave.lasts_seconds * 1000, closes_ms)
        windows.append(Window(begins_ms, ends_ms, rules.stagger_seconds * 1000))
    return windows


def lasts_seconds(rules: Rules) -> int:
    """How long after its opening a packet must stay open at least."""
    if not isinstance(rules, Rain):
        return 1
    return max(wave.after_seconds + wave.lasts_seconds for wave in rules.waves)


def phrase_key(text: str) -> str:
    """The form in which two phrases are the same: width, case and spaces do not count."""
    return folded(text).replace(" ", "")


def problems(rules: Rules, pointer: str = "/rules") -> list[FieldError]:
    """What a brand has to mend before the money can be cut; by JSON pointer."""
    found: list[FieldError] = []
    if isinstance(rules, Equal | Lucky):
        return _split_problems(rules, pointer)
    if isinstance(rules, Rain):
        for place, wave in enumerate(rules.waves):
            found += _split_problems(wave.split, f"{pointer}/waves/{place}/split")
        found += _wave_problems(rules, pointer)
    else:
        found += _split_problems(rules.split, f"{pointer}/split")
    if isinstance(rules, Passphrase):
        length = len(phrase_key(rules.phrase))
        if not PHRASE_CHARS_MIN <= length <= PHRASE_CHARS_MAX:
            words = f"Between {PHRASE_CHARS_MIN} and {PHRASE_CHARS_MAX} characters, spaces aside"
            found.append(FieldError(f"{pointer}/phrase", words))
    return found


def _split_problems(split: Split, pointer: str) -> list[FieldError]:
    if isinstance(split, Equal):
        if split_total(split) > TOTAL_MINOR_MAX:
            return [FieldError(f"{pointer}/eachMinor", "The shares add up to too much")]
        return []
    if split.total_minor < split.count * split.min_minor:
        needed = split.count * split.min_minor
        words = f"{split.count} shares of at least {split.min_minor} take {needed}"
        return [FieldError(f"{pointer}/totalMinor", words)]
    if split.max_minor is not None and split.max_minor < split.min_minor:
        return [FieldError(f"{pointer}/maxMinor", "The maximum is below the minimum")]
    if split.total_minor > split.count * _max_of(split):
        words = f"{split.count} shares of at most {_max_of(split)} cannot hold the total"
        return [FieldError(f"{pointer}/maxMinor", words)]
    return []


def _wave_problems(rain: Rain, pointer: str) -> Iterator[FieldError]:
    ends = 0
    for place, wave in enumerate(rain.waves):
        if wave.after_seconds < ends:
            words = "Waves come one after the other; this one begins before the last has ended"
            yield FieldError(f"{pointer}/waves/{place}/afterSeconds", words)
        if wave.lasts_seconds <= rain.stagger_seconds:
            words = "A wave lasts longer than its beginning is staggered by"
            yield FieldError(f"{pointer}/waves/{place}/lastsSeconds", words)
        ends = wave.after_seconds + wave.lasts_seconds
    if ends > LIFE_SECONDS_MAX:
        yield FieldError(f"{pointer}/waves", "The last wave ends more than 30 days later")
    if count_of(rain) > COUNT_MAX:
        yield FieldError(f"{pointer}/waves", f"More than {COUNT_MAX} shares in all")
    if total_of(rain) > TOTAL_MINOR_MAX:
        yield FieldError(f"{pointer}/waves", "The waves add up to too much")


def _max_of(lucky: Lucky) -> int:
    left = lucky.total_minor - (lucky.count - 1) * lucky.min_minor
    return min(left if lucky.max_minor is None else lucky.max_minor, SHARE_MINOR_MAX)


def shares_of(rules: Rules, seed: bytes) -> list[Sequence[int]]:
    """The amounts of every pool's shares, in the order in which they are given. The same rules and
    seed give the same shares, on every machine."""
    return [_cut(split, seed, pool) for pool, split in enumerate(splits_of(rules))]


def _cut(split: Split, seed: bytes, pool: int) -> Sequence[int]:
    if isinstance(split, Equal):
        return array("I", [split.each_minor]) * split.count
    return lucky_shares(split, seed + pool.to_bytes(4, "big"))


def lucky_shares(split: Lucky, seed: bytes) -> Sequence[int]:
    """Random shares: the double-mean method (二倍均值法) that WeChat's packets made known, with
    bounds, then shuffled.

    Each share is drawn evenly between the minimum and twice the mean of what is left, within what
    the others' minimum and maximum leave possible; so it always works out, and few get very much.
    Draws depend on those before, so the shares are shuffled (Durstenfeld, CACM 1964): coming early
    or late is the same. Chance comes from SHAKE-256 (FIPS 202) over the seed: who has seen shares
    cannot tell the next ones.
    """
    count, low, high = split.count, split.min_minor, _max_of(split)
    chance = array("Q", hashlib.shake_256(seed).digest(16 * count))
    if sys.byteorder == "big":
        chance.byteswap()
    shares = array("I", bytes(4 * count))
    rest = split.total_minor
    for place in range(count):
        others = count - place - 1
        least = max(low, rest - others * high)
        most = min(high, rest - others * low, 2 * rest // (others + 1) - low)
        # a 64-bit number scaled to the span: uneven by less than one part in 2**32
        share = least + ((chance[place] * (most - least + 1)) >> 64)
        shares[place] = share
        rest -= share
    for place in range(count - 1, 0, -1):
        other = (chance[count + place] * (place + 1)) >> 64
        shares[place], shares[other] = shares[other], shares[place]
    return shares


def stagger_of(packet_id: int, pool: int, shopper_id: int, stagger_ms: int) -> int:
    """How many milliseconds later a wave begins for a shopper: the same however often asked, and
    another in the next wave."""
    if stagger_ms == 0:
        return 0
    mixed = hashlib.blake2b(f"{packet_id}:{pool}:{shopper_id}".encode(), digest_size=8).digest()
    return int.from_bytes(mixed, "big") % (stagger_ms + 1)
