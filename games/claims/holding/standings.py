"""How packets stand, for lists."""

import asyncio
from collections.abc import Collection

from app.kernel.clock import Clock
from app.kernel.valkey.errors import ValkeyUnavailable
from games.claims.rules import is_sold_out, sizes_of
from games.claims.store import PacketStore
from games.packets.interfaces import PacketRecord, Standings


class LiveStandings(Standings):
    """Asks the buckets: all of them in one turn, one short command a packet."""

    def __init__(self, store: PacketStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def sold_out(self, packets: Collection[PacketRecord]) -> Collection[int]:
        """See `Standings`."""
        try:
            asked = (self._store.standing(each.id, len(sizes_of(each))) for each in packets)
            found = await asyncio.gather(*asked)
        except ValkeyUnavailable:
            return ()  # a list without it is still a list
        now_ms = self._clock.now_seconds() * 1000
        return {
            each.id
            for each, known in zip(packets, found, strict=True)
            if known is not None and is_sold_out(each, known.claims, known.following, now_ms)
        }
