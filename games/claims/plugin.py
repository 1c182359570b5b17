"""Plugs the opening of packets into the house."""

from litestar.di import Provide

from app.identity.interfaces import ShopperNames
from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from app.kernel.secrets import keys_for
from app.kernel.tickets import Tickets
from app.kernel.valkey.settle import Settler
from campaigns.ledger.interfaces import Ledger, Registry
from games.claims.controllers import (
    FiguresController,
    LinkController,
    PacketController,
    PopUpController,
    grab_endpoint,
)
from games.claims.holding.standings import LiveStandings
from games.claims.quarantine.controllers import QuarantineController
from games.claims.quarantine.repository import QuarantineRepository
from games.claims.quarantine.service import QuarantineService
from games.claims.reading.desk import PacketDesk
from games.claims.reading.links import LinkCodes, LinkDesk
from games.claims.repository import ClaimRepository
from games.claims.service import ClaimService, Receipts
from games.claims.settling.books import PacketBooks
from games.claims.settling.grants import GrantNotes
from games.claims.settling.news import PacketNews
from games.claims.settling.settler import CLAIM, CLOSE, ENTRY, HELP, ClaimSettler
from games.claims.store import PacketStore
from games.claims.tasks import PAUSE, WARM, WARM_BEFORE, tasks
from games.packets.events import PacketEnding, PacketPaused, PacketScheduled
from games.packets.interfaces import CloseReason, Conditions, Packets, Standings


def wire(house: House) -> Wiring:
    """Deciding in the live Valkey, settling in the worker, and what everybody sees."""
    store, repository = PacketStore(house.live), ClaimRepository()
    packets, ledger = house.doors.get(Packets), house.doors.get(Ledger)
    keys = keys_for(house.settings, "ticket")
    notes = GrantNotes(house.cache, house.database, repository)
    claims = ClaimService(
        database=house.database,
        store=store,
        repository=repository,
        packets=packets,
        clock=house.clock,
        receipts=Receipts(
            shares=Tickets(keys, "packet-receipt"),
            helps=Tickets(keys, "packet-help-receipt"),
            entries=Tickets(keys, "packet-entry-receipt"),
        ),
        granted=notes.note,
    )
    codes = LinkCodes(Tickets(keys, "packet-link"))
    links = LinkDesk(codes, store, repository, house.doors.get(ShopperNames))
    desk = PacketDesk(
        store=store,
        repository=repository,
        packets=packets,
        claims=claims,
        conditions=house.doors.get(Conditions),
        shoppers=house.doors.get(ShopperNames),
        ledger=ledger,
        tickets=Tickets(keys, "packet-grab"),
        links=codes,
        clock=house.clock,
        cursors=house.cursors,
    )
    found = QuarantineRepository()
    news = PacketNews(store, house.changes, house.clock)
    settler = ClaimSettler(house.database, store, repository, found, packets, ledger, news)
    books = PacketBooks(house.database, store, repository, found, packets, ledger)
    quarantine = QuarantineService(found, packets, ledger, settler, house.clock, house.cursors)
    house.doors.provide(Standings, LiveStandings(store, house.clock))
    registry = house.doors.get(Registry)
    registry.add_books(books)
    registry.add_grants(notes)
    _follow_life(house, claims)
    return Wiring(
        routes=[
            PacketController,
            LinkController,
            PopUpController,
            FiguresController,
            QuarantineController,
        ],
        dependencies={
            "claims": Provide(lambda: claims, sync_to_thread=False),
            "link_codes": Provide(lambda: codes, sync_to_thread=False),
            "link_desk": Provide(lambda: links, sync_to_thread=False),
            "quarantine": Provide(lambda: quarantine, sync_to_thread=False),
            "packet_desk": Provide(lambda: desk, sync_to_thread=False),
        },
        hot=grab_endpoint(desk, claims),
        tasks=tasks(house.database, house.clock, packets, claims, settler),
        settlers=[
            Settler(CLAIM, settler.settle_claims),
            Settler(HELP, settler.settle_helps),
            Settler(ENTRY, settler.settle_entries),
            Settler(CLOSE, settler.settle_closings),
        ],
        audits={"packets": books.audit},
    )


def _follow_life(house: House, claims: ClaimService) -> None:
    """What the brand does with a packet reaches its bucket: at once, and by a job as well."""

    async def scheduled(tx: Transaction, event: PacketScheduled) -> None:
        await tx.defer(WARM, at=event.opens_at - WARM_BEFORE, packet_id=event.packet_id)

    async def paused(tx: Transaction, event: PacketPaused) -> None:
        id_, version = event.packet_id, event.version
        await tx.defer(PAUSE, packet_id=id_, version=version, paused=event.paused)
        tx.after_commit(lambda: claims.pause(id_, version, paused=event.paused))

    async def ending(tx: Transaction, event: PacketEnding) -> None:
        reason = CloseReason.CANCELLED if event.called_off else CloseReason.ENDED
        await claims.close(event.packet_id, reason)

    house.events.subscribe(PacketScheduled, scheduled)
    house.events.subscribe(PacketPaused, paused)
    house.events.subscribe(PacketEnding, ending)


slice_ = Slice("claims", wire)
