"""Time as the servers see it: PostgreSQL's clock, followed by every process.

A phone or a web machine may be minutes off; what opens and closes must not. The offset is
measured like NTP does, by half the round trip, and the best of several samples wins.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """`now()` is local time plus the measured offset; tests shift it with `shift`."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0
        self._shift_seconds = 0.0

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.fromtimestamp(self.now_seconds(), UTC)

    def now_seconds(self) -> float:
        """Seconds since 1970, in step with the servers."""
        return time.time() + self._offset_seconds + self._shift_seconds

    def shift(self, by: timedelta) -> None:
        """Move this clock; for tests."""
        self._shift_seconds += by.total_seconds()

    @property
    def offset_seconds(self) -> float:
        """How far the local clock is behind the servers'."""
        return self._offset_seconds

    async def follow(self, server_seconds: Callable[[], Awaitable[float]]) -> float:
        """Measure the offset to a server's clock and adopt it. Returns it, in seconds."""
        best_trip, best_offset = float("inf"), 0.0
        for _ in range(5):
            sent = time.time()
            theirs = await server_seconds()
            trip = time.time() - sent
            if 0 <= trip < best_trip:
                best_trip, best_offset = trip, theirs - (sent + trip / 2)
        self._offset_seconds = best_offset
        return best_offset
