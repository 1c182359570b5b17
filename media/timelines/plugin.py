"""Plugs timelines into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from media.timelines.controllers import TimelineController
from media.timelines.interfaces import CueKinds, Timelines
from media.timelines.repository import TimelineRepository
from media.timelines.service import CueKindList, TimelineService
from media.videos.interfaces import Videos


def wire(house: House) -> Wiring:
    """The doors `Timelines` and `CueKinds`."""
    kinds = CueKindList()
    house.doors.provide(CueKinds, kinds)
    service = TimelineService(
        repository=TimelineRepository(),
        kinds=kinds,
        videos=house.doors.get(Videos),
        ids=house.ids,
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
    )
    house.doors.provide(Timelines, service)
    return Wiring(
        routes=[TimelineController],
        dependencies={"timelines": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("film_timelines", wire)
