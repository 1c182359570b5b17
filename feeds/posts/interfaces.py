"""What other slices may ask of posts, and the views they share."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.structs import Id, Timestamp, View
from campaigns.products.interfaces import ProductCard
from feeds.accounts.interfaces import AccountCard
from games.packets.interfaces import PacketCard
from media.images.interfaces import ImageView


class PostKind(StrEnum):
    """What a post shows; each kind has its own demands, see `rules`."""

    PICTURES = "pictures"
    NEWS = "news"
    NEW_ARRIVALS = "new_arrivals"
    PRODUCT_SHOW = "product_show"
    BUYER_SHOW = "buyer_show"
    ORDER_SHOW = "order_show"
    REPOST = "repost"


class PostStatus(StrEnum):
    """Draft → scheduled → published → withdrawn; the arrows are in `rules`."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Audience(StrEnum):
    """Who may see a post."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    SELECTED = "selected"


class FanOut(StrEnum):
    """How a post reaches timelines; decided once, at publication, and stored."""

    PUSH = "push"
    PULL = "pull"


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


class PostRecord(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """All facts of a post that others decide by. Stored with the bytes: fields are only appended,
    with defaults."""

    id: int
    account_id: int
    kind: PostKind
    status: PostStatus
    audience: Audience
    live: bool
    """False for test data."""
    version: int
    """Raised by every change of the bytes."""
    published_at: datetime | None = None
    """To the millisecond; with the id it is the place in every list. Never changes."""
    fan_out: FanOut | None = None
    repost_of_id: int | None = None
    """The original, never another repost."""
    original_account_id: int | None = None
    """The original's author: who blocks this account sees no reposts of its posts either."""
    author_shopper_id: int | None = None
    """The person who wrote it; None for keys."""

    @property
    def published_ms(self) -> int:
        """`published_at` in milliseconds since 1970; 0 when unpublished."""
        return round(self.published_at.timestamp() * 1000) if self.published_at else 0


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


class Encoded(msgspec.Struct, frozen=True, array_like=True):
    """A post's facts and its ready JSON. Withdrawn posts have empty bytes."""

    record: PostRecord
    body: bytes


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


class Engagement(Protocol):
    """Provided by the slice that counts likes, comments, shares and views."""

    async def counts(self, post_ids: Sequence[int]) -> dict[int, PostCounts]:
        """The figures of posts; an id without any may be missing."""
        ...

    async def liked(self, shopper_id: int, post_ids: Sequence[int]) -> frozenset[int]:
        """Which of these posts the shopper likes. Whatever changes the answer breaks the shopper's
        seal (`app.kernel.valkey.seals`)."""
        ...
