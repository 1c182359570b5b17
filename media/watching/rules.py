"""What reports of a player add up to. Pure functions."""

from enum import IntFlag
from typing import Final

PARTS: Final = 120
"""Points of a retention curve."""
_HALF: Final = PARTS // 2
_MASK: Final = (1 << _HALF) - 1
STEP_MS_MAX: Final = 10_000
"""Players report every five seconds: a longer way between two reports was a seek."""

UNTOLD_MS_MAX: Final = 6_000
"""How long a player may be under way with its next report."""


class Mark(IntFlag):
    """What happened in a viewing."""

    IMPRESSION = 1
    PLAY = 2
    QUARTER = 4
    HALF = 8
    THREE_QUARTERS = 16
    COMPLETE = 32


class CueMark(IntFlag):
    """What became of a cue."""

    SHOWN = 1
    TAPPED = 2
    CART = 4
    COLLECTED = 8
    VOTED = 16


QUARTILES: Final = {
    25: Mark.QUARTER,
    50: Mark.HALF,
    75: Mark.THREE_QUARTERS,
    100: Mark.COMPLETE,
}


def parts_between(before: int, now: int, duration_ms: int) -> int:
    """The parts of a film, a bit each, that were shown between two reports; after a seek, or for a
    first report (`before` below zero), only the one that it is at."""
    here = _part(now, duration_ms)
    begin = here
    if before >= 0 and 0 <= now - before <= STEP_MS_MAX:
        begin = _part(before, duration_ms)
    return ((1 << (here - begin + 1)) - 1) << begin


def halves(parts: int) -> tuple[int, int]:
    """The 120 bits as two numbers that PostgreSQL holds."""
    return parts & _MASK, parts >> _HALF


def whole(low: int, high: int) -> int:
    """The inverse of `halves`."""
    return low | high << _HALF


def point_ms(part: int, duration_ms: int) -> int:
    """Where a part begins."""
    return part * duration_ms // PARTS


def earned_ms(claimed_ms: int, elapsed_ms: int) -> int:
    """Credit for the way between two reports of one viewing: no more than the player claims and no
    more than has passed here; nothing for going back, or for a clock that did."""
    return max(0, min(claimed_ms, elapsed_ms))


def reached_ms(credit_ms: int, silent_ms: int) -> int:
    """To where somebody could have watched whose player has told nothing for so long."""
    return credit_ms + max(0, min(silent_ms, UNTOLD_MS_MAX))


def _part(position: int, duration_ms: int) -> int:
    return min(PARTS - 1, max(0, position) * PARTS // max(1, duration_ms))
