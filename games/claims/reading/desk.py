"""Packets as shoppers and brands see them now: countdown, ticket, own shares, results, figures."""

from contextlib import suppress
from datetime import UTC, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import ShopperNames
from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.http.cursors import Cursors
from app.kernel.money import Money
from app.kernel.structs import Id, Page, Timestamp
from app.kernel.tickets import TicketInvalid, Tickets
from campaigns.ledger.interfaces import Ledger
from games.claims.interfaces import HELPERS, Grant, Help
from games.claims.reading.links import LinkCodes
from games.claims.repository import ClaimRepository, Sums
from games.claims.rules import is_sold_out, sizes_of, stagger_of
from games.claims.schemas import (
    ClaimView,
    ConditionView,
    DrawView,
    FiguresView,
    GrabView,
    PacketView,
    ReservationView,
    ResultItem,
    WaveView,
)
from games.claims.service import ClaimService
from games.claims.store import PacketStore, Standing
from games.packets.errors import PacketNotFound
from games.packets.interfaces import (
    FOLLOW,
    WATCH,
    Conditions,
    Draw,
    Fission,
    FollowToOpen,
    PacketRecord,
    Packets,
    PacketStatus,
    Rain,
    WatchToOpen,
)

TICKET_SECONDS = 600
CONDITION_SECONDS = 30
"""How long a condition that was met counts: whoever unfollows in that time keeps the right."""
_RESULTS = "packet-results"
_BEFORE = timedelta(seconds=5)
"""Servers' clocks are in step by less: so long before it opens nobody has anything of a packet."""


class PacketDesk:
    """Answers questions about packets, from live state where it is loaded, else from SQL."""

    def __init__(
        self,
        *,
        store: PacketStore,
        repository: ClaimRepository,
        packets: Packets,
        claims: ClaimService,
        conditions: Conditions,
        shoppers: ShopperNames,
        ledger: Ledger,
        tickets: Tickets,
        links: LinkCodes,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._store = store
        self._repository = repository
        self._packets = packets
        self._claims = claims
        self._conditions = conditions
        self._shoppers = shoppers
        self._ledger = ledger
        self._tickets = tickets
        self._links = links
        self._clock = clock
        self._cursors = cursors

    async def announced(self, viewer: Actor | None, packet_id: int) -> PacketRecord:
        """A packet that the caller may know of. Raises PacketNotFound."""
        record = await self._packets.held(packet_id)
        now = self._clock.now()
        if record is None or not record.live or record.announced_at is None:
            raise PacketNotFound
        if record.announced_at > now:
            raise PacketNotFound
        return record

    async def view(self, session: AsyncSession, viewer: Actor | None, packet_id: int) -> PacketView:
        """A packet with what the caller needs to open it."""
        record = await self.announced(viewer, packet_id)
        assert record.opens_at is not None
        assert record.ends_at is not None
        shopper_id = viewer.shopper_id if viewer is not None else None
        standing = await self._standing(session, record)
        condition = await self._condition(session, record, shopper_id)
        status = self._status(record, standing)
        mine = await self._mine(session, record, shopper_id) if shopper_id is not None else []
        may = shopper_id is not None and (condition is None or condition.met)
        seconds = CONDITION_SECONDS if condition is not None else TICKET_SECONDS
        ticket = None
        if may and shopper_id is not None and status in ("upcoming", "open", "paused"):
            ends = int(self._clock.now_seconds()) + seconds
            ticket = self._tickets.sign(record.id, shopper_id, expires_seconds=ends)
        return PacketView(
            id=Id(record.id),
            brand_id=Id(record.brand_id),
            form=record.form,
            title=record.title,
            thanks=record.thanks,
            total=money(record, record.total_minor),
            count=record.count,
            cap=record.cap,
            status=status,
            opened=standing.claims,
            now=Timestamp.of(self._clock.now()),
            opens_at=Timestamp.of(record.opens_at),
            closes_at=Timestamp.of(record.ends_at),
            waves=_waves(record, standing, shopper_id),
            condition=condition,
            draw=await self._draw(session, record, shopper_id),
            ticket=ticket,
            ticket_seconds=seconds,
            mine=mine,
        )

    async def pop_up(
        self, session: AsyncSession, viewer: Actor | None, brand_id: int
    ) -> PacketView | None:
        """The newest pop-up packet of a brand that is open and that the caller has nothing of."""
        for packet_id in await self._packets.pop_ups(session, brand_id, self._clock.now()):
            view = await self.view(session, viewer, packet_id)
            if view.status == "open" and not view.mine:
                return view
        return None

    def check_ticket(self, ticket: str, packet_id: int, shopper_id: int) -> None:
        """Raises TicketExpired, and TicketInvalid for one that is not this shopper's, to this."""
        values = self._tickets.read(ticket, 2, now_seconds=self._clock.now_seconds())
        if values != (packet_id, shopper_id):
            raise TicketInvalid

    def claim_view(
        self, record: PacketRecord, shopper_id: int, pool: int, grant: Grant
    ) -> ClaimView:
        """A share, with its receipt."""
        return ClaimView(
            packet_id=Id(record.id),
            wave=pool,
            share=grant.share + 1,
            amount=money(record, grant.amount_minor),
            receipt=self._claims.receipt(record, shopper_id, pool, grant),
            link=self._links.code(record, shopper_id, pool, grant),
        )

    def help_view(self, record: PacketRecord, help_: Help, grant: Grant) -> ClaimView:
        """A help, with its receipt."""
        return ClaimView(
            packet_id=Id(record.id),
            wave=HELPERS,
            share=grant.share + 1,
            amount=money(record, grant.amount_minor),
            receipt=self._claims.help_receipt(record, help_, grant),
            link=None,
        )

    def entry_view(self, record: PacketRecord, shopper_id: int, entry: Grant) -> GrabView:
        """An entry in a draw, with its receipt."""
        receipt = self._claims.entry_receipt(record, shopper_id, entry)
        return GrabView(outcome="entered", claim=None, entry=entry.share + 1, receipt=receipt)

    async def restored(self, record: PacketRecord, shopper_id: int, text: str) -> ClaimView:
        """What a receipt is about, given again should it have been forgotten. Raises
        ReceiptInvalid, and TicketInvalid for what we did not sign."""
        if isinstance(record.rules, Fission):
            with suppress(TicketInvalid):
                help_ = self._claims.read_help_receipt(text, record.id, shopper_id)
                grant = await self._claims.restore_help(record, help_)
                return self.help_view(record, help_.help, grant)
        receipt = self._claims.read_receipt(text, record.id, shopper_id)
        grant = await self._claims.restore(record, receipt)
        return self.claim_view(record, shopper_id, receipt.pool, grant)

    def reservation(
        self, record: PacketRecord, help_: Help, answer: int | Grant
    ) -> ReservationView:
        """A share that is set aside, or the help that was given already."""
        if isinstance(answer, Grant):
            claim = self.help_view(record, help_, answer)
            return ReservationView(until=None, claim=claim)
        return ReservationView(until=_at(answer) if answer else None, claim=None)

    async def results(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        packet_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[ResultItem]:
        """Who got what, the latest first, as far as it is settled."""
        record = await self.announced(viewer, packet_id)
        before = self._cursors.read(_RESULTS, cursor, 2) if cursor else None
        found = await self._repository.page(session, packet_id, before, limit + 1)
        sums = (await self._repository.sums(session, [packet_id])).get(packet_id, Sums())
        shown = found[:limit]
        lucky = sums.best_minor * sums.claims > sums.granted_minor
        names = await self._shoppers.names(session, {each.shopper_id for each in shown})
        items = [
            ResultItem(
                shopper_id=Id(each.shopper_id),
                name=names.get(each.shopper_id, ""),
                wave=each.pool,
                amount=money(record, each.amount_minor),
                claimed_at=Timestamp.of(each.claimed_at),
                best=lucky and each.order == sums.best_order,
            )
            for each in shown
        ]
        more = len(found) > limit
        cursor = self._cursors.make(_RESULTS, shown[-1].order, shown[-1].pool) if more else None
        return Page(items=items, next_cursor=cursor)

    async def figures(
        self, session: AsyncSession, actor: Actor, brand_id: int, packet_id: int
    ) -> FiguresView:
        """What happens, for the brand."""
        record = await self._packets.managed(session, actor, brand_id, packet_id, write=False)
        ledger = await self._ledger.drop(session, packet_id)
        sums = (await self._repository.sums(session, [packet_id])).get(packet_id, Sums())
        # live state is asked last: what it says includes all that SQL holds
        standing = await self._standing(session, record)
        funded = ledger.funded_minor if ledger is not None else 0
        returned = ledger.returned_minor if ledger is not None else 0
        granted = max(standing.granted_minor, sums.granted_minor)
        return FiguresView(
            packet_id=Id(packet_id),
            status=self._status(record, standing),
            funded=money(record, funded),
            granted=money(record, granted),
            opened=max(standing.claims, sums.claims) + sums.lost_claims,
            remaining=money(record, funded - granted - returned),
            refunded=money(record, returned),
            unsettled=money(record, granted - sums.granted_minor),
            lost=money(record, sums.lost_minor),
        )

    def _is_awaited(self, record: PacketRecord) -> bool:
        """Whether it has nothing to tell yet: nobody is asked on behalf of the crowd that waits."""
        return record.opens_at is not None and self._clock.now() < record.opens_at - _BEFORE

    async def _standing(self, session: AsyncSession, record: PacketRecord) -> Standing:
        if self._is_awaited(record):
            return Standing(0, 0, record.closed_at is not None, None)
        standing = await self._store.standing(record.id, len(sizes_of(record)))
        if standing is not None:
            return standing
        sums = (await self._repository.sums(session, [record.id])).get(record.id, Sums())
        return Standing(sums.claims, sums.granted_minor, record.closed_at is not None, None)

    async def _mine(
        self, session: AsyncSession, record: PacketRecord, shopper_id: int
    ) -> list[ClaimView]:
        if self._is_awaited(record):
            return []
        live, is_all = await self._store.claims_of(record.id, shopper_id, len(record.windows))
        views = {
            (pool, grant.share, 0): self.claim_view(record, shopper_id, pool, grant)
            for pool, grant in live.items()
        }
        # helps and prizes that were drawn are in SQL alone
        if is_all and not isinstance(record.rules, Fission | Draw):
            return [view for _, view in sorted(views.items())]
        rows = await self._repository.of_shopper(session, record.id, shopper_id)
        helps = [row.order for row in rows if row.device is not None]
        sharers = await self._repository.sharers(session, record.id, helps) if helps else {}
        for row in rows:
            grant = Grant(row.share, row.amount_minor, row.order, new=False)
            if row.device is not None:
                help_ = Help(row.turn, sharers[row.order], shopper_id, row.device)
                view = self.help_view(record, help_, grant)
            else:
                view = self.claim_view(record, shopper_id, row.pool, grant)
            views[row.pool, row.share, row.turn] = view
        return [view for _, view in sorted(views.items())]

    async def _draw(
        self, session: AsyncSession, record: PacketRecord, shopper_id: int | None
    ) -> DrawView | None:
        if not isinstance(record.rules, Draw):
            return None
        known = await self._store.entries(record.id, shopper_id or 0)
        if known is None:
            count = await self._repository.entries_count(session, record.id)
            number = await self._repository.entry_number(session, record.id, shopper_id or 0)
            known = count, number
        count, number = known
        return DrawView(
            commitment=record.commitment,
            seed=record.seed.hex() if record.returned_minor is not None else None,
            entries=count,
            entry=None if number is None else number + 1,
        )

    async def _condition(
        self, session: AsyncSession, record: PacketRecord, shopper_id: int | None
    ) -> ConditionView | None:
        rules = record.rules
        if isinstance(rules, FollowToOpen):
            kind, target_id, at_ms = FOLLOW, int(rules.account_id or record.brand_id), None
        elif isinstance(rules, WatchToOpen):
            kind, target_id, at_ms = WATCH, int(rules.video_id), rules.at_ms
        else:
            return None
        condition = self._conditions.find(kind)
        met = (
            shopper_id is not None
            and condition is not None
            and await condition.holds(session, shopper_id, target_id, at_ms or 0)
        )
        return ConditionView(kind=kind, target_id=Id(target_id), at_ms=at_ms, met=met)

    def _status(self, record: PacketRecord, standing: Standing) -> str:
        now = self._clock.now()
        if record.status in (PacketStatus.DRAFT, PacketStatus.FUNDED, PacketStatus.CANCELLED):
            return str(record.status)
        if standing.closed or record.ends_at is None or now >= record.ends_at:
            return "closed"
        if is_sold_out(record, standing.claims, standing.following, now.timestamp() * 1000):
            return "sold_out"
        if record.paused:
            return "paused"
        return "open" if record.opens_at is not None and now >= record.opens_at else "upcoming"


def money(record: PacketRecord, amount_minor: int) -> Money:
    """An amount in the packet's currency."""
    return Money(amount_minor=amount_minor, currency=record.currency)


def _waves(record: PacketRecord, standing: Standing, shopper_id: int | None) -> list[WaveView]:
    if not isinstance(record.rules, Rain):
        return []
    views: list[WaveView] = []
    sizes, gone = sizes_of(record), dict(enumerate(standing.following))
    for number, (opens_ms, closes_ms, stagger_ms) in enumerate(record.windows):
        later_ms = 0
        if shopper_id is not None:
            later_ms = stagger_of(record.id, number, shopper_id, stagger_ms)
        views.append(
            WaveView(
                wave=number,
                opens_at=_at(opens_ms),
                closes_at=_at(closes_ms),
                enters_at=_at(opens_ms + later_ms),
                count=sizes[number],
                sold_out=gone.get(number, 0) >= sizes[number],
            )
        )
    return views


def _at(moment_ms: int) -> Timestamp:
    return Timestamp.of(Timestamp.fromtimestamp(moment_ms / 1000, UTC))
