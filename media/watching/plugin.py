"""How watching plugs into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from media.videos.interfaces import Videos
from media.watching.controllers import WatchController
from media.watching.interfaces import WatchCredits
from media.watching.repository import WatchRepository
from media.watching.service import WatchService


def _wire(house: House) -> Wiring:
    service = WatchService(
        repository=WatchRepository(),
        videos=house.doors.get(Videos),
        doors=house.doors,
        clock=house.clock,
    )
    house.doors.provide(WatchCredits, service)
    return Wiring(
        routes=[WatchController],
        dependencies={"watching": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("watching", _wire)
