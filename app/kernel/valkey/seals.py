"""Seals: one key a viewer, by which a process knows that what it made for them is still good.

A script that gathers what a viewer sees also gives out the viewer's seal, and makes one where none
stands. Whatever changes what that viewer may see breaks the seal: it deletes the key, in the same
script. So a process that holds a ready answer asks for one key; while the very seal stands under
which the answer was made, nothing of it has changed. A new seal never equals an old one.
"""

import asyncio
import secrets
from collections.abc import Sequence
from functools import lru_cache, partial

from app.kernel.valkey.changes import HEAD_KEY, Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import bucket_key, key

SEAL_SECONDS = 1_800
"""A seal breaks by itself after this time: scripts that renew lives of keys run that often."""
_SEAL = "seal"
_BYTES = 8

Waiters = Sequence["asyncio.Future[bytes | None]"]


@lru_cache(maxsize=65_536)
def seal_key(viewer_id: int) -> str:
    """The seal's key, for scripts of the viewer's bucket."""
    return key(viewer_id, _SEAL, viewer_id)


def seal_prefix(bucket: int) -> str:
    """What a viewer's id is put after, for scripts about many viewers of a bucket."""
    return bucket_key(bucket, _SEAL, "")


def new_seal() -> bytes:
    """What a script makes a seal of, where none stands."""
    return secrets.token_bytes(_BYTES)


class Seals:
    """Looks at seals, and at the head of the log of changes with them: all looks of a turn of the
    event loop are one command (on a cluster one a slot), which is what makes a look cheap."""

    def __init__(self, cache: Valkey, changes: Changes) -> None:
        self._cache = cache
        self._changes = changes
        self._keys: list[str] = [HEAD_KEY]
        self._waiters: list[asyncio.Future[bytes | None]] = []
        self._syncing: set[asyncio.Task[None]] = set()

    async def stands(self, viewer_id: int, seal: bytes | None) -> bool:
        """Whether the viewer's seal is still this one. The listeners of the log know every change
        appended before this call. Raises ValkeyUnavailable: then nothing is known."""
        loop = asyncio.get_running_loop()
        if not self._waiters:
            loop.call_soon(self._leave)
        waiter: asyncio.Future[bytes | None] = loop.create_future()
        self._keys.append(seal_key(viewer_id))
        self._waiters.append(waiter)
        standing = await waiter
        return standing is not None and standing == seal

    def _leave(self) -> None:
        keys, self._keys = self._keys, [HEAD_KEY]
        waiters, self._waiters = self._waiters, []
        try:
            asked = asyncio.ensure_future(self._cache.mget(keys))
        except ValkeyUnavailable:
            _fail(waiters, ValkeyUnavailable())
            return
        asked.add_done_callback(partial(self._answered, waiters))

    def _answered(self, waiters: Waiters, asked: "asyncio.Future[list[bytes | None]]") -> None:
        error = ValkeyUnavailable() if asked.cancelled() else asked.exception()
        if error is not None:
            _fail(waiters, error)
            return
        head, *standing = asked.result()
        if self._changes.knows(head):
            _tell(waiters, standing)
            return
        task = asyncio.get_running_loop().create_task(self._sync(waiters, standing))
        self._syncing.add(task)
        task.add_done_callback(self._syncing.discard)

    async def _sync(self, waiters: Waiters, standing: Sequence[bytes | None]) -> None:
        try:
            await self._changes.sync()
        except BaseException as error:
            _fail(waiters, error)
            return
        _tell(waiters, standing)


def _tell(waiters: Waiters, standing: Sequence[bytes | None]) -> None:
    for waiter, seal in zip(waiters, standing, strict=True):
        if not waiter.done():
            waiter.set_result(seal)


def _fail(waiters: Waiters, error: BaseException) -> None:
    unavailable = isinstance(error, ValkeyUnavailable)
    for waiter in waiters:
        if not waiter.done():  # a traceback of its own for each
            waiter.set_exception(ValkeyUnavailable() if unavailable else error)
