"""Wires timelines: the feed's endpoints, the jobs, and what they listen to."""

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from app.kernel.jobs import Task
from app.kernel.valkey.seals import Seals
from app.realtime.interfaces import FeedHead, Teller
from feeds.accounts.events import GraphChanged
from feeds.accounts.interfaces import Accounts, Relations
from feeds.posts.events import PostPublished
from feeds.posts.interfaces import Engagement, FanOut, Posts
from feeds.timelines.controllers import FeedEndpoints
from feeds.timelines.reading.heads import Heads
from feeds.timelines.reading.outboxes import Outboxes
from feeds.timelines.reading.pages import FeedPages
from feeds.timelines.reading.shelf import Shelf
from feeds.timelines.repository import TimelineRepository
from feeds.timelines.service import FeedReader, TimelineService
from feeds.timelines.store import TimelineStore
from feeds.timelines.tasks import FAN_OUT, FORGET, FanOutJob


def _wire(house: House) -> Wiring:
    settings, doors = house.settings, house.doors
    posts, relations, accounts = doors.get(Posts), doors.get(Relations), doors.get(Accounts)
    engagement = doors.get(Engagement)
    repository = TimelineRepository()
    store = TimelineStore(
        house.cache, items_max=settings.feed_items_max, life_days=settings.feed_active_days
    )
    timelines = TimelineService(
        store,
        house.database,
        repository,
        posts,
        relations,
        house.clock,
        house.metrics,
        items_max=settings.feed_items_max,
    )
    outboxes = Outboxes(
        timelines.load_outbox, timelines.load_pulled_authors, items_max=settings.feed_items_max
    )
    house.changes.listen(outboxes)
    reader = FeedReader(
        timelines,
        store,
        outboxes,
        house.changes,
        house.database,
        posts,
        Shelf(posts, engagement),
        engagement,
        relations,
        accounts,
    )
    pages = FeedPages(
        reader,
        engagement,
        Seals(house.cache, house.changes),
        house.cursors,
        held_bytes_max=settings.feed_held_bytes_max,
    )
    house.changes.listen(pages)
    doors.provide(FeedHead, Heads(pages, house.database, relations, posts))

    teller = doors.get(Teller)

    async def published(tx: Transaction, event: PostPublished) -> None:
        if event.post.fan_out is FanOut.PULL:
            await repository.add_pulled_author(tx.session, event.post.account_id)
        await tx.defer(FAN_OUT, post_id=event.post.id)

    async def graph_changed(tx: Transaction, event: GraphChanged) -> None:
        # At once, so that the shopper's next read is right; and as a job, should we die in between.
        tx.after_commit(lambda: timelines.forget(event.shopper_id))
        tx.after_commit(lambda: teller.graph_changed(event.shopper_id))
        await tx.defer(FORGET, shopper_id=event.shopper_id)

    house.events.subscribe(PostPublished, published)
    house.events.subscribe(GraphChanged, graph_changed)
    fan_out = FanOutJob(
        house.database, store, posts, relations, house.changes, house.clock, house.metrics, teller
    )
    return Wiring(
        hot=FeedEndpoints(pages).declared(),
        tasks=[Task(FAN_OUT, fan_out.run), Task(FORGET, timelines.forget)],
    )


slice_ = Slice("timelines", _wire)
