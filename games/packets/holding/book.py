"""The door `Packets`, and this process's copies of packets."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope
from app.kernel.database import Database, Transaction
from app.kernel.errors import Invalid, Unavailable
from app.kernel.money import Money
from app.kernel.structs import Id, Timestamp, decode_hook
from app.kernel.valkey.changes import Change, Changes
from campaigns.brands.interfaces import Brands
from games.packets.errors import PacketNotFound
from games.packets.interfaces import (
    KIND,
    AnnouncedPacket,
    Closing,
    PacketCard,
    PacketRecord,
    Packets,
    PacketStatus,
    Rules,
)
from games.packets.models import Packet
from games.packets.repository import PacketRepository
from games.packets.rules import cap_of, commitment, drawn, shares_of, windows_of

_HELD_MAX = 2_000
_STALE_SECONDS_MAX = 10.0


class PacketBook(Packets):
    """Reads packets, holds copies, and writes what their end was. Listens to the change log."""

    def __init__(
        self, database: Database, repository: PacketRepository, brands: Brands, changes: Changes
    ) -> None:
        self._database = database
        self._repository = repository
        self._brands = brands
        self._changes = changes
        self._held: OrderedDict[int, PacketRecord] = OrderedDict()
        self._reading: dict[int, asyncio.Task[PacketRecord | None]] = {}
        self._forgotten = 0
        """Counts what was forgotten: a copy read across such a moment is not kept."""

    async def held(self, packet_id: int) -> PacketRecord | None:
        """See `Packets`."""
        if self._changes.stale_seconds > _STALE_SECONDS_MAX:
            raise Unavailable(retry_after_seconds=1)
        held = self._held.get(packet_id)
        if held is not None:
            return held
        task = self._reading.get(packet_id)
        if task is None:
            task = self._reading[packet_id] = asyncio.create_task(self._read(packet_id))
            task.add_done_callback(lambda _: self._reading.pop(packet_id, None))
        return await asyncio.shield(task)

    async def _read(self, packet_id: int) -> PacketRecord | None:
        before = self._forgotten
        async with self._database.reading() as session:
            record = await self.record(session, packet_id)
        # what is not there is not held, so that guessed ids push nothing out
        if record is not None and before == self._forgotten:
            self._held[packet_id] = record
            if len(self._held) > _HELD_MAX:
                self._held.popitem(last=False)
        return record

    async def record(
        self, session: AsyncSession, packet_id: int, *, lock: bool = False
    ) -> PacketRecord | None:
        """See `Packets`."""
        packet = await self._repository.get(session, packet_id, lock=lock)
        return None if packet is None else record_of(packet)

    async def own(
        self,
        session: AsyncSession,
        actor: Actor,
        brand_id: int,
        packet_id: int,
        scope: Scope,
        *,
        lock: bool = False,
    ) -> Packet:
        """The row of a packet that the actor's brand made, in the actor's mode. Raises
        PacketNotFound, Forbidden."""
        await self._brands.check_manager(session, actor, brand_id, scope)
        packet = await self._repository.get(session, packet_id, lock=lock)
        if packet is None or packet.brand_id != brand_id or packet.live is not actor.live:
            raise PacketNotFound
        return packet

    async def managed(
        self, session: AsyncSession, actor: Actor, brand_id: int, packet_id: int, *, write: bool
    ) -> PacketRecord:
        """See `Packets`."""
        scope = Scope.PACKETS_WRITE if write else Scope.PACKETS_READ
        return record_of(await self.own(session, actor, brand_id, packet_id, scope, lock=write))

    async def shares(self, record: PacketRecord) -> Sequence[Sequence[int]]:
        """See `Packets`."""
        return await asyncio.to_thread(shares_of, record.rules, record.seed)

    def drawn(self, record: PacketRecord, entries: int) -> Sequence[int]:
        """See `Packets`."""
        return drawn(record.seed, entries, record.count)

    async def cards(self, session: AsyncSession, ids: Collection[int]) -> dict[int, PacketCard]:
        """See `Packets`."""
        found = await self._repository.many(session, ids)
        return {each.id: card_of(each) for each in found if each.opens_at is not None}

    async def check_carried(
        self, session: AsyncSession, packet_id: int, brand_id: int | None, live: bool
    ) -> None:
        """See `Packets`."""
        packet = await self._repository.get(session, packet_id)
        scheduled = packet is not None and packet.status == PacketStatus.SCHEDULED
        if packet is None or not scheduled or (packet.brand_id, packet.live) != (brand_id, live):
            raise Invalid.field("/attachment/packetId", "Not a scheduled packet of this brand")

    async def pop_ups(self, session: AsyncSession, brand_id: int, now: datetime) -> Collection[int]:
        """See `Packets`."""
        found = await self._repository.announced(session, now, brand_id, "popup", None, 5)
        return [each.id for each in found if each.opens_at is not None and each.opens_at <= now]

    async def unfinished(
        self, session: AsyncSession, now: datetime, after: int, limit: int
    ) -> Collection[int]:
        """See `Packets`."""
        return await self._repository.unfinished(session, now, after, limit)

    async def ids_after(self, session: AsyncSession, after: int, limit: int) -> Collection[int]:
        """See `Packets`."""
        return await self._repository.ids_after(session, after, limit)

    async def close(self, tx: Transaction, closing: Closing) -> None:
        """See `Packets`."""
        if await self._repository.close(tx.session, closing):
            tx.after_commit(lambda: self.forget(closing.packet_id))

    async def settle(self, tx: Transaction, packet_id: int, returned_minor: int) -> None:
        """See `Packets`."""
        await self._repository.settle(tx.session, packet_id, returned_minor)
        tx.after_commit(lambda: self.forget(packet_id))

    async def forget(self, packet_id: int) -> None:
        """A packet changed: every process reads it again."""
        self._drop(packet_id)
        await self._changes.append(KIND, packet_id)

    def changed(self, change: Change) -> None:
        """See `Listener`."""
        if change.kind == KIND:
            self._drop(change.id)

    def reset(self) -> None:
        """See `Listener`."""
        self._forgotten += 1
        self._held.clear()

    def _drop(self, packet_id: int) -> None:
        self._forgotten += 1
        self._held.pop(packet_id, None)


def record_of(packet: Packet) -> PacketRecord:
    """The facts of a row."""
    rules = msgspec.convert(packet.rules, Rules, dec_hook=decode_hook)  # pyright: ignore[reportArgumentType, reportCallIssue]
    windows = (
        windows_of(rules, _ms(packet.opens_at), _ms(packet.closes_at))
        if packet.opens_at is not None and packet.closes_at is not None
        else ()
    )
    return PacketRecord(
        id=packet.id,
        brand_id=packet.brand_id,
        live=packet.live,
        form=packet.form,
        rules=rules,
        cap=cap_of(rules),
        seed=packet.seed,
        title=packet.title,
        thanks=packet.thanks,
        currency=packet.currency,
        total_minor=packet.total_minor,
        count=packet.count,
        status=PacketStatus(packet.status),
        paused=packet.paused,
        version=packet.version,
        announced_at=packet.announced_at,
        opens_at=packet.opens_at,
        closes_at=packet.closes_at,
        ends_at=_moment(max(each.closes_ms for each in windows)) if windows else None,
        closed_at=packet.closed_at,
        closed_claims=packet.closed_claims,
        closed_minor=packet.closed_minor,
        closed_entries=packet.closed_entries,
        commitment=commitment(packet.seed),
        returned_minor=packet.returned_minor,
        windows=windows,
    )


def card_of(packet: Packet) -> PacketCard:
    """A scheduled packet for everybody."""
    record = record_of(packet)
    assert record.opens_at is not None
    assert record.ends_at is not None
    return PacketCard(
        id=Id(packet.id),
        brand_id=Id(packet.brand_id),
        form=packet.form,
        title=packet.title,
        total=Money(amount_minor=packet.total_minor, currency=packet.currency),
        count=packet.count,
        opens_at=Timestamp.of(record.opens_at),
        closes_at=Timestamp.of(record.ends_at),
    )


def announced_of(packet: Packet, *, sold_out: bool) -> AnnouncedPacket:
    """The same in the list of what is on."""
    card = card_of(packet)
    return AnnouncedPacket(
        **{name: getattr(card, name) for name in card.__struct_fields__}, sold_out=sold_out
    )


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
