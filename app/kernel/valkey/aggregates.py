"""Live state of aggregates that come from SQL when first needed and leave when idle.

The state is one hash, so that it changes, expires and is missing as a whole. Its fields `epoch`
(equal to the bucket's when loaded), `closed` and `last` (entry id of the last decision) are known
here; the rest belongs to the slice and its scripts, which

- answer NOT_LOADED when `epoch` is not the bucket's: missing is not empty;
- after the append change the hash in one command, which sets `last`, then PERSIST it; should that
  fail, they delete `epoch`: the append counts, so the state is loaded again once SQL holds it;
- load only for who holds the building token, and set `epoch` last.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from functools import lru_cache

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import Decision, cut, epoch_key, raise_epoch, stream_key
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import BUCKETS, bucket_of, key
from app.kernel.valkey.scripts import Script

IDLE_SECONDS = 3_600
"""How long settled state stays after the last decision."""
LOADS_MAX = 100
"""How often a decision may find its aggregate missing before the caller gets 503."""
_BUILDING_SECONDS = 10
_POLL_SECONDS = 0.02
_SETTLING_SECONDS = 2.0

_CLOSE = Script.load("app/kernel/valkey/lua/close_aggregate.lua")
_RELEASE = Script.load("app/kernel/valkey/lua/release_aggregate.lua")


class Aggregates:
    """All aggregates of one name: where they live, and how they come and go."""

    def __init__(self, live: Valkey, name: str) -> None:
        self._live = live
        self._name = name
        self._loading: dict[int, asyncio.Task[None]] = {}

    def state_key(self, id_: int) -> str:
        """The hash."""
        return _state_key(self._name, id_)

    def loading_keys(self, id_: int) -> tuple[str, str, str]:
        """KEYS of a script that loads: state, building token, epoch."""
        return self.state_key(id_), self._token_key(id_), epoch_key(bucket_of(id_))

    async def load(self, id_: int, build: Callable[[str], Awaitable[None]]) -> None:
        """Have `build(token)` load the state, once for all who wait in this process; when another
        process is at it, wait a moment. Then the decision is worth another try.

        Raises `ValkeyUnavailable` when decisions of a state that broke do not reach SQL in time.
        """
        task = self._loading.get(id_)
        if task is None:
            task = self._loading[id_] = asyncio.create_task(self._load(id_, build))
            task.add_done_callback(lambda _: self._loading.pop(id_, None))
        await asyncio.shield(task)

    async def _load(self, id_: int, build: Callable[[str], Awaitable[None]]) -> None:
        token = secrets.token_hex(8)
        won = await self._live.call(
            "SET", self._token_key(id_), token, "NX", "EX", _BUILDING_SECONDS
        )
        if not won:
            await asyncio.sleep(_POLL_SECONDS)
            return
        try:
            # asked with the token in hand: from here on nobody else loads it
            exists, loaded, epoch = await asyncio.gather(
                self._live.call("EXISTS", self.state_key(id_)),
                self._live.call("HGET", self.state_key(id_), "epoch"),
                self._live.call("GET", epoch_key(bucket_of(id_))),
            )
            if loaded is not None and loaded == epoch:
                # by another process, since the caller asked; SQL may lack what was decided since
                await self._live.call("DEL", self._token_key(id_))
                return
            if exists:
                # of an older epoch, or broken: what was decided with it may not be in SQL yet
                await wait_settled(self._live, bucket_of(id_))
            await build(token)
        except BaseException:
            await self._live.call("DEL", self._token_key(id_))
            raise

    async def close(self, id_: int) -> None:
        """No more decisions, after SQL says so."""
        await self._live.run(_CLOSE, (self.state_key(id_), self._token_key(id_)))

    async def release(self, id_: int, decision: Decision) -> None:
        """`decision` is in SQL: when it was the last one, the state may expire."""
        args = (decision.entry_id, IDLE_SECONDS)
        await self._live.run(_RELEASE, (self.state_key(id_),), args)

    def _token_key(self, id_: int) -> str:
        return key(id_, self._name, id_, "building")


@lru_cache(maxsize=65_536)
def _state_key(name: str, id_: int) -> str:
    return key(id_, name, id_)


async def wait_settled(
    live: Valkey, bucket: int, *, within_seconds: float = _SETTLING_SECONDS
) -> None:
    """Return when everything decided in a bucket before this call is in SQL.

    Raises `ValkeyUnavailable` when that takes too long.
    """
    mark = await cut(live, bucket)
    deadline = asyncio.get_running_loop().time() + within_seconds
    while True:
        first = await live.call("XRANGE", stream_key(bucket), "-", "+", "COUNT", 1)
        if not first:
            return
        epoch, _, sequence = first[0][0].partition(b"-")
        if (int(epoch), int(sequence)) > (mark.last_epoch, mark.sequence):
            return
        if asyncio.get_running_loop().time() >= deadline:
            raise ValkeyUnavailable("Earlier decisions are still being written")
        await asyncio.sleep(_POLL_SECONDS)


async def forget_all(live: Valkey) -> int:
    """Begin a new epoch everywhere: what is loaded counts as missing. Returns how many buckets."""
    for bucket in range(BUCKETS):
        await raise_epoch(live, bucket)
    return BUCKETS


def order_of(entry: bytes | None) -> int | None:
    """`Decision.order` of an entry's id; None for none."""
    if not entry:
        return None
    epoch, _, sequence = entry.partition(b"-")
    return int(epoch) << 32 | int(sequence)
