"""Plugs the reading of posts into the house."""

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor
from app.kernel.house import House, Slice, Wiring
from feeds.accounts.interfaces import Accounts, Relations
from feeds.encodings.interfaces import ReadyBytes
from feeds.library.controllers import LibraryController
from feeds.library.service import LibraryService
from feeds.posts.interfaces import PostRows, Posts
from feeds.reports.interfaces import ReportTarget, ReportTargets


def wire(house: House) -> Wiring:
    """The door `Posts` and the readers' routes."""
    service = LibraryService(
        rows=house.doors.get(PostRows),
        ready=house.doors.get(ReadyBytes),
        accounts=house.doors.get(Accounts),
        relations=house.doors.get(Relations),
        doors=house.doors,
        cursors=house.cursors,
    )
    house.doors.provide(Posts, service)

    async def exists(session: AsyncSession, actor: Actor, post_id: int) -> bool:
        return bool(await service.visible(session, actor, [post_id]))

    house.doors.get(ReportTargets).add(ReportTarget.POST, exists)
    return Wiring(
        routes=[LibraryController],
        dependencies={"library": Provide(lambda: service, sync_to_thread=False)},
    )


slice_ = Slice("library", wire)
