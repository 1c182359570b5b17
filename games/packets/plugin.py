"""Plugs packets into the house: how they are made, funded and scheduled."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from campaigns.ledger.interfaces import Ledger
from games.packets.controllers import AnnouncedController, BrandPacketController
from games.packets.holding.book import PacketBook
from games.packets.holding.conditions import ConditionList
from games.packets.holding.cues import CueMoments, PacketCues
from games.packets.holding.watched import Watched
from games.packets.interfaces import WATCH, Conditions, Packets
from games.packets.repository import PacketRepository
from games.packets.service import PacketService
from media.timelines.events import TimelinePublished
from media.timelines.interfaces import CueKind, CueKinds, Timelines
from media.videos.interfaces import Videos
from media.watching.interfaces import WatchCredits


def wire(house: House) -> Wiring:
    """The doors `Packets` and `Conditions`."""
    repository = PacketRepository()
    brands = house.doors.get(Brands)
    book = PacketBook(house.database, repository, brands, house.changes)
    house.changes.listen(book)
    house.doors.provide(Packets, book)
    house.doors.get(CueKinds).add(CueKind.PACKET, PacketCues(book))
    moments = CueMoments(repository, book, house.doors.get(Timelines), house.clock)
    house.events.subscribe(TimelinePublished, moments.published)
    conditions = ConditionList()
    conditions.add(WATCH, Watched(house.doors.get(WatchCredits), house.doors.get(Videos)))
    house.doors.provide(Conditions, conditions)
    service = PacketService(
        repository=repository,
        book=book,
        brands=brands,
        ledger=house.doors.get(Ledger),
        conditions=conditions,
        ids=house.ids,
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
        doors=house.doors,
    )
    return Wiring(
        routes=[BrandPacketController, AnnouncedController],
        dependencies={"packets": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("packets", wire)
