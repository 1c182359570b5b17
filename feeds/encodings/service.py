"""Makes a post's bytes from SQL and keeps them ready.

What changes a post's bytes raises its version in SQL, in the transaction of the change, and defers
a job there; the job, and right after the commit the request as well, encode the new version, store
it and tell every process.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database, Transaction
from app.kernel.events import Events
from app.kernel.structs import Id, Timestamp, encode_json
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.errors import ValkeyUnavailable
from campaigns.products.interfaces import ProductCard, Products
from feeds.accounts.interfaces import AccountCard, Accounts
from feeds.encodings.interfaces import ReadyBytes
from feeds.encodings.store import PostMemory, PostStore
from feeds.posts.events import PostReencode
from feeds.posts.interfaces import (
    Attachment,
    AudienceView,
    Encoded,
    PostFacts,
    PostKind,
    PostRows,
    PostStatus,
    PostView,
    PostViews,
    Source,
    VideoCard,
)
from games.packets.interfaces import PacketCard, Packets
from media.images.interfaces import Images, ImageView
from media.videos.interfaces import Videos, VideoView

REFRESH_TASK = "feeds.encodings.refresh"
REENCODE_TASK = "feeds.encodings.reencode"
_BATCH_MAX = 200


class PostEncoder(PostViews):
    """From facts to views to bytes: the plain path, which every other path must equal."""

    def __init__(
        self,
        rows: PostRows,
        accounts: Accounts,
        images: Images,
        products: Products,
        packets: Packets,
        videos: Videos,
    ) -> None:
        self._rows = rows
        self._accounts = accounts
        self._images = images
        self._products = products
        self._packets = packets
        self._videos = videos

    async def views(self, session: AsyncSession, ids: Sequence[int]) -> dict[int, PostView]:
        return await self._build(session, await self._rows.facts(session, ids))

    async def encode(self, session: AsyncSession, ids: Sequence[int]) -> list[Encoded]:
        """The posts of those ids that exist. The rows are read first: what bytes show is never
        older than the version they carry. Withdrawn posts have no bytes."""
        facts = await self._rows.facts(session, ids)
        shown = {id_: f for id_, f in facts.items() if f.record.status is not PostStatus.WITHDRAWN}
        views = await self._build(session, shown)
        return [
            Encoded.of(f.record, encode_json(views[id_]) if id_ in views else b"")
            for id_, f in facts.items()
        ]

    async def _build(
        self, session: AsyncSession, facts: dict[int, PostFacts]
    ) -> dict[int, PostView]:
        originals = await self._originals(session, facts.values())
        every = [*facts.values(), *originals.values()]
        cards = await self._accounts.cards(session, {f.record.account_id for f in every})
        images = await self._images.views(session, {id_ for f in every for id_ in f.picture_ids})
        products = await self._products.cards(
            session, {id_ for f in every for id_ in f.product_ids}
        )
        packets = await self._packets.cards(session, {f.packet_id for f in every if f.packet_id})
        films = {f.video_id for f in every if f.video_id}
        # as everybody sees them: what a manager sees besides is not for a post
        videos = await self._videos.views(session, films, None) if films else {}
        shown = _Shown(cards, images, products, packets, videos)
        inner = {id_: _view(f, shown, None) for id_, f in originals.items()}
        return {
            id_: _view(f, shown, inner.get(f.record.repost_of_id or 0)) for id_, f in facts.items()
        }

    async def _originals(
        self, session: AsyncSession, facts: Iterable[PostFacts]
    ) -> dict[int, PostFacts]:
        """The originals of reposts, as far as they are still there."""
        ids = {
            f.record.repost_of_id
            for f in facts
            if f.record.kind is PostKind.REPOST and f.record.repost_of_id is not None
        }
        if not ids:
            return {}
        found = await self._rows.facts(session, ids)
        return {id_: f for id_, f in found.items() if f.record.status is PostStatus.PUBLISHED}


class EncodingService(ReadyBytes):
    """Keeps the bytes of posts where readers find them."""

    def __init__(
        self,
        *,
        encoder: PostEncoder,
        rows: PostRows,
        store: PostStore,
        memory: PostMemory,
        database: Database,
        changes: Changes,
        events: Events,
    ) -> None:
        self._encoder = encoder
        self._rows = rows
        self._store = store
        self._memory = memory
        self._database = database
        self._changes = changes
        self._events = events

    async def encoded(
        self, ids: Sequence[int], session: AsyncSession | None = None
    ) -> dict[int, Encoded]:
        found = self._memory.get(ids)
        if len(found) < len(ids):
            absent = [id_ for id_ in ids if id_ not in found] if found else ids
            found |= await self._fetch(absent, session)
        return found

    async def current(self, ids: Sequence[int], session: AsyncSession) -> dict[int, Encoded]:
        try:
            await self._changes.sync()
        except ValkeyUnavailable:
            posts = await self._encoder.encode(session, ids)
            return {post.place[1]: post for post in posts}
        return await self.encoded(ids, session)

    async def refresh(self, ids: Sequence[int]) -> None:
        """Encode the present versions, store them, and make every process drop older ones.
        Raises ValkeyUnavailable."""
        async with self._database.reading() as session:
            posts = await self._encoder.encode(session, ids)
        await self._store.put(posts)
        await self._store.tell(posts)

    async def reencode(self, source: Source, ids: Sequence[int], *, batches_max: int) -> None:
        """Give every published post that shows one of these another version and other bytes, the
        newest first, and then the reposts of those posts.

        May run twice, and beside itself: versions only grow.
        """
        before_id: int | None = None
        for _ in range(batches_max):
            async with self._database.transaction() as tx:
                batch = await self._rows.showing(tx.session, source, ids, before_id, _BATCH_MAX)
                raised = await self._rows.raise_versions(tx.session, batch)
                if raised:
                    await self._events.publish(tx, PostReencode(tuple(raised)))
            if raised:
                await self.refresh(raised)
                if source is not Source.ORIGINAL:
                    await self.reencode(Source.ORIGINAL, raised, batches_max=batches_max)
            if len(batch) < _BATCH_MAX:
                return
            before_id = batch[-1]

    async def post_changed(self, tx: Transaction, post_id: int) -> None:
        """A post has another version: make its bytes, and those of its reposts."""
        await tx.defer(REFRESH_TASK, post_ids=[post_id])
        tx.after_commit(lambda: self.refresh([post_id]))
        await self.source_changed(tx, Source.ORIGINAL, [post_id])

    async def source_changed(self, tx: Transaction, source: Source, ids: Sequence[int]) -> None:
        """What posts show is another one now."""
        showing = await self._rows.showing(tx.session, source, ids, None, 1)
        if not showing:
            return
        await tx.defer(REENCODE_TASK, source=source.value, ids=[int(id_) for id_ in ids])
        # the newest at once, so that whoever made the change sees it; the job does them all
        tx.after_commit(lambda: self.reencode(source, ids, batches_max=1))

    async def _fetch(self, ids: Sequence[int], session: AsyncSession | None) -> dict[int, Encoded]:
        """From the cache, else from SQL; what was found is kept for the next reader."""
        moment = self._memory.moment()
        try:
            found = await self._store.get(ids)
        except ValkeyUnavailable:
            found = {}
        absent = [id_ for id_ in ids if id_ not in found] if len(found) < len(ids) else ()
        if absent:
            found |= await self._load(absent, session)
        self._memory.put(found, moment)
        return found

    async def _load(self, ids: Sequence[int], session: AsyncSession | None) -> dict[int, Encoded]:
        if session is not None:
            posts = await self._encoder.encode(session, ids)
        else:
            async with self._database.reading() as own:
                posts = await self._encoder.encode(own, ids)
        # a draft may change under the same version: it is read from SQL each time
        with contextlib.suppress(ValkeyUnavailable):
            await self._store.put([post for post in posts if post.place[0]])
        return {post.place[1]: post for post in posts}


class _Shown(NamedTuple):
    """What posts show besides themselves."""

    accounts: Mapping[int, AccountCard]
    images: Mapping[int, ImageView]
    products: Mapping[int, ProductCard]
    packets: Mapping[int, PacketCard]
    videos: Mapping[int, VideoView]


def _view(facts: PostFacts, shown: _Shown, original: PostView | None) -> PostView:
    record = facts.record
    return PostView(
        id=Id(record.id),
        kind=record.kind,
        account=shown.accounts[record.account_id],
        text=facts.text,
        hashtags=facts.hashtags,
        pictures=[shown.images[id_] for id_ in facts.picture_ids if id_ in shown.images],
        products=[shown.products[id_] for id_ in facts.product_ids if id_ in shown.products],
        repost_of=original,
        attachment=_attachment(facts, shown),
        audience=AudienceView(kind=record.audience),
        published_at=Timestamp.of(record.published_at) if record.published_at else None,
        edited_at=Timestamp.of(facts.edited_at) if facts.edited_at else None,
        version=record.version,
    )


def _attachment(facts: PostFacts, shown: _Shown) -> Attachment | None:
    """What the post carries, as long as everybody may see it."""
    video = shown.videos.get(facts.video_id or 0)
    if video is None:
        return shown.packets.get(facts.packet_id or 0)
    return VideoCard(
        id=video.id,
        title=video.title,
        duration_ms=video.duration_ms,
        width=video.width,
        height=video.height,
        poster=video.poster,
        preview=video.preview,
    )
