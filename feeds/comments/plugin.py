"""Wires comments."""

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.errors import NotFound
from app.kernel.house import House, Slice, Wiring
from app.kernel.valkey.settle import Settler
from feeds.accounts.interfaces import Accounts, Relations
from feeds.comments.controllers import CommentsController, PostCommentsController
from feeds.comments.reading import CommentReader
from feeds.comments.repository import CommentRepository
from feeds.comments.service import CommentService
from feeds.comments.store import CommentStore
from feeds.comments.tasks import CLOSE, tasks
from feeds.figures.interfaces import Tallies
from feeds.posts.events import PostWithdrawn
from feeds.posts.interfaces import Posts
from feeds.reports.interfaces import ReportTarget, ReportTargets


def wire(house: House) -> Wiring:
    """Deciding in the live Valkey, settling in the worker, and lists of both."""
    doors, store, repository = house.doors, CommentStore(house.live), CommentRepository()
    posts, accounts = doors.get(Posts), doors.get(Accounts)
    comments = CommentService(
        house.database,
        house.live,
        store,
        repository,
        doors.get(Tallies),
        posts,
        accounts,
        house.events,
        house.ids,
    )
    reader = CommentReader(house.database, store, repository, posts, accounts, doors.get(Relations))

    async def close_withdrawn(tx: Transaction, event: PostWithdrawn) -> None:
        await tx.defer(CLOSE, post_id=event.post.id)
        tx.after_commit(lambda: comments.close(event.post.id))

    async def can_be_reported(_session: AsyncSession, actor: Actor, comment_id: int) -> bool:
        try:
            await reader.one(actor, await comments.find(comment_id))
        except NotFound:
            return False
        return True

    house.events.subscribe(PostWithdrawn, close_withdrawn)
    doors.get(ReportTargets).add(ReportTarget.COMMENT, can_be_reported)
    return Wiring(
        routes=[PostCommentsController, CommentsController],
        dependencies={
            "comments": Provide(lambda: comments, sync_to_thread=False),
            "comments_read": Provide(lambda: reader, sync_to_thread=False),
            "cursors": Provide(lambda: house.cursors, sync_to_thread=False),
        },
        tasks=tasks(comments),
        settlers=[Settler("comment", comments.settle)],
        audits={"comments": comments.audit},
        rebuilds={"comments": comments.rebuild},
    )


slice_ = Slice("comments", wire)
