"""Rate limits, counted by the `limits` library.

Per process in memory for the general bound (exact enough, and no I/O on the hot lane), and in the
cache Valkey for what must be counted across processes, such as sign-in.
"""

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.kernel.errors import TooMany


class LocalLimiter:
    """So many requests a minute for each caller, in this process."""

    def __init__(self, per_minute: int) -> None:
        self._item: RateLimitItem = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def check(self, caller: str) -> None:
        """Count one request. Raises TooMany with Retry-After."""
        if self._limiter.hit(self._item, caller):
            return
        stats = self._limiter.get_window_stats(self._item, caller)
        wait = max(1, int(stats.reset_time - time.time()) + 1)
        raise too_many(wait, self._item.amount)


def too_many(wait_seconds: int, limit: int) -> TooMany:
    """429 with Retry-After and the RateLimit header of the IETF draft."""
    return TooMany(
        f"Please wait {wait_seconds} seconds",
        retry_after_seconds=wait_seconds,
        headers={"ratelimit": f'"default";r=0;t={wait_seconds}', "ratelimit-limit": str(limit)},
    )
