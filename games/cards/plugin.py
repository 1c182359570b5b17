"""Plugs share cards into the house."""

from litestar.di import Provide

from app.identity.interfaces import BrandDirectory
from app.kernel.house import House, Slice, Wiring
from games.cards.controllers import CardController
from games.cards.service import CardService
from games.packets.interfaces import Packets


def wire(house: House) -> Wiring:
    """One route."""
    service = CardService(
        house.doors.get(Packets),
        house.doors.get(BrandDirectory),
        house.clock,
        house.settings.public_url,
    )
    return Wiring(
        routes=[CardController],
        dependencies={"cards": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("cards", wire)
