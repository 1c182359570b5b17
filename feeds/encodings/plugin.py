"""Plugs ready bytes into the house."""

from app.kernel.database import Transaction
from app.kernel.house import House, Slice, Wiring
from campaigns.products.events import ProductsChanged
from campaigns.products.interfaces import Products
from feeds.accounts.events import AccountChanged
from feeds.accounts.interfaces import Accounts
from feeds.encodings.interfaces import ReadyBytes
from feeds.encodings.service import EncodingService, PostEncoder
from feeds.encodings.store import PostMemory, PostStore
from feeds.encodings.tasks import tasks
from feeds.posts.events import PostEdited, PostPublished, PostWithdrawn
from feeds.posts.interfaces import PostRows, PostViews, Source
from games.packets.interfaces import Packets
from media.images.events import ImageRendered
from media.images.interfaces import Images
from media.videos.events import (
    VideoChanged,
    VideoDeleted,
    VideoPublished,
    VideoReplaced,
    VideoTakenDown,
    VideoWithdrawn,
)
from media.videos.interfaces import Videos


def wire(house: House) -> Wiring:
    """The doors `PostViews` and `ReadyBytes`, and what makes bytes anew."""
    rows, memory = house.doors.get(PostRows), PostMemory(house.settings.posts_held_max)
    encoder = PostEncoder(
        rows,
        house.doors.get(Accounts),
        house.doors.get(Images),
        house.doors.get(Products),
        house.doors.get(Packets),
        house.doors.get(Videos),
    )
    service = EncodingService(
        encoder=encoder,
        rows=rows,
        store=PostStore(house.cache, house.changes),
        memory=memory,
        database=house.database,
        changes=house.changes,
        events=house.events,
    )
    house.changes.listen(memory)
    house.doors.provide(PostViews, encoder)
    house.doors.provide(ReadyBytes, service)

    async def post(tx: Transaction, event: PostPublished | PostEdited | PostWithdrawn) -> None:
        await service.post_changed(tx, event.post.id)

    async def account(tx: Transaction, event: AccountChanged) -> None:
        await service.source_changed(tx, Source.ACCOUNT, [event.account_id])

    async def products(tx: Transaction, event: ProductsChanged) -> None:
        await service.source_changed(tx, Source.PRODUCT, event.product_ids)

    async def picture(tx: Transaction, event: ImageRendered) -> None:
        await service.source_changed(tx, Source.PICTURE, [event.image_id])

    async def video(
        tx: Transaction,
        event: VideoPublished
        | VideoWithdrawn
        | VideoTakenDown
        | VideoDeleted
        | VideoReplaced
        | VideoChanged,
    ) -> None:
        await service.source_changed(tx, Source.VIDEO, [event.video_id])

    for kind in (
        *(VideoPublished, VideoWithdrawn, VideoTakenDown, VideoDeleted),
        *(VideoReplaced, VideoChanged),
    ):
        house.events.subscribe(kind, video)
    house.events.subscribe(PostPublished, post)
    house.events.subscribe(PostEdited, post)
    house.events.subscribe(PostWithdrawn, post)
    house.events.subscribe(AccountChanged, account)
    house.events.subscribe(ProductsChanged, products)
    house.events.subscribe(ImageRendered, picture)
    return Wiring(tasks=tasks(service))


slice_ = Slice("encodings", wire)
