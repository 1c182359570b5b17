"""Wires the deciding of comments."""

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from app.kernel.valkey.settle import Settler
from feeds.accounts.interfaces import Accounts
from feeds.comments.interfaces import Comments, SettledLines, WaitingLines
from feeds.comments.repository import CommentRepository
from feeds.comments.service import CommentService
from feeds.comments.store import CommentStore
from feeds.comments.tasks import CLOSE, tasks
from feeds.figures.interfaces import Tallies
from feeds.posts.events import PostWithdrawn
from feeds.posts.interfaces import Posts


def wire(house: House) -> Wiring:
    """Deciding in the live Valkey, settling in the worker, and doors to both."""
    doors, store, repository = house.doors, CommentStore(house.live), CommentRepository()
    comments = CommentService(
        house.database,
        house.live,
        store,
        repository,
        doors.get(Tallies),
        doors.get(Posts),
        doors.get(Accounts),
        house.events,
        house.ids,
    )
    doors.provide(Comments, comments)
    doors.provide(WaitingLines, store)
    doors.provide(SettledLines, repository)

    async def close_withdrawn(tx: Transaction, event: PostWithdrawn) -> None:
        await tx.defer(CLOSE, post_id=event.post.id)
        tx.after_commit(lambda: comments.close(event.post.id))

    house.events.subscribe(PostWithdrawn, close_withdrawn)
    return Wiring(
        tasks=tasks(comments),
        settlers=[Settler("comment", comments.settle)],
        audits={"comments": comments.audit},
        rebuilds={"comments": comments.rebuild},
    )


slice_ = Slice("comments", wire)
