"""Wires the live channel: one mouth and pair of ears a process, and every client's line."""

from litestar.di import Provide

from app.kernel.actors import Authenticator
from app.kernel.house import House, Slice, Wiring
from app.realtime.channel import Channel
from app.realtime.controllers import Door, events, realtime
from app.realtime.hub import Hub, Tell
from app.realtime.interfaces import Teller


def wire(house: House) -> Wiring:
    """Telling works everywhere, hearing in web processes."""
    channel = Channel(house.cache)
    hub = Hub(channel, house.doors, house.clock)
    house.changes.listen(hub)
    house.doors.provide(Teller, Tell(channel))
    authenticator = house.doors.get(Authenticator)
    authenticator.on_revoked(hub.sign_out)
    door = Door(hub, authenticator)
    return Wiring(
        routes=[realtime, events],
        dependencies={
            "realtime_door": Provide(lambda: door, sync_to_thread=False),
            "metrics": Provide(lambda: house.metrics, sync_to_thread=False),
        },
        web_lifespan=[hub.running],
    )


slice_ = Slice("realtime", wire)
