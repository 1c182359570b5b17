"""The use cases of those who publish: draft, schedule, publish, edit, pin, withdraw."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import FieldError, Invalid
from app.kernel.events import Events
from app.kernel.house import Doors
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Page, Timestamp
from app.kernel.text import tidy
from campaigns.products.interfaces import Products
from feeds.accounts.errors import AccountNotFound
from feeds.accounts.interfaces import AccountRecord, Accounts, Relations
from feeds.posts.attaching.checks import attach, refuse_unseen
from feeds.posts.errors import (
    EditsFull,
    NotRepostable,
    PinsFull,
    PostIncomplete,
    PostNotFound,
    PostState,
)
from feeds.posts.events import PostEdited, PostPublished, PostWithdrawn
from feeds.posts.interfaces import (
    Audience,
    PostKind,
    Posts,
    PostStatus,
    PostViews,
)
from feeds.posts.models import Post
from feeds.posts.repository import PostRepository, record_of
from feeds.posts.rules import (
    AHEAD_DAYS_MAX,
    EDITS_MAX,
    PINS_MAX,
    Content,
    fan_out_of,
    hashtags_of,
    may_move,
    missing,
)
from feeds.posts.schemas import AudienceInput, ManagedPost, PinView, PostCreate, PostUpdate
from media.images.interfaces import Images, PictureOwner

PUBLISH_TASK = "feeds.posts.publish"
_LIST = "my-posts"
_EVERYONE = AudienceInput(kind=Audience.EVERYONE)


class PostService:
    """Writes posts. Whoever writes must be allowed to publish as the post's account; for anybody
    else the post does not exist."""

    def __init__(
        self,
        *,
        repository: PostRepository,
        accounts: Accounts,
        relations: Relations,
        images: Images,
        products: Products,
        doors: Doors,
        ids: Ids,
        clock: Clock,
        events: Events,
        cursors: Cursors,
        push_followers_max: int,
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._relations = relations
        self._images = images
        self._products = products
        self._doors = doors
        self._ids = ids
        self._clock = clock
        self._events = events
        self._cursors = cursors
        self._push_followers_max = push_followers_max

    async def create(
        self, tx: Transaction, actor: Actor, body: PostCreate, *, at: datetime | None = None
    ) -> ManagedPost:
        """A new post. `at` is the moment of publication of imported, older posts."""
        account = await self._account(tx.session, actor, body.account_id)
        audience = _audience(body.audience or _EVERYONE)
        post = Post(
            id=self._ids.new(),
            account_id=account.id,
            author_shopper_id=actor.shopper_id,
            kind=body.kind.value,
            status=PostStatus.DRAFT.value,
            live=account.live,
            text=tidy(body.text),
            picture_ids=await self._pictures(tx.session, actor, body.picture_ids, []),
            product_ids=await self._checked_products(tx.session, account, body.product_ids, []),
            audience=audience.kind.value,
            version=0,
            created_at=self._clock.now(),
        )
        post.hashtags = hashtags_of(post.text)
        if body.attachment is not None:
            await attach(tx.session, self._doors, account, post, body.attachment)
        if body.repost_of_id is not None:
            await self._repost(tx.session, actor, post, body.repost_of_id)
        if not body.draft:
            _refuse_incomplete(post, account)
            await refuse_unseen(tx.session, self._doors, post)
        tx.session.add(post)
        await tx.session.flush()
        if audience.kind is Audience.SELECTED:
            await self._repository.set_audience(tx.session, post.id, audience.shopper_ids)
        if body.publish_at is not None and not body.draft:
            await self._schedule(tx, post, body.publish_at)
        elif not body.draft:
            await self._publish(tx, post, at or self._clock.now())
        return await self._managed(tx.session, post)

    async def edit(
        self, tx: Transaction, actor: Actor, post_id: int, body: PostUpdate
    ) -> ManagedPost:
        """Change a post. Once published, only its content; what it said is kept."""
        post, account = await self._own(tx.session, actor, post_id)
        status = PostStatus(post.status)
        if status is PostStatus.WITHDRAWN:
            raise PostState("A withdrawn post cannot be edited")
        published = status is PostStatus.PUBLISHED
        if published and (body.audience is not UNSET or body.publish_at is not UNSET):
            raise PostState("Audience and time are settled when a post is published")
        before = _content(post)
        if body.text is not UNSET:
            post.text = tidy(body.text)
            post.hashtags = hashtags_of(post.text)
        if body.picture_ids is not UNSET:
            post.picture_ids = await self._pictures(
                tx.session, actor, body.picture_ids, post.picture_ids
            )
        if body.product_ids is not UNSET:
            post.product_ids = await self._checked_products(
                tx.session, account, body.product_ids, post.product_ids
            )
        if body.audience is not UNSET:
            audience = _audience(body.audience)
            post.audience = audience.kind.value
            await self._repository.set_audience(tx.session, post.id, audience.shopper_ids)
        if body.publish_at is not UNSET:
            await self._schedule(tx, post, body.publish_at)
        if post.status != PostStatus.DRAFT:
            _refuse_incomplete(post, account)
        await tx.session.flush()
        if published and _content(post) != before:
            await self._edited(tx, post)
        return await self._managed(tx.session, post)

    async def publish(self, tx: Transaction, actor: Actor, post_id: int) -> ManagedPost:
        """Publish a draft or a scheduled post now; a published one stays as it is."""
        post, account = await self._own(tx.session, actor, post_id)
        if post.status != PostStatus.PUBLISHED:
            _check_move(post, PostStatus.PUBLISHED)
            _refuse_incomplete(post, account)
            await refuse_unseen(tx.session, self._doors, post)
            await self._publish(tx, post, self._clock.now())
        return await self._managed(tx.session, post)

    async def publish_due(self, tx: Transaction, post_id: int, publish_at_ms: int) -> None:
        """For the job: publish if the post still waits for exactly this moment.

        A draft's original may have gone meanwhile; the post then goes out without it, as a
        repost whose original is withdrawn later does.
        """
        post = await self._repository.get(tx.session, post_id, lock=True)
        if post is None or post.status != PostStatus.SCHEDULED or post.publish_at is None:
            return
        if _ms(post.publish_at) == publish_at_ms:
            await self._publish(tx, post, self._clock.now())

    async def withdraw(self, tx: Transaction, actor: Actor, post_id: int) -> ManagedPost:
        """Take a post back, for ever; doing it again changes nothing."""
        post, _ = await self._own(tx.session, actor, post_id)
        was = PostStatus(post.status)
        if was is not PostStatus.WITHDRAWN:
            _check_move(post, PostStatus.WITHDRAWN)
            post.status = PostStatus.WITHDRAWN.value
            post.pinned_at = None
            await self._saved(tx, post)
            if was is PostStatus.PUBLISHED:
                await self._events.publish(tx, PostWithdrawn(record_of(post)))
        return await self._managed(tx.session, post)

    async def pin(self, tx: Transaction, actor: Actor, post_id: int, *, pinned: bool) -> PinView:
        """Put a published post at the top of its account's page, or no longer."""
        post, _ = await self._own(tx.session, actor, post_id)
        if pinned and post.status != PostStatus.PUBLISHED:
            raise PostState("Only a published post can be pinned")
        if pinned and post.pinned_at is None:
            await self._repository.lock_pins(tx.session, post.account_id)
            if len(await self._repository.pinned(tx.session, post.account_id)) >= PINS_MAX:
                raise PinsFull(f"At most {PINS_MAX}; unpin one first")
            post.pinned_at = self._clock.now()
        elif not pinned:
            post.pinned_at = None
        await tx.session.flush()
        return PinView(pinned=pinned)

    async def mine(
        self,
        session: AsyncSession,
        actor: Actor,
        status: PostStatus | None,
        cursor: str | None,
        limit: int,
    ) -> Page[ManagedPost]:
        """Posts of every account the caller publishes as, the newest made first."""
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        accounts = await self._accounts.publishable(session, actor)
        posts = await self._repository.managed(session, accounts, status, before, limit + 1)
        more = len(posts) > limit
        return Page(
            items=await self._views(session, posts[:limit]),
            next_cursor=self._cursors.make(_LIST, posts[limit - 1].id) if more else None,
        )

    async def _account(
        self, session: AsyncSession, actor: Actor, account_id: int | None
    ) -> AccountRecord:
        """The account to publish as. Raises AccountNotFound for another's."""
        if account_id is None:
            own = await self._accounts.publishable(session, actor)
            if not own:
                raise AccountNotFound("There is no account you may publish as")
            account_id = own[0]
        elif not await self._accounts.may_publish_as(session, actor, account_id):
            raise AccountNotFound
        return (await self._accounts.records(session, [account_id]))[account_id]

    async def _own(
        self, session: AsyncSession, actor: Actor, post_id: int
    ) -> tuple[Post, AccountRecord]:
        """A post of an account the caller publishes as, locked. Raises PostNotFound."""
        post = await self._repository.get(session, post_id, lock=True)
        if post is None or not await self._accounts.may_publish_as(session, actor, post.account_id):
            raise PostNotFound
        return post, (await self._accounts.records(session, [post.account_id]))[post.account_id]

    async def _pictures(
        self, session: AsyncSession, actor: Actor, ids: Sequence[int], known: Sequence[int]
    ) -> list[int]:
        """Checked picture ids. Those already in the post stay good, whoever put them there."""
        _refuse_repeated("/pictureIds", ids)
        fresh = set(ids) - set(known)
        if fresh:
            await self._images.owned(session, fresh, PictureOwner.of(actor))
        return [int(id_) for id_ in ids]

    async def _checked_products(
        self,
        session: AsyncSession,
        account: AccountRecord,
        ids: Sequence[int],
        known: Sequence[int],
    ) -> list[int]:
        """Checked product ids: of the account's mode, and for a brand its own."""
        _refuse_repeated("/productIds", ids)
        records = await self._products.records(session, set(ids) - set(known))
        errors: list[FieldError] = []
        for index, id_ in enumerate(ids):
            product = records.get(id_)
            own = product is not None and account.brand_id in (None, product.brand_id)
            good = product is not None and own and product.live == account.live
            if id_ not in known and (not good or (product and product.archived)):
                errors.append(FieldError(f"/productIds/{index}", "There is no such product"))
        if errors:
            raise Invalid("Some products do not exist", errors=errors)
        return [int(id_) for id_ in ids]

    async def _repost(self, session: AsyncSession, actor: Actor, post: Post, of_id: int) -> None:
        """Pass on a post; a repost passes on the original."""
        visible = await self._doors.get(Posts).visible(session, actor, [of_id])
        original = visible.get(of_id)
        if original is not None and original.kind is PostKind.REPOST:
            of_id = original.repost_of_id or 0
            original = (await self._doors.get(Posts).visible(session, actor, [of_id])).get(of_id)
        if original is None or original.live != post.live:
            raise PostNotFound("The post to pass on does not exist")
        if original.status is not PostStatus.PUBLISHED or original.audience != Audience.EVERYONE:
            raise NotRepostable("Only published posts for everyone can be passed on")
        post.repost_of_id, post.original_account_id = original.id, original.account_id

    async def _schedule(self, tx: Transaction, post: Post, publish_at: datetime | None) -> None:
        """Wait for a moment, or without one become a draft again."""
        if publish_at is None:
            _check_move(post, PostStatus.DRAFT)
            post.status, post.publish_at = PostStatus.DRAFT.value, None
            return
        _check_move(post, PostStatus.SCHEDULED)
        now = self._clock.now()
        if not now < publish_at <= now + timedelta(days=AHEAD_DAYS_MAX):
            raise Invalid.field("/publishAt", f"A moment within the next {AHEAD_DAYS_MAX} days")
        # a plain datetime: psycopg knows no Timestamp
        moment = datetime.fromtimestamp(publish_at.timestamp(), publish_at.tzinfo)
        post.status, post.publish_at = PostStatus.SCHEDULED.value, moment
        await tx.session.flush()
        await tx.defer(PUBLISH_TASK, at=moment, post_id=post.id, publish_at_ms=_ms(moment))

    async def _publish(self, tx: Transaction, post: Post, at: datetime) -> None:
        """Send a post out: its place in time and its way to the readers are settled here."""
        followers = await self._relations.followers_count(tx.session, post.account_id)
        audience = Audience(post.audience)
        post.status = PostStatus.PUBLISHED.value
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        post.published_at = at
        post.fan_out = fan_out_of(audience, followers, self._push_followers_max).value
        await self._saved(tx, post)
        await self._repository.add_edit(tx.session, post, at)
        await self._events.publish(tx, PostPublished(record_of(post)))

    async def _edited(self, tx: Transaction, post: Post) -> None:
        if await self._repository.edits(tx.session, post.id) >= EDITS_MAX:
            raise EditsFull
        post.edited_at = at = self._clock.now()
        await self._saved(tx, post)
        await self._repository.add_edit(tx.session, post, at)
        await self._events.publish(tx, PostEdited(record_of(post)))

    async def _saved(self, tx: Transaction, post: Post) -> None:
        """Write a changed post under another version, and list it where it belongs."""
        post.version += 1
        await tx.session.flush()
        await self._repository.set_tags(tx.session, post)

    async def _managed(self, session: AsyncSession, post: Post) -> ManagedPost:
        return (await self._views(session, [post]))[0]

    async def _views(self, session: AsyncSession, posts: Sequence[Post]) -> list[ManagedPost]:
        await session.flush()
        views = await self._doors.get(PostViews).views(session, [post.id for post in posts])
        return [
            ManagedPost(
                post=views[post.id],
                status=PostStatus(post.status),
                publish_at=Timestamp.of(post.publish_at) if post.publish_at else None,
                pinned=post.pinned_at is not None,
            )
            for post in posts
        ]


def _audience(body: AudienceInput) -> AudienceInput:
    if (body.kind is Audience.SELECTED) != bool(body.shopper_ids):
        words = "The selected are named here, and only for the audience `selected`"
        raise Invalid.field("/audience/shopperIds", words)
    return body


def _refuse_repeated(pointer: str, ids: Sequence[int]) -> None:
    if len(set(ids)) != len(ids):
        raise Invalid.field(pointer, "The same one stands here twice")


def _refuse_incomplete(post: Post, account: AccountRecord) -> None:
    errors = missing(
        Content(
            kind=PostKind(post.kind),
            text=post.text,
            pictures=len(post.picture_ids),
            video=post.video_id is not None,
            products=len(post.product_ids),
            is_repost=post.repost_of_id is not None,
            account_kind=account.kind,
        )
    )
    if errors:
        raise PostIncomplete(errors=errors)


def _check_move(post: Post, to: PostStatus) -> None:
    if not may_move(PostStatus(post.status), to):
        raise PostState(f"A {post.status} post cannot become {to.value}")


def _content(post: Post) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    return post.text, tuple(post.picture_ids), tuple(post.product_ids)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
