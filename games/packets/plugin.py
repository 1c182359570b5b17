"""Plugs packets into the house: how they are made, funded and scheduled."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from campaigns.ledger.interfaces import Ledger
from games.packets.controllers import AnnouncedController, BrandPacketController
from games.packets.holding.book import PacketBook
from games.packets.holding.conditions import ConditionList
from games.packets.interfaces import Conditions, Packets
from games.packets.repository import PacketRepository
from games.packets.service import PacketService


def wire(house: House) -> Wiring:
    """The doors `Packets` and `Conditions`."""
    repository = PacketRepository()
    brands = house.doors.get(Brands)
    book = PacketBook(house.database, repository, brands, house.changes)
    house.changes.listen(book)
    house.doors.provide(Packets, book)
    house.doors.provide(Conditions, ConditionList())
    service = PacketService(
        repository=repository,
        book=book,
        brands=brands,
        ledger=house.doors.get(Ledger),
        ids=house.ids,
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
    )
    return Wiring(
        routes=[BrandPacketController, AnnouncedController],
        dependencies={"packets": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("packets", wire)
