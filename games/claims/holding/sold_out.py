"""Sold out, from memory: only to shoppers who certainly have no share.

Once a script has said that a pool is sold out, nothing is given from it any more. So the process
reads who has shares, once, and from then on answers everybody else by itself; whoever has one is
always asked about in the bucket. What is held counts for a second after it was last compared with
the bucket: a rebuilt or restored packet may have shares again.
"""

import asyncio
import time
from array import array
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass

from app.kernel.errors import AppError
from games.claims.store import PacketStore

_GOOD_SECONDS = 1.0
_COMPARE_SECONDS = 0.4
_OWNERS_MAX = 4_000_000
"""Over all pools that a process holds, at 8 bytes each."""


@dataclass(slots=True)
class _Pool:
    owners: "array[int]"
    """Who has a share, sorted."""
    only: bool
    """Whether the packet has no other pool."""
    stamp: tuple[bytes | None, bytes | None]
    compared_at: float


class SoldOut:
    """One process's memory of pools that are sold out."""

    def __init__(self, store: PacketStore) -> None:
        self._store = store
        self._pools: OrderedDict[tuple[int, int], _Pool] = OrderedDict()
        self._reading: dict[tuple[int, int], asyncio.Task[None]] = {}

    def to(self, packet_id: int, pool: int, shopper_id: int) -> bool:
        """Whether the pool is sold out and this shopper has certainly nothing of it."""
        held = self._pools.get((packet_id, pool))
        return held is not None and self._says(held, packet_id, pool, shopper_id)

    def only_pool_to(self, packet_id: int, shopper_id: int) -> bool:
        """The same of a packet that has one pool; False for any other."""
        held = self._pools.get((packet_id, 0))
        return held is not None and held.only and self._says(held, packet_id, 0, shopper_id)

    def _says(self, held: _Pool, packet_id: int, pool: int, shopper_id: int) -> bool:
        age = time.monotonic() - held.compared_at
        if age > _COMPARE_SECONDS:
            self.note(packet_id, pool, only=held.only)
            if age > _GOOD_SECONDS:
                return False
        at = bisect_left(held.owners, shopper_id)
        return at == len(held.owners) or held.owners[at] != shopper_id

    def note(self, packet_id: int, pool: int, *, only: bool) -> None:
        """A script said so: remember it, or see whether what is held still holds. `only`: the
        packet has no other pool."""
        at = packet_id, pool
        if at not in self._reading:
            task = self._reading[at] = asyncio.create_task(self._read(packet_id, pool, only))
            task.add_done_callback(lambda _: self._reading.pop(at, None))

    def forget(self, packet_id: int) -> None:
        """Somebody was given a share back."""
        for at in [each for each in self._pools if each[0] == packet_id]:
            del self._pools[at]

    async def _read(self, packet_id: int, pool: int, only: bool) -> None:
        at = packet_id, pool
        try:
            stamp, sold_out = await self._store.stamp(packet_id, pool)
            if not sold_out:
                self._pools.pop(at, None)
                return
            held = self._pools.get(at)
            if held is None or held.stamp != stamp:
                owners = await self._store.owners(packet_id, pool)
                again, sold_out = await self._store.stamp(packet_id, pool)
                if again != stamp or not sold_out:
                    return
                await asyncio.to_thread(owners.sort)
                held = self._pools[at] = _Pool(array("q", owners), only, stamp, 0.0)
                while sum(len(each.owners) for each in self._pools.values()) > _OWNERS_MAX:
                    self._pools.popitem(last=False)
            held.compared_at = time.monotonic()
        except AppError:
            self._pools.pop(at, None)
