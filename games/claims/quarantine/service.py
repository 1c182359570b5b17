"""How a packet gets past a decision that cannot be settled.

Its bucket counted it, so the closing did, and the rest waits for a row that will never come. Two
operators decide, once: one looks at it and proposes that it does not count, or that the platform
pays it; the other approves. Either way its money is part of what returns, and who decided, when and
why stays to be seen.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, Invalid
from app.kernel.http.cursors import Cursors
from app.kernel.structs import Id, Page, Timestamp
from app.kernel.text import is_visible, one_line
from app.kernel.valkey.keys import bucket_of
from app.kernel.valkey.quarantine import QuarantinedDecision
from campaigns.ledger.errors import SameOperator
from campaigns.ledger.interfaces import Ledger, Transfer, loss, wallet
from games.claims.errors import (
    NothingProposed,
    NothingToPay,
    NotInQuarantine,
    QuarantineDecided,
    QuarantineProposed,
)
from games.claims.models import Dismissal
from games.claims.quarantine.repository import Counted, QuarantineRepository
from games.claims.quarantine.schemas import QuarantinedView, Resolution
from games.claims.settling.settler import CLAIM, ENTRY, HELP, ClaimSettler
from games.packets.errors import PacketNotFound
from games.packets.interfaces import KIND, Packets

_LIST = "quarantine"


class QuarantineService:
    """What operators see of the quarantine, and decide."""

    def __init__(
        self,
        repository: QuarantineRepository,
        packets: Packets,
        ledger: Ledger,
        settler: ClaimSettler,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._packets = packets
        self._ledger = ledger
        self._settler = settler
        self._clock = clock
        self._cursors = cursors

    async def page(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[QuarantinedView]:
        """Of every kind, the newest first. Raises Forbidden."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only operators see the quarantine")
        before = self._cursors.read(_LIST, cursor, 3) if cursor else None
        found = await self._repository.page(session, before, limit + 1)
        shown = found[:limit]
        following = None
        if len(found) > limit:
            last = shown[-1]
            following = self._cursors.make(_LIST, last.epoch, last.sequence, last.bucket)
        return Page(items=[_view(each) for each in shown], next_cursor=following)

    async def propose(
        self,
        tx: Transaction,
        actor: Actor,
        packet_id: int,
        order: int,
        resolution: Resolution,
        note: str,
    ) -> QuarantinedView:
        """Say what shall become of one of a packet's, which changes nothing yet. Raises
        NotInQuarantine, QuarantineDecided, QuarantineProposed, and NothingToPay for what gave no
        money to anybody."""
        found = await self._open(tx.session, actor, packet_id, order)
        if found.proposal is not None:
            raise QuarantineProposed
        note = one_line(note)
        if not is_visible(note):
            raise Invalid.field("/note", "A note needs at least one visible character")
        if resolution is Resolution.PAID and not _given(found):
            raise NothingToPay
        found.proposal, found.note = resolution, note
        found.proposed_by, found.proposed_at = actor.id, self._clock.now()
        await tx.session.flush()
        return _view(found)

    async def approve(
        self, tx: Transaction, actor: Actor, packet_id: int, order: int
    ) -> QuarantinedView:
        """Do what another operator proposed. Raises NotInQuarantine, QuarantineDecided,
        NothingProposed, SameOperator."""
        found, resolution = await self._proposed(tx.session, actor, packet_id, order)
        if resolution is Resolution.PAID:
            await self._pay(tx, found, packet_id)
        counted = _counted(found)
        tx.session.add(Dismissal(packet_id=packet_id, order=order, **counted._asdict()))
        found.resolution = resolution
        found.resolved_by, found.resolved_at = actor.id, self._clock.now()
        await tx.session.flush()
        await self._settler.finish_within(tx, packet_id)
        return _view(found)

    async def refuse(
        self, tx: Transaction, actor: Actor, packet_id: int, order: int
    ) -> QuarantinedView:
        """Leave it where it is; something may be proposed again. Raises what `approve` raises."""
        found, _ = await self._proposed(tx.session, actor, packet_id, order)
        found.proposal = found.note = found.proposed_by = found.proposed_at = None
        await tx.session.flush()
        return _view(found)

    async def _open(
        self, session: AsyncSession, actor: Actor, packet_id: int, order: int
    ) -> QuarantinedDecision:
        """One that nothing has become of, locked."""
        found = None
        if actor.kind is ActorKind.OPERATOR:
            found = await self._repository.get(session, bucket_of(packet_id), order)
        if found is None or int(_fields(found).get("packet", 0)) != packet_id:
            raise NotInQuarantine
        if found.resolution is not None:
            raise QuarantineDecided
        return found

    async def _proposed(
        self, session: AsyncSession, actor: Actor, packet_id: int, order: int
    ) -> tuple[QuarantinedDecision, Resolution]:
        """One about which this actor may have the last word."""
        found = await self._open(session, actor, packet_id, order)
        if found.proposal is None:
            raise NothingProposed
        if found.proposed_by == actor.id:
            raise SameOperator
        return found, Resolution(found.proposal)

    async def _pay(self, tx: Transaction, found: QuarantinedDecision, packet_id: int) -> None:
        record = await self._packets.record(tx.session, packet_id)
        if record is None:
            raise PacketNotFound
        order = found.epoch << 32 | found.sequence
        transfers = [
            Transfer(
                key=f"{KIND}:{packet_id}:quarantine:{order}:{number}",
                kind=f"{KIND}.loss",
                source=loss(record.currency),
                target=wallet(shopper_id, record.currency),
                amount_minor=amount_minor,
                drop_id=packet_id,
            )
            for number, (shopper_id, amount_minor) in enumerate(_given(found))
        ]
        await self._ledger.post(tx, transfers)


def _given(found: QuarantinedDecision) -> list[tuple[int, int]]:
    """Whom it gave money, and how much."""
    fields = _fields(found)
    if found.kind not in (CLAIM, HELP):
        return []
    return [
        (int(fields[who]), int(fields[what]))
        for who, what in (("shopper", "amount"), ("sharer", "bonus"))
        if who in fields and what in fields
    ]


def _counted(found: QuarantinedDecision) -> Counted:
    """What the bucket counted of a decision; nothing of one that it marked as lost itself."""
    fields = _fields(found)
    if fields.get("lost") == b"1":
        return Counted()
    if found.kind == CLAIM:
        return Counted(1, int(fields["amount"]))
    if found.kind == HELP:
        return Counted(2, int(fields["amount"]) + int(fields["bonus"]))
    return Counted(entries=1) if found.kind == ENTRY else Counted()


def _fields(found: QuarantinedDecision) -> Mapping[str, Any]:
    """As the bucket wrote them; empty for what is no decision at all."""
    entry: object = msgspec.msgpack.decode(found.entry)
    return cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else {}


def _view(found: QuarantinedDecision) -> QuarantinedView:
    fields = _fields(found)
    packet, shopper = fields.get("packet"), fields.get("shopper")
    proposal, resolution = found.proposal, found.resolution
    return QuarantinedView(
        order=Id(found.epoch << 32 | found.sequence),
        kind=found.kind,
        reason=found.reason,
        packet_id=None if packet is None else Id(int(packet)),
        shopper_id=None if shopper is None else Id(int(shopper)),
        amount_minor=int(fields.get("amount", 0)) + int(fields.get("bonus", 0)),
        quarantined_at=Timestamp.of(found.quarantined_at),
        proposal=None if proposal is None else Resolution(proposal),
        note=found.note or "",
        proposed_by=None if found.proposed_by is None else Id(found.proposed_by),
        proposed_at=None if found.proposed_at is None else Timestamp.of(found.proposed_at),
        resolution=None if resolution is None else Resolution(resolution),
        resolved_by=None if found.resolved_by is None else Id(found.resolved_by),
        resolved_at=None if found.resolved_at is None else Timestamp.of(found.resolved_at),
    )
