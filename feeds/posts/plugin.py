"""Plugs the writing of posts into the house."""

from litestar.di import Provide

from app.kernel.house import House, Slice, Wiring
from campaigns.products.interfaces import Products
from feeds.accounts.interfaces import Accounts, Relations
from feeds.posts.controllers import PublishingController
from feeds.posts.interfaces import PostRows
from feeds.posts.repository import PostRepository
from feeds.posts.service import PostService
from feeds.posts.tasks import tasks
from media.images.interfaces import Images


def wire(house: House) -> Wiring:
    """Writing routes, the job of scheduled posts, and the rows for readers."""
    repository = PostRepository()
    service = PostService(
        repository=repository,
        accounts=house.doors.get(Accounts),
        relations=house.doors.get(Relations),
        images=house.doors.get(Images),
        products=house.doors.get(Products),
        doors=house.doors,
        ids=house.ids,
        clock=house.clock,
        events=house.events,
        cursors=house.cursors,
        push_followers_max=house.settings.feed_push_followers_max,
    )
    house.doors.provide(PostRows, repository)
    return Wiring(
        routes=[PublishingController],
        dependencies={"publishing": Provide(lambda: service, sync_to_thread=False)},
        tasks=tasks(house.database, service),
    )


slice_ = Slice("posts", wire)
