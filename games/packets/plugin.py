"""Plugs packets into the house: how they are made, funded and scheduled."""

from collections.abc import Collection, Mapping

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import Invalid
from app.kernel.house import House, Slice, Wiring
from app.kernel.structs import ID_MAX
from campaigns.brands.interfaces import Brands
from campaigns.ledger.interfaces import Ledger
from games.packets.controllers import AnnouncedController, BrandPacketController
from games.packets.holding.book import PacketBook
from games.packets.holding.conditions import ConditionList
from games.packets.holding.watched import Watched
from games.packets.interfaces import WATCH, Conditions, Packets
from games.packets.repository import PacketRepository
from games.packets.service import PacketService
from media.timelines.interfaces import (
    CueKind,
    CueKinds,
    CueOwner,
    CueTarget,
    CueTargets,
    PacketTarget,
)
from media.watching.interfaces import WatchCredits


class PacketCues(CueTargets):
    """Packets as cues of films point to them."""

    def __init__(self, packets: Packets) -> None:
        self._packets = packets

    async def missing(
        self, session: AsyncSession, refs: Collection[str], owner: CueOwner
    ) -> Mapping[str, str]:
        """As with posts: the brand's own, and scheduled."""
        brand_id = None if owner.by_shopper else owner.id
        words: dict[str, str] = {}
        for ref in refs:
            try:
                await self._packets.check_carried(session, _id(ref), brand_id, owner.live)
            except Invalid as error:
                words[ref] = error.detail
        return words

    async def shown(self, session: AsyncSession, refs: Collection[str]) -> Mapping[str, CueTarget]:
        """As they were announced."""
        cards = await self._packets.cards(session, [id_ for ref in refs if (id_ := _id(ref))])
        return {
            str(card.id): PacketTarget(
                id=card.id,
                title=card.title,
                form=card.form,
                total=card.total,
                count=card.count,
                opens_at=card.opens_at,
                closes_at=card.closes_at,
            )
            for card in cards.values()
        }


def _id(ref: str) -> int:
    """0 for what is no id."""
    number = int(ref) if ref.isascii() and ref.isdigit() and len(ref) <= 19 else 0
    return number if number <= ID_MAX and str(number) == ref else 0


def wire(house: House) -> Wiring:
    """The doors `Packets` and `Conditions`."""
    repository = PacketRepository()
    brands = house.doors.get(Brands)
    book = PacketBook(house.database, repository, brands, house.changes)
    house.changes.listen(book)
    house.doors.provide(Packets, book)
    house.doors.get(CueKinds).add(CueKind.PACKET, PacketCues(book))
    conditions = ConditionList()
    conditions.add(WATCH, Watched(house.doors.get(WatchCredits)))
    house.doors.provide(Conditions, conditions)
    service = PacketService(
        repository=repository,
        book=book,
        brands=brands,
        ledger=house.doors.get(Ledger),
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
