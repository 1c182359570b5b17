"""Plugs the graph into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from feeds.accounts.interfaces import Accounts, Relations
from feeds.relations.controllers import RelationController
from feeds.relations.repository import RelationRepository
from feeds.relations.service import RelationService
from games.packets.interfaces import FOLLOW, Conditions


def wire(house: House) -> Wiring:
    """The door `Relations`, its routes, and the audit of follower counts."""
    repository = RelationRepository()
    service = RelationService(
        repository=repository,
        accounts=house.doors.get(Accounts),
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
        follows_max=house.settings.follows_max,
    )
    house.doors.provide(Relations, service)
    house.doors.get(Conditions).add(FOLLOW, service)

    async def audit() -> list[str]:
        async with house.database.reading() as session:
            wrong = await repository.miscounted(session)
        return [f"account {id_}: {counted} counted, {n} followers" for id_, counted, n in wrong]

    return Wiring(
        routes=[RelationController],
        dependencies={"relations": Provide(lambda: service, sync_to_thread=False)},
        audits={"follower counts": audit},
    )


slice_ = Slice("relations", wire)
