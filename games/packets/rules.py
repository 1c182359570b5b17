"""What follows from the form of a packet: who gets which share, and when.

A packet's money is cut into numbered shares before it opens, by its rules and a secret seed alone,
so the live state can be made again at any time. Shares lie in pools: a rain has one a wave, other
forms have one. All amounts are minor units; all times are milliseconds since 1970.
"""

import hashlib
import sys
from array import array
from collections.abc import Iterator, Sequence

from app.kernel.errors import FieldError
from app.kernel.text import bare
from games.packets.interfaces import (
    COUNT_MAX,
    LIFE_SECONDS_MAX,
    SHARE_MINOR_MAX,
    TOTAL_MINOR_MAX,
    WATCHED_MS_MAX,
    Draw,
    Equal,
    Fission,
    Lucky,
    Passphrase,
    Rain,
    Rules,
    Split,
    Window,
)

PHRASE_CHARS_MIN, PHRASE_CHARS_MAX = 2, 40
SEED_BYTES = 32
WINNERS_MAX = 5_000
"""Of one draw: they are paid in one transaction."""


def form_of(rules: Rules) -> str:
    """The name of the form, as in the API."""
    return str(rules.__struct_config__.tag)


def splits_of(rules: Rules) -> list[Split]:
    """How each pool is cut."""
    if isinstance(rules, Equal | Lucky):
        return [rules]
    if isinstance(rules, Rain):
        return [wave.split for wave in rules.waves]
    if isinstance(rules, Fission):
        helps = rules.links * rules.helpers
        return [
            Equal(count=rules.links, each_minor=rules.base_minor),
            Equal(count=helps, each_minor=rules.helper_minor),
            Equal(count=helps, each_minor=rules.bonus_minor),
        ]
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
    if isinstance(rules, Fission):
        return [Window(opens_ms, closes_ms, 0)] * 3
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


def moment_after(before_ms: int, cue_ms: int, *, is_open: bool) -> int:
    """The moment of a film that a packet asks for, once its cue lies at `cue_ms`. Of an open one
    it only becomes earlier: who could open it still can."""
    moment = min(cue_ms, WATCHED_MS_MAX)
    return min(moment, before_ms) if is_open else moment


def problems(rules: Rules, pointer: str = "/rules") -> list[FieldError]:
    """What a brand has to mend before the money can be cut; by JSON pointer."""
    found: list[FieldError] = []
    if isinstance(rules, Equal | Lucky):
        return _split_problems(rules, pointer)
    if isinstance(rules, Rain):
        for place, wave in enumerate(rules.waves):
            found += _split_problems(wave.split, f"{pointer}/waves/{place}/split")
        found += _wave_problems(rules, pointer)
    elif isinstance(rules, Fission):
        if count_of(rules) > COUNT_MAX or total_of(rules) > TOTAL_MINOR_MAX:
            found.append(FieldError(f"{pointer}/links", "The links add up to too much"))
    else:
        found += _split_problems(rules.split, f"{pointer}/split")
    if isinstance(rules, Draw) and rules.split.count > WINNERS_MAX:
        found.append(FieldError(f"{pointer}/split/count", f"At most {WINNERS_MAX} winners"))
    if isinstance(rules, Passphrase):
        length = len(bare(rules.phrase))
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


def drawn(seed: bytes, entries: int, winners: int) -> list[int]:
    """Which of `entries` places win, in the order of the prizes: the first steps of a shuffle
    (Durstenfeld, CACM 1964) with chance from SHAKE-256 over the seed, so that whoever knows the
    seed afterwards can draw again."""
    winners = min(entries, winners)
    chance = array("Q", hashlib.shake_256(seed + b"draw").digest(8 * winners))
    if sys.byteorder == "big":
        chance.byteswap()
    moved: dict[int, int] = {}
    won: list[int] = []
    for place in range(winners):
        other = place + ((chance[place] * (entries - place)) >> 64)
        won.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return won


def commitment(seed: bytes) -> str:
    """What is shown of a seed before it is revealed: it cannot be another one afterwards."""
    return hashlib.sha256(seed).hexdigest()
