"""What was decided becomes rows and transfers, in one transaction a batch, each exactly once."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import structlog

from app.kernel.database import Database, Transaction
from app.kernel.valkey.decisions import Decision
from app.kernel.valkey.keys import bucket_of
from app.kernel.valkey.settle import Conflict
from campaigns.ledger.interfaces import Ledger, Transfer, budget, escrow, loss, wallet
from games.claims.interfaces import BONUSES, HELPERS
from games.claims.loading.parts import Held
from games.claims.quarantine.repository import QuarantineRepository, sums_with
from games.claims.repository import (
    ClaimRepository,
    Entered,
    Identity,
    Row,
    Sums,
    identity_of,
    owner_of,
    place_of,
)
from games.claims.settling.news import PacketNews
from games.claims.store import PacketStore
from games.packets.interfaces import (
    KIND,
    CloseReason,
    Closing,
    Draw,
    PacketRecord,
    Packets,
    PacketStatus,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger("packets")

CLAIM, HELP, ENTRY, CLOSE = "packet.claim", "packet.help", "packet.entry", "packet.close"


class ClaimSettler:
    """Writes claims and closings. Handlers may see a decision twice, and in any order."""

    def __init__(
        self,
        database: Database,
        store: PacketStore,
        repository: ClaimRepository,
        quarantine: QuarantineRepository,
        packets: Packets,
        ledger: Ledger,
        news: PacketNews,
    ) -> None:
        self._news = news
        self._database = database
        self._store = store
        self._repository = repository
        self._quarantine = quarantine
        self._packets = packets
        self._ledger = ledger

    async def settle_claims(self, tx: Transaction, decisions: list[Decision]) -> list[Conflict]:
        """Each new claim is a row and a transfer from the packet's escrow to the shopper's wallet.

        A claim that contradicts a row is a conflict, except across a loss of live state: a share
        that was acknowledged to two is paid to both, the second time by the platform.
        """
        return await self._settle(tx, [(each, [_claim(each)]) for each in decisions])

    async def settle_helps(self, tx: Transaction, decisions: list[Decision]) -> list[Conflict]:
        """Each new help is two claims: the helper's, and what it adds to the sharer's."""
        return await self._settle(tx, [(each, _help(each)) for each in decisions])

    async def settle_entries(self, tx: Transaction, decisions: list[Decision]) -> list[Conflict]:
        """Who takes part in draws. The draw itself comes with the closing."""
        entries = {_entered(each): each for each in decisions}
        standing = await self._repository.enter(tx.session, entries)
        transfers = await self._finish(tx, {each.packet_id for each in entries})
        if transfers:
            await self._ledger.post(tx, transfers)
        tx.after_commit(lambda: self._release(decisions))
        return [
            Conflict(entries[each], "the shopper's entry, or its number, is another one")
            for each, order in standing.items()
            # an entry of another epoch is the one that was restored, or what it was restored from
            if order is None or (order != each.order and _epoch(order) == _epoch(each.order))
        ]

    async def _settle(
        self, tx: Transaction, wanted: Sequence[tuple[Decision, Sequence[Row]]]
    ) -> list[Conflict]:
        records = await self._records(tx, {own[0].packet_id for _, own in wanted})
        buckets = {id_: bucket_of(id_) for id_ in records}
        conflicts: dict[str, Conflict] = {}
        deciding: dict[Identity, Decision] = {}
        known: dict[Identity, Row] = {}
        for decision, own in wanted:
            if buckets.get(own[0].packet_id) != decision.bucket:
                reason = "there is no such packet in this bucket"
                conflicts[decision.id] = Conflict(decision, reason)
                continue
            for row in own:
                identity = identity_of(row)
                known[identity], deciding[identity] = row, decision
        new = await self._repository.insert(tx.session, known)
        written = [row for identity, row in known.items() if identity in new]
        if len(written) < len(known):
            refused = [(row, deciding[which]) for which, row in known.items() if which not in new]
            lost, found, known_by_now = await self._judge(tx, refused)
            conflicts |= {each.decision.id: each for each in found}
            written += lost
            # of a decision that contradicts another, or was restored, no part counts
            not_these = known_by_now | conflicts.keys()
            none = [row for row in written if deciding[identity_of(row)].id in not_these]
            await self._repository.take_back(tx.session, none)
            written = [row for row in written if row not in none]
        await self._repository.add_up(tx.session, _sums(written))
        written.sort(key=identity_of)
        transfers = [_paid(row, records[row.packet_id]) for row in written]
        transfers += await self._finish(tx, {row.packet_id for row in written})
        if transfers:
            await self._ledger.post(tx, transfers)
        tx.after_commit(lambda: self._release([decision for decision, _ in wanted]))
        tx.after_commit(lambda: self._news.settled(written, records))
        return list(conflicts.values())

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
        tx.after_commit(lambda: self._news.closed([each.packet_id for each in closings]))

    async def finish_within(self, tx: Transaction, packet_id: int) -> None:
        """Close a packet's books if SQL holds all that its closing counted."""
        transfers = await self._finish(tx, {packet_id})
        if transfers:
            await self._ledger.post(tx, transfers)

    async def finish(self, packet_id: int) -> bool:
        """The same in a transaction of its own. True when they are closed."""
        async with self._database.transaction() as tx:
            await self.finish_within(tx, packet_id)
            record = await self._packets.record(tx.session, packet_id)
        return record is not None and record.returned_minor is not None

    async def _finish(self, tx: Transaction, packet_ids: Iterable[int]) -> list[Transfer]:
        """What goes back to budgets: once, when SQL holds exactly what the closing said, but for
        what operators decided about."""
        transfers: list[Transfer] = []
        for packet_id in sorted(packet_ids):
            record = await self._packets.record(tx.session, packet_id)
            if record is None or record.status is not PacketStatus.CLOSED:
                continue
            record = await self._packets.record(tx.session, packet_id, lock=True)
            if record is None or record.status is not PacketStatus.CLOSED:
                continue
            sums = (await self._repository.sums(tx.session, [packet_id])).get(packet_id, Sums())
            dismissed = await self._quarantine.counted(tx.session, packet_id)
            if not any(sums_with(sums, each) == _closed(record) for each in dismissed):
                continue
            granted_minor = sums.granted_minor
            if isinstance(record.rules, Draw):
                winners = await self._draw(tx, record, {each.entries for each in dismissed})
                if winners is None:
                    continue
                transfers += [_paid(row, record) for row in winners]
                granted_minor += sum(row.amount_minor for row in winners)
            rest = record.total_minor - granted_minor
            await self._packets.settle(tx, packet_id, rest)
            if rest > 0:
                transfers.append(_returned(record, rest))
        return transfers

    async def _draw(
        self, tx: Transaction, record: PacketRecord, dismissed: Collection[int]
    ) -> list[Row] | None:
        """The winners' claims, written now; None while SQL lacks an entry that the closing counted.
        What the winners get follows from the seed, and so does who they are."""
        entries: list[Held] = []
        async for page in self._repository.entries_of(tx.session, record.id):
            entries += page
        if not any(len(entries) + more == record.closed_entries for more in dismissed):
            return None
        assert record.closed_at is not None
        (shares,) = await self._packets.shares(record)
        rows = [
            Row(
                packet_id=record.id,
                order=entries[place].order,
                pool=0,
                share=share,
                shopper_id=entries[place].shopper_id,
                turn=0,
                device=None,
                amount_minor=shares[share],
                lost=False,
                claimed_at=record.closed_at,
            )
            for share, place in enumerate(self._packets.drawn(record, len(entries)))
        ]
        await self._repository.insert(tx.session, {identity_of(row): row for row in rows})
        await self._repository.add_up(tx.session, _sums(rows))
        return rows

    async def _judge(
        self, tx: Transaction, refused: Sequence[tuple[Row, Decision]]
    ) -> tuple[list[Row], list[Conflict], set[str]]:
        """Rows that SQL did not take: replays are fine, a share lost and given again is paid by
        the platform, the rest are conflicts. Returns the lost ones, written now, the conflicts, and
        the decisions whose shares were restored before they arrived."""
        owners, places = await self._repository.contradicting(
            tx.session, [row for row, _ in refused]
        )
        lost: list[Row] = []
        conflicts: list[Conflict] = []
        restored: set[str] = set()
        for row, decision in refused:
            mine, theirs = owners.get(owner_of(row)), places.get(place_of(row))
            if mine is not None and mine.order == row.order:
                continue  # a replay
            if mine is not None:
                if _same_share(mine, row) and _epoch(mine.order) != _epoch(row.order):
                    if row.pool != BONUSES:
                        restored.add(decision.id)
                    continue
                conflicts.append(Conflict(decision, f"the shopper has share {mine.share} already"))
            elif theirs is not None and _epoch(theirs.order) != _epoch(row.order):
                lost.append(row._replace(lost=True))
            else:
                conflicts.append(Conflict(decision, "the share is somebody else's"))
        if lost:
            given = {identity_of(row): row for row in lost}
            new = await self._repository.insert(tx.session, given)
            lost = [row for identity, row in given.items() if identity in new]
            log.error("shares_paid_twice", decisions=[row.order for row in lost])
        return lost, conflicts, restored

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


def _closed(record: PacketRecord) -> tuple[int | None, int | None]:
    return record.closed_claims, record.closed_minor


def _claim(decision: Decision) -> Row:
    field = decision.fields
    return Row(
        packet_id=int(field["packet"]),
        order=decision.order,
        pool=int(field["pool"]),
        share=int(field["share"]),
        shopper_id=int(field["shopper"]),
        turn=0,
        device=None,
        amount_minor=int(field["amount"]),
        lost=field.get("lost") == b"1",
        claimed_at=decision.decided_at,
    )


def _help(decision: Decision) -> list[Row]:
    field = decision.fields
    helped = Row(
        packet_id=int(field["packet"]),
        order=decision.order,
        pool=HELPERS,
        share=int(field["share"]),
        shopper_id=int(field["shopper"]),
        turn=int(field["link"]),
        device=int(field["device"]),
        amount_minor=int(field["amount"]),
        lost=field.get("lost") == b"1",
        claimed_at=decision.decided_at,
    )
    bonus = helped._replace(
        pool=BONUSES,
        shopper_id=int(field["sharer"]),
        # beside what the place adds for whoever was given it since
        turn=~helped.share if helped.lost else helped.share,
        device=None,
        amount_minor=int(field["bonus"]),
    )
    return [helped, bonus]


def _entered(decision: Decision) -> Entered:
    field = decision.fields
    return Entered(
        packet_id=int(field["packet"]),
        number=int(field["number"]),
        shopper_id=int(field["shopper"]),
        order=decision.order,
        entered_at=decision.decided_at,
    )


def _closing(decision: Decision) -> Closing:
    field = decision.fields
    return Closing(
        packet_id=int(field["packet"]),
        order=decision.order,
        closed_at=decision.decided_at,
        claims=int(field["claims"]),
        granted_minor=int(field["granted"]),
        entries=int(field["entries"]),
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
        key=f"{KIND}:{row.packet_id}:claim:{row.order}:{row.pool}",
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
