"""Arrivals that keep their time: the open model.

Whoever waits for an answer before asking the next question comes later the slower the server is,
and so hides how slow it is ("coordinated omission"). A crowd does not wait for itself: here each
act begins at its moment, whether or not earlier ones have ended, and is told that moment, from
which its latency counts. A generator that is late makes the figures worse, never better.
"""

# gevent ships with types that are not complete.
# pyright: reportUnknownMemberType=false

import random
import time
from collections.abc import Callable, Iterable

import gevent
from gevent.pool import Group

Act = Callable[[float], None]
"""Gets the moment it was due at, in seconds of `time.perf_counter`."""


class Arrivals:
    """Begins acts at their moments, each in a greenlet of its own."""

    def __init__(self) -> None:
        self._under_way = Group()

    def fire(self, plan: Iterable[tuple[float, Act]]) -> None:
        """Begin each act at its moment, or at once if that is over. Returns when all have begun."""
        for due, act in sorted(plan, key=lambda each: each[0]):
            gevent.sleep(max(0.0, due - time.perf_counter()))
            self._under_way.spawn(act, due)

    def join(self, seconds: float) -> None:
        """Wait for what has begun, so long at most."""
        self._under_way.join(timeout=seconds)


def rush(count: int, seconds: float, chance: random.Random) -> list[float]:
    """Seconds after a beginning at which so many come: most at once, the last within `seconds`."""
    return sorted(min(chance.expovariate(5.0 / seconds), seconds) for _ in range(count))
