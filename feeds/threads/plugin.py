"""Wires the reading of comments and their HTTP."""

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.errors import NotFound
from app.kernel.house import House, Slice, Wiring
from feeds.accounts.interfaces import Accounts, Relations
from feeds.comments.interfaces import Comments, SettledLines, WaitingLines
from feeds.posts.interfaces import Posts
from feeds.reports.interfaces import ReportTarget, ReportTargets
from feeds.threads.controllers import CommentsController, PostCommentsController
from feeds.threads.service import ThreadService


def wire(house: House) -> Wiring:
    """Lists from both places where comments are."""
    doors = house.doors
    comments = doors.get(Comments)
    threads = ThreadService(
        house.database,
        doors.get(WaitingLines),
        doors.get(SettledLines),
        doors.get(Posts),
        doors.get(Accounts),
        doors.get(Relations),
    )

    async def can_be_reported(_session: AsyncSession, actor: Actor, comment_id: int) -> bool:
        try:
            await threads.one(actor, await comments.find(comment_id))
        except NotFound:
            return False
        return True

    doors.get(ReportTargets).add(ReportTarget.COMMENT, can_be_reported)
    return Wiring(
        routes=[PostCommentsController, CommentsController],
        dependencies={
            "comments": Provide(lambda: comments, sync_to_thread=False),
            "threads": Provide(lambda: threads, sync_to_thread=False),
            "cursors": Provide(lambda: house.cursors, sync_to_thread=False),
        },
    )


slice_ = Slice("threads", wire)
