"""What other slices may ask of posts, and the views they share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.structs import Id, Timestamp, View
from campaigns.products.interfaces import ProductCard
from feeds.accounts.interfaces import AccountCard
from feeds.posts.packing.records import Audience, Encoded, FanOut, PostKind, PostRecord, PostStatus
from games.packets.interfaces import PacketCard
from media.images.interfaces import ImageView

__all__ = [
    "Audience",
    "Encoded",
    "FanOut",
    "PostKind",
    "PostRecord",
    "PostStatus",
]


class VideoCard(View, tag_field="type", tag="video"):
    """A video in a post. Where and what to play, and what happens in it when, changes while the
    post stays: players ask `/v1/videos/{id}/play`."""

    id: Id
    title: str
    duration_ms: int | None
    width: int | None
    height: int | None
    poster: ImageView | None
    preview: str | None
    """Address of a short silent film."""


Attachment = PacketCard | VideoCard
"""What a post may carry besides pictures, told apart by `type`. Live and vote will join the
union."""


class AudienceView(View):
    """Who may see it; the selected are never listed."""

    kind: Audience


class PostView(View):
    """A post's public content, the same bytes for every reader."""

    id: Id
    kind: PostKind
    account: AccountCard
    text: str
    hashtags: list[str]
    pictures: list[ImageView]
    products: list[ProductCard]
    repost_of: "PostView | None"
    """One level; None on a repost says that the original is gone."""
    attachment: Attachment | None
    audience: AudienceView
    published_at: Timestamp | None
    """None until it is published."""
    edited_at: Timestamp | None
    version: int


class PostCounts(View):
    """Figures of a post. Likes, comments and shares are exact, views at least."""

    likes: int = 0
    comments: int = 0
    shares: int = 0
    views: int = 0


class PostViewer(View):
    """The reader's own bits."""

    liked: bool = False
    following: bool = False


class FeedItem(View):
    """A post with its figures and the reader's own bits."""

    post: PostView
    counts: PostCounts
    viewer: PostViewer


class FeedItemBytes(View):
    """`FeedItem` around ready bytes: the same JSON."""

    post: msgspec.Raw
    counts: PostCounts
    viewer: PostViewer


class PostFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything SQL knows of a post itself."""

    record: PostRecord
    text: str
    hashtags: list[str]
    picture_ids: list[int]
    product_ids: list[int]
    packet_id: int | None
    video_id: int | None
    publish_at: datetime | None
    edited_at: datetime | None
    pinned: bool


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """A content that a published post has or had."""

    version: int
    text: str
    edited_at: datetime


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """For whom posts are read: a shopper, nobody in particular, or a test key."""

    shopper_id: int | None = None
    live: bool = True
    """False for test keys: they see test data only."""


class Place(msgspec.Struct, frozen=True):
    """A place in every list of posts: pages go from the newest to the oldest."""

    published_at: datetime
    id: int


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What limits a reader's sight, given to SQL."""

    reader: Reader
    followed: frozenset[int] = frozenset()
    """Whose posts to followers the reader may see."""
    blocked: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


class Source(StrEnum):
    """What a post's bytes are made of besides its own row."""

    ACCOUNT = "account"
    PRODUCT = "product"
    PICTURE = "picture"
    VIDEO = "video"
    ORIGINAL = "original"


class PostRows(Protocol):
    """The rows of posts, for `feeds.library`, which makes views of them."""

    async def facts(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, PostFacts]:
        """All facts of those ids that exist."""
        ...

    async def before(
        self,
        session: AsyncSession,
        authors: Sequence[int],
        before: Place | None,
        limit: int,
        sight: Sight | None,
    ) -> list[PostRecord]:
        """Published posts of these authors from a place on, the newest first; with `sight` those
        that the reader may see."""
        ...

    async def tagged(
        self, session: AsyncSession, tag: str, live: bool, before: Place | None, limit: int
    ) -> list[Place]:
        """Published posts for everyone under a topic, the newest first."""
        ...

    async def pinned(self, session: AsyncSession, account_id: int) -> list[int]:
        """The posts an account pinned, the latest pin first."""
        ...

    async def history(self, session: AsyncSession, post_id: int) -> list[Edit]:
        """What a post said, the newest first."""
        ...

    async def audience_members(self, session: AsyncSession, post_id: int) -> list[int]:
        """See `Posts`."""
        ...

    async def selected_among(
        self, session: AsyncSession, shopper_id: int, post_ids: Iterable[int]
    ) -> frozenset[int]:
        """See `Posts`."""
        ...

    async def showing(
        self,
        session: AsyncSession,
        source: Source,
        ids: Sequence[int],
        before_id: int | None,
        limit: int,
    ) -> list[int]:
        """Published posts whose bytes show any of these, from the newest id on."""
        ...

    async def raise_versions(self, session: AsyncSession, ids: Sequence[int]) -> list[int]:
        """Give published posts another version. Returns those that still are published."""
        ...


class PostViews(Protocol):
    """Provided by `feeds.library`: views of posts in any state, for those who wrote them."""

    async def views(self, session: AsyncSession, ids: Sequence[int]) -> dict[int, PostView]:
        """As this transaction sees them."""
        ...


class Posts(Protocol):
    """Implemented by `feeds.library`. Published posts and their bytes."""

    async def records(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, PostRecord]:
        """The facts of those ids that exist, whatever their status."""
        ...

    async def encoded(
        self, ids: Sequence[int], session: AsyncSession | None = None
    ) -> dict[int, Encoded]:
        """The present bytes of those ids that exist, from memory, the cache or SQL. Awaits
        nothing when memory holds all. Memory is right as of the caller's last `changes.sync()`.

        A caller who holds a `session` that only reads should give it. Says nothing about who may
        see the posts: check `record` before they leave the house.
        """
        ...

    async def audience_members(self, session: AsyncSession, post_id: int) -> list[int]:
        """The selected shoppers of a post with that audience, at most 1,000."""
        ...

    async def selected_among(
        self, session: AsyncSession, shopper_id: int, post_ids: Iterable[int]
    ) -> frozenset[int]:
        """Which of these posts name the shopper in their selected audience."""
        ...

    async def visible(
        self, session: AsyncSession, actor: Actor | None, ids: Sequence[int]
    ) -> dict[int, PostRecord]:
        """Those of the posts that this caller may see now: published, of the caller's mode, for
        its eyes, no block in either direction; and its own in any status. The rest is 404."""
        ...

    async def of_authors_before(
        self,
        session: AsyncSession,
        reader: Reader,
        authors: Sequence[int],
        before: Place | None,
        limit: int,
    ) -> list[PostRecord]:
        """The newest published posts of these authors that the reader may see (audience, blocks,
        not-interested), from the place `before` on, in order. Plain SQL and always right: feeds
        continue and are rebuilt from it. Does not ask whether the authors are followed, except
        for posts to followers only."""
        ...

    async def published_before(
        self, session: AsyncSession, authors: Sequence[int], before: Place | None, limit: int
    ) -> list[PostRecord]:
        """The same without a reader: everything published and not withdrawn, for outboxes."""
        ...

    async def items(
        self, session: AsyncSession, shopper_id: int | None, ids: Sequence[int]
    ) -> list[FeedItemBytes]:
        """Feed items of visible posts, in the order given; what vanished meanwhile is left out."""
        ...


Marks = bytes | Sequence[bytes | None]
"""Of the floor, and then of each post that was asked for; of the floor alone when those have
none."""


class Engagement(Protocol):
    """Provided by the slice that counts likes, comments, shares and views."""

    async def counts(self, post_ids: Sequence[int]) -> dict[int, PostCounts]:
        """The figures of posts; an id without any may be missing."""
        ...

    async def figures(self, post_ids: Sequence[int]) -> Mapping[int, bytes]:
        """The same as ready JSON of `PostCounts`."""
        ...

    async def liked(self, shopper_id: int, post_ids: Sequence[int]) -> frozenset[int]:
        """Which of these posts the shopper likes. Whatever changes the answer breaks the shopper's
        seal (`app.kernel.valkey.seals`)."""
        ...

    def marks_key(self, shopper_id: int) -> str:
        """A hash in the shopper's bucket of the cache, for who has a script there anyway: ask it
        for `floor` and for posts by their ids in 8 bytes, and let `told` say what it means."""
        ...

    def told(self, post_ids: Sequence[int], marks: Marks | None) -> frozenset[int] | None:
        """The same as `liked`, from marks of these posts; None when they do not tell."""
        ...
