"""The proof of packets: what their buckets say against what SQL holds."""

from collections.abc import Collection, Mapping, Sequence

from app.kernel.audits import audit_each
from app.kernel.database import Database
from campaigns.ledger.interfaces import Cut, DropBooks, Ledger
from games.claims.quarantine.repository import Counted, QuarantineRepository, sums_with
from games.claims.repository import ClaimRepository, Sums
from games.claims.settling.remains import Remains, misplaced, remains
from games.claims.store import PacketStore
from games.packets.interfaces import Draw, PacketRecord, Packets


class PacketBooks(DropBooks):
    """Cuts of packets for the ledger's proof, and the audit of the rows themselves."""

    def __init__(
        self,
        database: Database,
        store: PacketStore,
        repository: ClaimRepository,
        quarantine: QuarantineRepository,
        packets: Packets,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._store = store
        self._repository = repository
        self._quarantine = quarantine
        self._packets = packets
        self._ledger = ledger

    async def cut(self, drop_ids: Collection[int]) -> Mapping[int, Cut]:
        """See `DropBooks`."""
        found: dict[int, Cut] = {}
        for packet_id in drop_ids:
            async with self._database.snapshot() as session:
                record = await self._packets.record(session, packet_id)
                sums = (await self._repository.sums(session, [packet_id])).get(packet_id, Sums())
                dismissed = await self._quarantine.counted(session, packet_id)
            if record is not None:
                found[packet_id] = await self._cut(record, sums, dismissed)
        return found

    async def _cut(self, record: PacketRecord, sums: Sums, dismissed: Sequence[Counted]) -> Cut:
        if record.returned_minor is not None:
            # the books are closed: what went back is a transfer
            return Cut(remaining_minor=0, last_sequence=0)
        found = await remains(self._store, record)
        granted, closed, last = sums.granted_minor, record.closed_at is not None, 0
        rest = record.total_minor - granted
        if found is not None:
            granted, rest = _granted(record, found, dismissed), found.left_minor
            closed, last = closed or found.standing.closed, found.standing.last_order or 0
        unsettled = granted - sums.granted_minor
        if closed:
            return Cut(remaining_minor=0, unsettled_minor=unsettled + rest, last_sequence=last)
        return Cut(remaining_minor=rest, unsettled_minor=unsettled, last_sequence=last)

    async def audit(self) -> list[str]:
        """A sentence for every packet whose rows, sums, shares, ledger and live state differ."""
        return await audit_each(self._ids_after, self._difference)

    async def _ids_after(self, after: int, limit: int) -> Collection[int]:
        async with self._database.reading() as session:
            return await self._packets.ids_after(session, after, limit)

    async def _difference(self, packet_id: int) -> str | None:
        async with self._database.reading() as session:
            record = await self._packets.record(session, packet_id)
        assert record is not None
        found = await remains(self._store, record)
        standing = found.standing if found is not None else None
        await self._store.wait_settled(packet_id)
        async with self._database.snapshot() as session:
            record = await self._packets.record(session, packet_id)
            sums = (await self._repository.sums(session, [packet_id])).get(packet_id, Sums())
            counted = await self._repository.counted(session, packet_id)
            then, dismissed = counted, [Counted()]
            if standing is not None:
                then = await self._repository.counted(session, packet_id, standing.last_order)
                last = standing.last_order
                dismissed = await self._quarantine.counted(session, packet_id, last)
            ledger = await self._ledger.drop(session, packet_id)
        assert record is not None
        if counted != sums._replace(best_minor=0, best_shopper_id=0, best_order=0):
            return f"packet {packet_id}: summed up {sums[:4]}, its rows hold {counted[:4]}"
        if ledger is None or ledger.paid_minor != sums.granted_minor:
            paid = ledger.paid_minor if ledger is not None else None
            return f"packet {packet_id}: {sums.granted_minor} granted, {paid} paid by the ledger"
        if record.returned_minor is not None:
            rest = record.total_minor - sums.granted_minor
            if not rest == record.returned_minor == ledger.returned_minor:
                return (
                    f"packet {packet_id}: {rest} is left, {record.returned_minor} was to return, "
                    f"{ledger.returned_minor} did"
                )
        if isinstance(record.rules, Draw) and sums.claims:
            return None  # its winners were drawn from SQL; the bucket knows entries only
        if found is None:
            return None
        live = (found.standing.claims, found.standing.granted_minor)
        if not any(live == sums_with(then, each) for each in dismissed):
            return (
                f"packet {packet_id}: {live[0]} shares of {live[1]} live, "
                f"{then.claims} of {then.granted_minor} in SQL"
            )
        return await self._share_difference(record, found, dismissed)

    async def _share_difference(
        self, record: PacketRecord, found: Remains, dismissed: Sequence[Counted]
    ) -> str | None:
        """The first share that is not what it was drawn to be."""
        if found.left_minor == record.total_minor - _granted(record, found, dismissed):
            return None
        drawn = await self._packets.shares(record)
        for sentence in misplaced(found.cut, drawn):
            return f"packet {record.id}: {sentence}"
        return (
            f"packet {record.id}: of {record.total_minor} {found.standing.granted_minor} was "
            f"granted, and {found.left_minor} is left live"
        )


def _granted(record: PacketRecord, found: Remains, dismissed: Sequence[Counted]) -> int:
    """What its bucket granted; without what was dismissed, if its share was another's."""
    granted = found.standing.granted_minor
    fitting = (granted - each.granted_minor for each in dismissed)
    whole = (each for each in fitting if each + found.left_minor == record.total_minor)
    return next(whole, granted)
