"""What was decided becomes rows and transfers, in one transaction a batch, each exactly once."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence

import structlog

from app.kernel.database import Database, Transaction
from app.kernel.valkey.decisions import Decision
from app.kernel.valkey.keys import bucket_of
from app.kernel.valkey.settle import Conflict
from campaigns.ledger.interfaces import Ledger, Transfer, budget, escrow, loss, wallet
from games.claims.repository import ClaimRepository, Row, Sums, owner_of, place_of
from games.claims.store import PacketStore
from games.packets.interfaces import KIND, CloseReason, Closing, PacketRecord, Packets, PacketStatus

log: structlog.stdlib.BoundLogger = structlog.get_logger("packets")

CLAIM, CLOSE = "packet.claim", "packet.close"


class ClaimSettler:
    """Writes claims and closings. Handlers may see a decision twice, and in any order."""

    def __init__(
        self,
        database: Database,
        store: PacketStore,
        repository: ClaimRepository,
        packets: Packets,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._store = store
        self._repository = repository
        self._packets = packets
        self._ledger = ledger

    async def settle_claims(self, tx: Transaction, decisions: list[Decision]) -> list[Conflict]:
        """Each new claim is a row and a transfer from the packet's escrow to the shopper's wallet.

        A claim that contradicts a row is a conflict, except across a loss of live state: a share
        that was acknowledged to two is paid to both, the second time by the platform.
        """
        records = await self._records(tx, {int(each.fields["packet"]) for each in decisions})
        conflicts: list[Conflict] = []
        wanted: dict[tuple[int, int], tuple[Row, Decision]] = {}
        for decision in decisions:
            row = _row(decision)
            if row.packet_id not in records or bucket_of(row.packet_id) != decision.bucket:
                conflicts.append(Conflict(decision, "there is no such packet in this bucket"))
            else:
                wanted[row.packet_id, row.order] = row, decision
        new = await self._repository.insert(tx.session, [row for row, _ in wanted.values()])
        written = [row for at, (row, _) in wanted.items() if at in new]
        refused = [each for at, each in wanted.items() if at not in new]
        if refused:
            lost, found = await self._judge(tx, refused)
            written += lost
            conflicts += found
        await self._repository.add_up(tx.session, _sums(written))
        transfers = [_paid(row, records[row.packet_id]) for row in sorted(written)]
        transfers += await self._finish(tx, {row.packet_id for row in written})
        if transfers:
            await self._ledger.post(tx, transfers)
        tx.after_commit(lambda: self._release(decisions))
        return conflicts

    async def settle_closings(self, tx: Transaction, decisions: list[Decision]) -> None:
        """Note how packets ended. The rest returns with this or with the last claim that the
        closing counted, whichever comes later."""
        closings = sorted((_closing(each) for each in decisions), key=lambda c: c.packet_id)
        for closing in closings:
            await self._packets.close(tx, closing)
        transfers = await self._finish(tx, {closing.packet_id for closing in closings})
        if transfers:
            await self._ledger.post(tx, transfers)
        tx.after_commit(lambda: self._release(decisions))

    async def finish(self, packet_id: int) -> bool:
        """Close a packet's books if SQL holds all that its closing counted. True when they are."""
        async with self._database.transaction() as tx:
            transfers = await self._finish(tx, {packet_id})
            if transfers:
                await self._ledger.post(tx, transfers)
            record = await self._packets.record(tx.session, packet_id)
        return record is not None and record.returned_minor is not None

    async def _finish(self, tx: Transaction, packet_ids: Iterable[int]) -> list[Transfer]:
        """What goes back to budgets: once, when SQL holds exactly what the closing said."""
        transfers: list[Transfer] = []
        for packet_id in sorted(packet_ids):
            record = await self._packets.record(tx.session, packet_id)
            if record is None or record.status is not PacketStatus.CLOSED:
                continue
            record = await self._packets.record(tx.session, packet_id, lock=True)
            if record is None or record.status is not PacketStatus.CLOSED:
                continue
            sums = (await self._repository.sums(tx.session, [packet_id])).get(packet_id, Sums())
            if (sums.claims, sums.granted_minor) != (record.closed_claims, record.closed_minor):
                continue
            rest = record.total_minor - sums.granted_minor
            await self._packets.settle(tx, packet_id, rest)
            if rest > 0:
                transfers.append(_returned(record, rest))
        return transfers

    async def _judge(
        self, tx: Transaction, refused: Sequence[tuple[Row, Decision]]
    ) -> tuple[list[Row], list[Conflict]]:
        """Rows that SQL did not take: replays are fine, a share lost and given again is paid by
        the platform, the rest are conflicts. Returns the lost ones, written now."""
        owners, places = await self._repository.contradicting(
            tx.session, [row for row, _ in refused]
        )
        lost: list[Row] = []
        conflicts: list[Conflict] = []
        for row, decision in refused:
            mine, theirs = owners.get(owner_of(row)), places.get(place_of(row))
            if mine is not None and mine.order == row.order:
                continue  # a replay
            if mine is not None:
                if _same_share(mine, row) and _epoch(mine.order) != _epoch(row.order):
                    continue  # restored, and what it was restored from arrived as well
                conflicts.append(Conflict(decision, f"the shopper has share {mine.share} already"))
            elif theirs is not None and _epoch(theirs.order) != _epoch(row.order):
                lost.append(row._replace(lost=True))
            else:
                conflicts.append(Conflict(decision, "the share is somebody else's"))
        if lost:
            new = await self._repository.insert(tx.session, lost)
            lost = [row for row in lost if (row.packet_id, row.order) in new]
            log.error("shares_paid_twice", decisions=[row.order for row in lost])
        return lost, conflicts

    async def _records(self, tx: Transaction, ids: Iterable[int]) -> dict[int, PacketRecord]:
        found = [await self._packets.record(tx.session, id_) for id_ in sorted(ids)]
        return {record.id: record for record in found if record is not None}

    async def _release(self, decisions: Sequence[Decision]) -> None:
        last: dict[int, Decision] = {}
        for each in decisions:
            packet_id = int(each.fields["packet"])
            if packet_id not in last or last[packet_id].order < each.order:
                last[packet_id] = each
        packets = self._store.packets
        await asyncio.gather(*(packets.release(id_, each) for id_, each in last.items()))


def _row(decision: Decision) -> Row:
    field = decision.fields
    return Row(
        packet_id=int(field["packet"]),
        order=decision.order,
        pool=int(field["pool"]),
        share=int(field["share"]),
        shopper_id=int(field["shopper"]),
        amount_minor=int(field["amount"]),
        lost=field.get("lost") == b"1",
        claimed_at=decision.decided_at,
    )


def _closing(decision: Decision) -> Closing:
    field = decision.fields
    return Closing(
        packet_id=int(field["packet"]),
        order=decision.order,
        closed_at=decision.decided_at,
        claims=int(field["claims"]),
        granted_minor=int(field["granted"]),
        reason=CloseReason(int(field["reason"])),
    )


def _sums(rows: Sequence[Row]) -> dict[int, Sums]:
    by_packet: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_packet[row.packet_id].append(row)
    sums: dict[int, Sums] = {}
    for packet_id, own in by_packet.items():
        lost = [row.amount_minor for row in own if row.lost]
        given = [row.amount_minor for row in own if not row.lost]
        best = max(own, key=lambda row: (row.amount_minor, -row.order))
        sums[packet_id] = Sums(
            len(given),
            sum(given),
            len(lost),
            sum(lost),
            best.amount_minor,
            best.shopper_id,
            best.order,
        )
    return sums


def _paid(row: Row, record: PacketRecord) -> Transfer:
    what = "loss" if row.lost else "claim"
    return Transfer(
        key=f"{KIND}:{row.packet_id}:claim:{row.order}",
        kind=f"{KIND}.{what}",
        source=loss(record.currency) if row.lost else escrow(record.id, record.currency),
        target=wallet(row.shopper_id, record.currency),
        amount_minor=row.amount_minor,
        drop_id=record.id,
    )


def _returned(record: PacketRecord, rest: int) -> Transfer:
    return Transfer(
        key=f"{KIND}:{record.id}:refund",
        kind=f"{KIND}.refund",
        source=escrow(record.id, record.currency),
        target=budget(record.brand_id, record.currency),
        amount_minor=rest,
        drop_id=record.id,
    )


def _same_share(one: Row, other: Row) -> bool:
    return (one.share, one.amount_minor) == (other.share, other.amount_minor)


def _epoch(order: int) -> int:
    return order >> 32
