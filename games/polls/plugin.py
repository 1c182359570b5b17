"""Plugs polls into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from campaigns.brands.interfaces import Brands
from games.polls.controllers import BrandPollController, PollController
from games.polls.repository import PollRepository
from games.polls.service import PollService
from games.polls.showing.board import Board
from games.polls.showing.cues import PollCues
from media.timelines.interfaces import CueKind, CueKinds


def wire(house: House) -> Wiring:
    """Routes, the cues of films, and the audit of the counts."""
    repository = PollRepository()
    service = PollService(
        repository=repository,
        board=Board(repository),
        brands=house.doors.get(Brands),
        ids=house.ids,
        clock=house.clock,
        cursors=house.cursors,
    )
    house.doors.get(CueKinds).add(CueKind.POLL, PollCues(service))

    async def audit() -> list[str]:
        async with house.database.reading() as session:
            return await service.audit(session)

    return Wiring(
        routes=[BrandPollController, PollController],
        dependencies={"polls": Provide(lambda: service, sync_to_thread=False)},
        audits={"polls": audit},
    )


slice_ = Slice("polls", wire)
