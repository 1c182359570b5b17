"""How things move: shares of time in, shares of the way out."""

import math


def within(now: float, start: float, length: float) -> float:
    """The share of a span that has passed, from 0 to 1."""
    return min(1.0, max(0.0, (now - start) / length)) if length > 0 else float(now >= start)


def smooth(share: float) -> float:
    """Gently off and gently on; half of the way at half of the time (a cubic)."""
    return 4 * share**3 if share < 0.5 else 1 - (2 - 2 * share) ** 3 / 2


def arrive(share: float) -> float:
    """Fast at first, then it settles."""
    return 1 - (1 - share) ** 4


def spring(share: float) -> float:
    """A little beyond and back (Penner's back easing)."""
    return 1 + 2.4 * (share - 1) ** 3 + 1.4 * (share - 1) ** 2


def pulse(now: float, beat: float) -> float:
    """1 on every beat, gone by the middle of the next."""
    phase = (now / beat) % 1
    return math.exp(-5.5 * phase) if now >= 0 else 0.0
