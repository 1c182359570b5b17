"""How packets stand, for lists."""

import asyncio
from collections.abc import Collection, Mapping

from app.kernel.valkey.errors import ValkeyUnavailable
from games.claims.store import PacketStore
from games.packets.interfaces import Standings


class LiveStandings(Standings):
    """Asks the buckets: all of them in one turn, one short command a packet."""

    def __init__(self, store: PacketStore) -> None:
        self._store = store

    async def sold_out(self, counts: Mapping[int, int]) -> Collection[int]:
        """See `Standings`."""
        try:
            found = await asyncio.gather(*(self._store.standing(id_) for id_ in counts))
        except ValkeyUnavailable:
            return ()  # a list without it is still a list
        pairs = zip(counts.items(), found, strict=True)
        return {id_ for (id_, count), known in pairs if known is not None and known.claims >= count}
