"""Rate limits, counted by the `limits` library.

Per process and in memory: exact enough for a general bound, and without I/O on the hot lane. What
must be exact across processes, such as attempts to sign in, is counted in SQL.
"""

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage

from app.kernel.errors import TooMany

_CALLERS_SWEPT_FROM = 50_000

Key = str | int


class LocalLimiter:
    """So many requests a minute for each caller, in this process. The library's strategies build
    a key of text for every hit; here the caller is the key."""

    def __init__(self, per_minute: int) -> None:
        item: RateLimitItem = RateLimitItemPerMinute(per_minute)
        self._amount, self._window_seconds = item.amount, item.get_expiry()
        self._windows = Windows()

    def check(self, caller: Key) -> None:
        """Count one request of an actor, or of an address that is nobody yet.

        Raises TooMany with Retry-After."""
        if self._windows.hit(caller, self._window_seconds) > self._amount:
            wait = max(1, int(self._windows.get_expiry(caller) - time.time()) + 1)
            raise too_many(wait, self._amount)

    def check_left(self, caller: str) -> None:
        """Count nothing, and raise TooMany where the next one would be one too many: for what is
        counted only once it failed."""
        if self._windows.get(caller) >= self._amount:
            wait = max(1, int(self._windows.get_expiry(caller) - time.time()) + 1)
            raise too_many(wait, self._amount)


class Windows(Storage):
    """Fixed windows in a dict, for one thread. The library's own memory storage takes a lock and
    starts timer threads, which cost a hot request more than all the rest of the perimeter."""

    STORAGE_SCHEME = ["windows"]

    def __init__(self) -> None:
        super().__init__()
        self._windows: dict[Key, list[float]] = {}
        """Key → [count, end in seconds since 1970]."""
        self._sweep_at = _CALLERS_SWEPT_FROM

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing can fail here."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """See `hit`. The library wraps this method to translate errors, which there are none of."""
        return self.hit(key, expiry, amount)

    def hit(self, key: Key, expiry: int, amount: int = 1) -> int:
        """Count `amount` in the present window, which begins with the first hit."""
        now = time.time()
        window = self._windows.get(key)
        if window is None or window[1] <= now:
            if len(self._windows) >= self._sweep_at:
                self._sweep(now)
            window = self._windows[key] = [0, now + expiry]
        window[0] = count = window[0] + amount
        return count  # pyright: ignore[reportReturnType]

    def get(self, key: str) -> int:
        """The count of the present window."""
        window = self._windows.get(key)
        return int(window[0]) if window is not None and window[1] > time.time() else 0

    def get_expiry(self, key: Key) -> float:
        """When the present window ends, in seconds since 1970."""
        window = self._windows.get(key)
        return window[1] if window is not None else time.time()

    def check(self) -> bool:
        """Always there."""
        return True

    def reset(self) -> int | None:
        """Forget everything. Returns how many windows that was."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one window."""
        self._windows.pop(key, None)

    def _sweep(self, now: float) -> None:
        """Forget what has ended; where all is alive, look again at twice the size."""
        self._windows = {key: each for key, each in self._windows.items() if each[1] > now}
        self._sweep_at = max(_CALLERS_SWEPT_FROM, 2 * len(self._windows))


def too_many(wait_seconds: int, limit: int) -> TooMany:
    """429 with Retry-After and the RateLimit header of the IETF draft."""
    return TooMany(
        f"Please wait {wait_seconds} seconds",
        retry_after_seconds=wait_seconds,
        headers={"ratelimit": f'"default";r=0;t={wait_seconds}', "ratelimit-limit": str(limit)},
    )
