"""Wires likes and shares."""

from litestar.di import Provide

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from app.kernel.valkey.settle import Settler
from feeds.accounts.interfaces import Relations
from feeds.figures.interfaces import Tallies
from feeds.posts.events import PostWithdrawn
from feeds.posts.interfaces import Engagement, Posts
from feeds.reactions.controllers import SharesController, like_endpoints
from feeds.reactions.interfaces import Gate
from feeds.reactions.repository import ReactionRepository
from feeds.reactions.service import Likes, PostGate, ReactionService
from feeds.reactions.store import LikedStore, ReactionStore
from feeds.reactions.tasks import CLOSE, tasks


def wire(house: House) -> Wiring:
    """Deciding in the live Valkey, settling in the worker, and what readers see."""
    repository, liked = ReactionRepository(), LikedStore(house.cache)
    posts, tallies = house.doors.get(Posts), house.doors.get(Tallies)
    gate = PostGate(house.database, posts, house.doors.get(Relations))
    reactions = ReactionService(
        house.database,
        house.live,
        ReactionStore(house.live),
        liked,
        repository,
        tallies,
        posts,
        house.events,
        house.changes,
    )
    house.doors.provide(Gate, gate)
    house.doors.provide(Engagement, Likes(house.database, liked, repository, tallies))

    async def close_withdrawn(tx: Transaction, event: PostWithdrawn) -> None:
        await tx.defer(CLOSE, post_id=event.post.id)
        tx.after_commit(lambda: reactions.close(event.post.id))

    house.events.subscribe(PostWithdrawn, close_withdrawn)
    return Wiring(
        routes=[SharesController],
        dependencies={
            "reactions": Provide(lambda: reactions, sync_to_thread=False),
            "gate": Provide(lambda: gate, sync_to_thread=False),
            "public_url": Provide(lambda: house.settings.public_url, sync_to_thread=False),
        },
        hot=like_endpoints(gate, reactions),
        tasks=tasks(reactions),
        settlers=[Settler("reaction", reactions.settle)],
        audits={"reactions": reactions.audit},
        rebuilds={"reactions": reactions.rebuild},
    )


slice_ = Slice("reactions", wire)
