"""Tells who looks at a packet that nobody gets a share of it any more."""

from collections.abc import Iterable

from app.kernel.clock import Clock
from app.kernel.valkey.changes import Changes
from app.realtime.interfaces import PACKET_OVER
from games.claims.repository import Row
from games.claims.rules import is_sold_out, sizes_of
from games.claims.store import PacketStore
from games.packets.interfaces import PacketRecord


class PacketNews:
    """Hints, given by the worker after the commit: the grab itself has nothing to do with them."""

    def __init__(self, store: PacketStore, changes: Changes, clock: Clock) -> None:
        self._store = store
        self._changes = changes
        self._clock = clock

    async def settled(self, rows: Iterable[Row], records: dict[int, PacketRecord]) -> None:
        """Shares reached SQL. Whether the last share of a pool was the last of all is asked in the
        bucket, once for each of them."""
        for id_ in {row.packet_id for row in rows if _is_last(row, records[row.packet_id])}:
            record = records[id_]
            standing = await self._store.standing(id_, len(sizes_of(record)))
            now_ms = self._clock.now_seconds() * 1000
            if standing is None or standing.closed:
                continue
            if is_sold_out(record, standing.claims, standing.following, now_ms):
                await self._changes.append(PACKET_OVER, id_, b"sold_out")

    async def closed(self, packet_ids: Iterable[int]) -> None:
        """Packets were closed."""
        for packet_id in packet_ids:
            await self._changes.append(PACKET_OVER, packet_id, b"closed")


def _is_last(row: Row, record: PacketRecord) -> bool:
    sizes = sizes_of(record)
    return row.pool < len(sizes) and row.share + 1 == sizes[row.pool]
