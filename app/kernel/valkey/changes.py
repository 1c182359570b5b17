"""The log of changes that keeps copies inside processes honest.

Whoever changes a thing that processes keep copies of appends to the log, after the commit. Every
process asks for the log's head before it trusts a copy, once a turn of the event loop for all
requests together; while the head stands still that costs one shared GET and one comparison. When
it moved, the entries in between reach the listeners in order. When entries are missing, or the
cache was wiped (another epoch), every listener forgets all it holds.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

import structlog

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import bucket_key
from app.kernel.valkey.scripts import Script

log: structlog.stdlib.BoundLogger = structlog.get_logger("changes")

ENTRIES_MAX = 20_000
_CATCH_UP_MAX = 2_000
"""A process further behind forgets its copies instead of reading so many entries."""
_SYNC_SECONDS = 0.25
HEAD_KEY = bucket_key(0, "changes", "head")
"""For who reads the head together with keys of their own, see `Changes.knows`."""
_LOG_KEY = bucket_key(0, "changes", "log")
_APPEND = Script.load("app/kernel/valkey/lua/append_change.lua")


class Change(NamedTuple):
    """One entry: what kind of thing changed, its id, and what the kind wants to say about it."""

    kind: str
    id: int
    payload: bytes


class Listener(Protocol):
    """Holds copies. Both methods are plain functions and quick: requests wait for them."""

    def changed(self, change: Change) -> None:
        """Drop or refresh what the change touches. Sees every kind."""
        ...

    def reset(self) -> None:
        """Drop everything: it is not known what changed."""
        ...


class Changes:
    """The log, and this process's place in it."""

    def __init__(self, cache: Valkey) -> None:
        self._cache = cache
        self._listeners: list[Listener] = []
        self._head: bytes | None = b"unread"
        self._synced_at = float("-inf")
        self._catching_up = asyncio.Lock()

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every change from now on."""
        self._listeners.append(listener)

    async def append(self, kind: str, id_: int, payload: bytes = b"") -> None:
        """Tell every process. Raises `ValkeyUnavailable`; then the log is silent about it, and the
        caller's copies elsewhere live until they expire."""
        args = (kind, id_, payload, secrets.token_hex(8), ENTRIES_MAX)
        await self._cache.run(_APPEND, (HEAD_KEY, _LOG_KEY), args)

    async def sync(self) -> None:
        """Return once every change appended before this call has reached the listeners.

        Raises `ValkeyUnavailable`: what is held may then be out of date, see `stale_seconds`.
        """
        head: bytes | None = await self._cache.shared("GET", HEAD_KEY)
        if head is None or head != self._head:
            async with self._catching_up:
                await self._catch_up(head)
        self._synced_at = time.monotonic()

    def knows(self, head: bytes | None) -> bool:
        """Whether this head, read just now, is the one the listeners know; if not, `sync`."""
        if head is None or head != self._head:
            return False
        self._synced_at = time.monotonic()
        return True

    @property
    def stale_seconds(self) -> float:
        """For how long this process has not known whether its copies are right."""
        return time.monotonic() - self._synced_at

    @asynccontextmanager
    async def tailing(self) -> AsyncGenerator[None]:
        """Sync four times a second, for copies nobody asks about."""
        task = asyncio.create_task(self._sync_forever())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _sync_forever(self) -> None:
        while True:
            # away: whoever needs fresh copies finds out by `sync` or `stale_seconds`
            with contextlib.suppress(Exception):
                await self.sync()
            await asyncio.sleep(_SYNC_SECONDS)

    async def _catch_up(self, head: bytes | None) -> None:
        if head is None:
            head = await self._begin()
        epoch, last = _parse(head)
        known_epoch, known = _parse(self._head)
        if head == self._head or (epoch == known_epoch and last < known):
            return  # a reader before us has been here already
        missing = last - known
        if epoch is None or epoch != known_epoch or missing > _CATCH_UP_MAX:
            self._reset(head)
            return
        entries = await self._cache.call("XRANGE", _LOG_KEY, f"{known + 1}-0", f"{last}-0")
        if len(entries) != missing:
            self._reset(head)
            return
        for _, fields in entries:
            _, kind, _, id_, _, payload = fields
            self._tell(Change(kind.decode(), int(id_), payload))
        self._head = head

    async def _begin(self) -> bytes | None:
        """The head of a log that was missing. Without one, a log that was begun and wiped again
        between two looks would be as empty as before, and look like nothing happened."""
        head: bytes | None = await self._cache.call("GET", HEAD_KEY)
        if head is None:
            await self.append("begun", 0)
            head = await self._cache.call("GET", HEAD_KEY)
        return head

    def _tell(self, change: Change) -> None:
        for listener in self._listeners:
            try:
                listener.changed(change)
            except Exception:
                log.exception("listener_failed", kind=change.kind)
                listener.reset()

    def _reset(self, head: bytes | None) -> None:
        for listener in self._listeners:
            listener.reset()
        self._head = head


def _parse(head: bytes | None) -> tuple[bytes | None, int]:
    """The epoch and sequence of a head; no epoch where nothing was ever appended."""
    epoch, _, sequence = (head or b"").partition(b":")
    return (epoch, int(sequence)) if sequence else (None, 0)
