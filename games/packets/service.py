"""The use cases of packets before they open: made, funded, scheduled; and what all may know."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import FieldError, Invalid
from app.kernel.events import Events
from app.kernel.house import Doors
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.money import Money
from app.kernel.structs import Id, Page, Timestamp, to_builtins
from app.kernel.text import is_visible, one_line
from campaigns.brands.interfaces import Brands
from campaigns.ledger.interfaces import Ledger, Transfer, budget, escrow
from games.packets.errors import PacketStateWrong, TestModeMoney
from games.packets.events import PacketEnding, PacketPaused, PacketScheduled
from games.packets.holding.book import PacketBook, announced_of, record_of
from games.packets.interfaces import (
    DAY_SECONDS,
    FOLLOW,
    KIND,
    LIFE_SECONDS_MAX,
    WATCH,
    AnnouncedPacket,
    Conditions,
    FollowToOpen,
    PacketStatus,
    Rules,
    Standings,
    WatchToOpen,
)
from games.packets.models import Packet
from games.packets.repository import PacketRepository
from games.packets.rules import (
    SEED_BYTES,
    count_of,
    form_of,
    lasts_seconds,
    problems,
    total_of,
)
from games.packets.schemas import (
    FundingView,
    ManagedPacket,
    PacketCreate,
    PacketSchedule,
    PacketUpdate,
)

_MANAGED, _ANNOUNCED = "brand-packets", "packets"
_AHEAD_MAX = timedelta(days=366)
_LATE = timedelta(seconds=60)
"""How far in the past an opening may lie: the way of the request, and clocks."""


class PacketService:
    """What a brand does with its packets until they open."""

    def __init__(
        self,
        *,
        repository: PacketRepository,
        book: PacketBook,
        brands: Brands,
        ledger: Ledger,
        conditions: Conditions,
        ids: Ids,
        clock: Clock,
        events: Events,
        cursors: Cursors,
        doors: Doors,
    ) -> None:
        self._repository = repository
        self._book = book
        self._brands = brands
        self._ledger = ledger
        self._conditions = conditions
        self._ids = ids
        self._clock = clock
        self._events = events
        self._cursors = cursors
        self._doors = doors

    async def create(
        self, tx: Transaction, actor: Actor, brand_id: int, body: PacketCreate
    ) -> ManagedPacket:
        """A draft. Raises Invalid, naming every field that keeps the money from being cut."""
        await self._brands.check_manager(tx.session, actor, brand_id, Scope.PACKETS_WRITE)
        packet = Packet(
            id=self._ids.new(),
            brand_id=brand_id,
            live=actor.live,
            seed=secrets.token_bytes(SEED_BYTES),
            status=PacketStatus.DRAFT,
            paused=False,
            version=1,
            created_at=self._clock.now(),
            currency=body.currency,
            title=_title(body.title),
            thanks=one_line(body.thanks),
        )
        await self._set_rules(tx.session, packet, body.rules)
        tx.session.add(packet)
        await tx.session.flush()
        return managed_view(packet)

    async def update(
        self, tx: Transaction, actor: Actor, brand_id: int, packet_id: int, body: PacketUpdate
    ) -> ManagedPacket:
        """Change what is given."""
        packet = await self._own(tx.session, actor, brand_id, packet_id)
        if body.rules is not UNSET or body.currency is not UNSET:
            _require(packet, PacketStatus.DRAFT)
        _require(packet, PacketStatus.DRAFT, PacketStatus.FUNDED, PacketStatus.SCHEDULED)
        if body.title is not UNSET:
            packet.title = _title(body.title)
        if body.thanks is not UNSET:
            packet.thanks = one_line(body.thanks)
        if body.currency is not UNSET:
            packet.currency = body.currency
        if body.rules is not UNSET:
            await self._set_rules(tx.session, packet, body.rules)
        await self._changed(tx, packet)
        return managed_view(packet)

    async def fund(
        self, tx: Transaction, actor: Actor, brand_id: int, packet_id: int, *, dry_run: bool
    ) -> FundingView:
        """Move the money from the brand's budget into the packet's escrow. Raises Insufficient,
        PacketStateWrong, TestModeMoney. A dry run says what would happen, and does nothing."""
        packet = await self._own(tx.session, actor, brand_id, packet_id)
        _require(packet, PacketStatus.DRAFT)
        record = record_of(packet)
        pools = await self._book.shares(record)
        account = budget(brand_id, packet.currency)
        before = await self._ledger.balance(tx.session, account)
        left = before - packet.total_minor
        view = FundingView(
            packet_id=Id(packet.id),
            total=_money(packet, packet.total_minor),
            count=packet.count,
            smallest=_money(packet, min(min(pool) for pool in pools)),
            largest=_money(packet, max(max(pool) for pool in pools)),
            budget_before=_money(packet, before),
            budget_after=_money(packet, max(0, left)),
            missing=_money(packet, max(0, -left)),
            dry_run=dry_run,
        )
        if dry_run:
            return view
        if not packet.live:
            raise TestModeMoney
        packet.status = PacketStatus.FUNDED
        await self._changed(tx, packet)
        target = escrow(packet.id, packet.currency)
        await self._post(tx, "fund", packet, account, target)
        return view

    async def schedule(
        self, tx: Transaction, actor: Actor, brand_id: int, packet_id: int, body: PacketSchedule
    ) -> ManagedPacket:
        """Say when it opens. Raises Invalid for windows in the past, or too short for its rules."""
        packet = await self._own(tx.session, actor, brand_id, packet_id)
        _require(packet, PacketStatus.FUNDED)
        now = self._clock.now()
        opens_at = Timestamp.of(body.opens_at or now)
        # first of all: from the last days of the calendar on there is nothing to add up
        if not now - _LATE <= opens_at <= now + _AHEAD_MAX:
            raise Invalid.field("/opensAt", "Not in the past, and within a year")
        closes_at = body.closes_at or Timestamp.of(opens_at + timedelta(seconds=DAY_SECONDS))
        announced_at = body.announced_at or min(Timestamp.of(now), opens_at)
        rules = record_of(packet).rules
        errors: list[FieldError] = []
        least = opens_at + timedelta(seconds=lasts_seconds(rules))
        if not least <= closes_at <= opens_at + timedelta(seconds=LIFE_SECONDS_MAX):
            words = "After the last wave has ended, and at most 30 days after the opening"
            errors.append(FieldError("/closesAt", words))
        elif closes_at <= now:
            errors.append(FieldError("/closesAt", "It would be over at once"))
        if announced_at > opens_at:
            errors.append(FieldError("/announcedAt", "Not after the opening"))
        if errors:
            raise Invalid("Some fields are not valid", errors=errors)
        packet.opens_at, packet.closes_at = opens_at, closes_at
        packet.announced_at, packet.status = announced_at, PacketStatus.SCHEDULED
        await self._changed(tx, packet)
        await self._events.publish(tx, PacketScheduled(packet.id, opens_at))
        return managed_view(packet)

    async def pause(
        self, tx: Transaction, actor: Actor, brand_id: int, packet_id: int, *, paused: bool
    ) -> ManagedPacket:
        """Stop grabbing for a while, or go on. Who has a share keeps it; time goes on."""
        packet = await self._own(tx.session, actor, brand_id, packet_id)
        _require(packet, PacketStatus.SCHEDULED)
        if packet.paused is not paused:
            packet.paused = paused
            await self._changed(tx, packet)
        # told again even where nothing changed: the live state may have missed it
        await self._events.publish(tx, PacketPaused(packet.id, packet.version, paused))
        return managed_view(packet)

    async def cancel(
        self, tx: Transaction, actor: Actor, brand_id: int, packet_id: int
    ) -> ManagedPacket:
        """Call a packet off before it opens; all its money goes back. Raises AlreadyOpen."""
        packet = await self._own(tx.session, actor, brand_id, packet_id)
        if packet.status in (PacketStatus.SCHEDULED, PacketStatus.CLOSED):
            # its bucket decides whether it has opened; SQL follows when that is settled
            await self._events.publish(tx, PacketEnding(packet.id, called_off=True))
            return managed_view(packet)
        _require(packet, PacketStatus.DRAFT, PacketStatus.FUNDED, PacketStatus.CANCELLED)
        was, packet.status = packet.status, PacketStatus.CANCELLED
        if was == PacketStatus.FUNDED:
            packet.returned_minor = packet.total_minor
        await self._changed(tx, packet)
        if was == PacketStatus.FUNDED:
            account = budget(brand_id, packet.currency)
            await self._post(tx, "refund", packet, escrow(packet.id, packet.currency), account)
        return managed_view(packet)

    async def end(
        self, tx: Transaction, actor: Actor, brand_id: int, packet_id: int
    ) -> ManagedPacket:
        """No more shares from now on; the rest goes back. Again is the same."""
        packet = await self._own(tx.session, actor, brand_id, packet_id)
        _require(packet, PacketStatus.SCHEDULED, PacketStatus.CLOSED, PacketStatus.SETTLED)
        if packet.status == PacketStatus.SCHEDULED:
            assert packet.opens_at is not None
            assert packet.closes_at is not None
            now = Timestamp.of(self._clock.now())
            packet.closes_at = min(packet.closes_at, max(packet.opens_at, now))
            await self._changed(tx, packet)
            await self._events.publish(tx, PacketEnding(packet.id, called_off=False))
        return managed_view(packet)

    async def get(
        self, session: AsyncSession, actor: Actor, brand_id: int, packet_id: int
    ) -> ManagedPacket:
        """One packet of the brand."""
        packet = await self._book.own(session, actor, brand_id, packet_id, Scope.PACKETS_READ)
        return managed_view(packet)

    async def page(
        self,
        session: AsyncSession,
        actor: Actor,
        brand_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[ManagedPacket]:
        """The brand's packets, the newest first."""
        await self._brands.check_manager(session, actor, brand_id, Scope.PACKETS_READ)
        before = self._cursors.read(_MANAGED, cursor, 1)[0] if cursor else None
        found = await self._repository.of_brand(session, brand_id, actor.live, before, limit + 1)
        return self._page(_MANAGED, found, limit, managed_view)

    async def announced(
        self,
        session: AsyncSession,
        brand_id: int | None,
        form: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[AnnouncedPacket]:
        """What shoppers may know of and is not over, and what is left of it."""
        before = self._cursors.read(_ANNOUNCED, cursor, 1)[0] if cursor else None
        found = await self._repository.announced(
            session, self._clock.now(), brand_id, form, before, limit + 1
        )
        standings = self._doors.find(Standings)
        records = [record_of(each) for each in found[:limit]]
        gone = await standings.sold_out(records) if standings is not None else ()

        def view(packet: Packet) -> AnnouncedPacket:
            return announced_of(packet, sold_out=packet.id in gone)

        return self._page(_ANNOUNCED, found, limit, view)

    def _page(self, name: str, found: Sequence[Packet], limit: int, view: Any) -> Page[Any]:
        more = len(found) > limit
        items = [view(each) for each in found[:limit]]
        cursor = self._cursors.make(name, found[limit - 1].id) if more else None
        return Page(items=items, next_cursor=cursor)

    async def _own(
        self, session: AsyncSession, actor: Actor, brand_id: int, packet_id: int
    ) -> Packet:
        return await self._book.own(
            session, actor, brand_id, packet_id, Scope.PACKETS_WRITE, lock=True
        )

    async def _set_rules(self, session: AsyncSession, packet: Packet, rules: Rules) -> None:
        if wrong := problems(rules):
            raise Invalid("The money cannot be cut like this", errors=wrong)
        if (asked := _asked(rules)) is not None:
            name, field, target_id = asked
            condition = self._conditions.find(name)
            if condition is not None and not await condition.knows(session, target_id):
                raise Invalid.field(f"/rules/{field}", "This does not exist: nobody could open it")
            if condition is not None and isinstance(rules, WatchToOpen):
                most = await condition.most(session, target_id)
                if most is not None and rules.at_ms > most:
                    raise Invalid.field("/rules/atMs", "The film is shorter: nobody could open it")
        packet.form, packet.rules = form_of(rules), to_builtins(rules)
        packet.total_minor, packet.count = total_of(rules), count_of(rules)

    async def _changed(self, tx: Transaction, packet: Packet) -> None:
        packet.version += 1
        await tx.session.flush()
        tx.after_commit(lambda: self._book.forget(packet.id))

    async def _post(
        self, tx: Transaction, what: str, packet: Packet, source: Any, target: Any
    ) -> None:
        transfer = Transfer(
            key=f"{KIND}:{packet.id}:{what}",
            kind=f"{KIND}.{what}",
            source=source,
            target=target,
            amount_minor=packet.total_minor,
            drop_id=packet.id,
        )
        await self._ledger.post(tx, [transfer])


def _asked(rules: Rules) -> tuple[str, str, int] | None:
    """What has to be there for the rules: the condition, its field, and whose or what id."""
    if isinstance(rules, FollowToOpen) and rules.account_id is not None:
        return FOLLOW, "accountId", int(rules.account_id)
    if isinstance(rules, WatchToOpen):
        return WATCH, "videoId", int(rules.video_id)
    return None


def _title(text: str) -> str:
    line = one_line(text)
    if not is_visible(line):
        raise Invalid.field("/title", "A title needs at least one visible character")
    return line


def _require(packet: Packet, *allowed: PacketStatus) -> None:
    if packet.status not in allowed:
        raise PacketStateWrong(f"The packet is {packet.status}")


def _money(packet: Packet, amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency=packet.currency)


def managed_view(packet: Packet) -> ManagedPacket:
    """A packet for its brand."""
    record = record_of(packet)
    returned = packet.returned_minor
    return ManagedPacket(
        id=Id(packet.id),
        brand_id=Id(packet.brand_id),
        title=packet.title,
        thanks=packet.thanks,
        rules=record.rules,
        total=_money(packet, packet.total_minor),
        count=packet.count,
        status=packet.status,
        paused=packet.paused,
        announced_at=Timestamp.of(packet.announced_at) if packet.announced_at else None,
        opens_at=Timestamp.of(packet.opens_at) if packet.opens_at else None,
        closes_at=Timestamp.of(packet.closes_at) if packet.closes_at else None,
        ends_at=Timestamp.of(record.ends_at) if record.ends_at else None,
        created_at=Timestamp.of(packet.created_at),
        closed_at=Timestamp.of(packet.closed_at) if packet.closed_at else None,
        returned=None if returned is None else _money(packet, returned),
        live=packet.live,
    )
