"""What opens and changes accounts: operators and managers by request, brands, shoppers, pictures
and posts by their events.
"""

from msgspec import UNSET

from app.identity.events import ShopperChanged, ShopperRegistered
from app.identity.interfaces import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, Invalid
from app.kernel.events import Events
from app.kernel.ids import Ids
from app.kernel.text import folded, grams, one_line, tidy
from campaigns.brands.events import BrandCreated, BrandRenamed
from feeds.accounts.errors import AccountNotFound
from feeds.accounts.events import AccountChanged, AccountOpened
from feeds.accounts.interfaces import AccountKind, Accounts
from feeds.accounts.models import ContentAccount
from feeds.accounts.repository import AccountRepository
from feeds.accounts.schemas import AccountCreate, AccountUpdate
from feeds.posts.events import PostPublished, PostWithdrawn
from media.images.events import ImageRendered
from media.images.interfaces import Images, PictureOwner


class AccountKeeping:
    """Writes content accounts; each change of a card is published as `AccountChanged`."""

    def __init__(
        self,
        *,
        repository: AccountRepository,
        accounts: Accounts,
        images: Images,
        ids: Ids,
        clock: Clock,
        events: Events,
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._images = images
        self._ids = ids
        self._clock = clock
        self._events = events

    async def open(self, tx: Transaction, actor: Actor, body: AccountCreate) -> int:
        """An expert's, a medium's or an institution's account; operators only. Returns its id."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only an operator opens such accounts")
        owner = (await self._accounts.records(tx.session, [body.owner_shopper_id])).get(
            body.owner_shopper_id
        )
        if owner is None or owner.kind is not AccountKind.SHOPPER:
            raise Invalid.field("/ownerShopperId", "There is no such shopper")
        account_id = self._ids.new()
        await self._add(
            tx,
            account_id,
            AccountKind(body.kind),
            _name_of(body.name),
            bio=tidy(body.bio),
            owner_shopper_id=int(body.owner_shopper_id),
            verified=body.verified,
        )
        return account_id

    async def update(
        self, tx: Transaction, actor: Actor, account_id: int, body: AccountUpdate
    ) -> None:
        """Change a page. For those who may publish as the account, and operators."""
        operator = actor.kind is ActorKind.OPERATOR
        if not operator and not await self._accounts.may_publish_as(tx.session, actor, account_id):
            raise AccountNotFound
        account = await self._repository.get(tx.session, account_id, lock=True)
        if account is None:
            raise AccountNotFound
        self._check(actor, account, body)
        before = _shown(account)
        if body.name is not UNSET:
            _rename(account, _name_of(body.name))
        if body.bio is not UNSET:
            account.bio = tidy(body.bio)
        if body.verified is not UNSET:
            account.verified = body.verified
        if body.avatar_image_id is not UNSET and body.avatar_image_id != account.avatar_image_id:
            await self._check_picture(tx, actor, body.avatar_image_id)
            account.avatar_image_id = body.avatar_image_id
        if body.cover_image_id is not UNSET and body.cover_image_id != account.cover_image_id:
            await self._check_picture(tx, actor, body.cover_image_id)
            account.cover_image_id = body.cover_image_id
        await self._changed(tx, account, before)

    async def shopper_registered(self, tx: Transaction, event: ShopperRegistered) -> None:
        """A shopper's own account has the shopper's id."""
        await self._add(
            tx,
            event.shopper_id,
            AccountKind.SHOPPER,
            event.name,
            owner_shopper_id=event.shopper_id,
        )

    async def shopper_changed(self, tx: Transaction, event: ShopperChanged) -> None:
        """The own account shows the profile."""
        account = await self._repository.get(tx.session, event.shopper_id, lock=True)
        assert account is not None, "every shopper has an account"
        before = _shown(account)
        _rename(account, event.name)
        account.bio, account.avatar_image_id = event.bio, event.avatar_image_id
        await self._changed(tx, account, before)

    async def brand_created(self, tx: Transaction, event: BrandCreated) -> None:
        """A live account with the brand's id, and a twin that only test keys see."""
        for account_id, live in ((event.brand_id, True), (event.test_account_id, False)):
            await self._add(
                tx,
                account_id,
                AccountKind.BRAND,
                event.name,
                brand_id=event.brand_id,
                verified=True,
                live=live,
            )

    async def brand_renamed(self, tx: Transaction, event: BrandRenamed) -> None:
        """Both accounts carry the brand's name."""
        for live in (True, False):
            for known in await self._repository.of_brands(tx.session, [event.brand_id], live=live):
                account = await self._repository.get(tx.session, known.id, lock=True)
                assert account is not None
                before = _shown(account)
                _rename(account, event.name)
                await self._changed(tx, account, before)

    async def image_rendered(self, tx: Transaction, event: ImageRendered) -> None:
        """An avatar has more formats: the card is another one."""
        for account_id in await self._repository.with_avatar(tx.session, event.image_id):
            await self._events.publish(tx, AccountChanged(account_id))

    async def post_published(self, tx: Transaction, event: PostPublished) -> None:
        """Count it."""
        await self._repository.add_posts(tx.session, event.post.account_id, 1)

    async def post_withdrawn(self, tx: Transaction, event: PostWithdrawn) -> None:
        """Count it no longer."""
        await self._repository.add_posts(tx.session, event.post.account_id, -1)

    async def _add(
        self,
        tx: Transaction,
        account_id: int,
        kind: AccountKind,
        name: str,
        *,
        bio: str = "",
        owner_shopper_id: int | None = None,
        brand_id: int | None = None,
        verified: bool = False,
        live: bool = True,
    ) -> None:
        account = ContentAccount(
            id=account_id,
            kind=kind.value,
            bio=bio,
            verified=verified,
            owner_shopper_id=owner_shopper_id,
            brand_id=brand_id,
            live=live,
            posts=0,
            created_at=self._clock.now(),
        )
        _rename(account, name)
        tx.session.add(account)
        await tx.session.flush()
        await self._events.publish(tx, AccountOpened(account_id))

    async def _changed(self, tx: Transaction, account: ContentAccount, before: object) -> None:
        await tx.session.flush()
        if _shown(account) != before:
            await self._events.publish(tx, AccountChanged(account.id))

    def _check(self, actor: Actor, account: ContentAccount, body: AccountUpdate) -> None:
        if body.verified is not UNSET and actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only an operator decides who is verified")
        if account.kind == AccountKind.BRAND and body.name is not UNSET:
            raise Invalid.field("/name", "A brand's name is changed at the brand")
        if account.kind == AccountKind.SHOPPER:
            profile = (("name", body.name), ("bio", body.bio))
            for field, value in (*profile, ("avatarImageId", body.avatar_image_id)):
                if value is not UNSET:
                    raise Invalid.field(f"/{field}", "Yours is changed in your profile, /v1/me")

    async def _check_picture(self, tx: Transaction, actor: Actor, image_id: int | None) -> None:
        if image_id is not None:
            await self._images.owned(tx.session, [image_id], PictureOwner.of(actor))


def _shown(account: ContentAccount) -> tuple[str, int | None, bool]:
    """What the card shows."""
    return account.name, account.avatar_image_id, account.verified


def _rename(account: ContentAccount, name: str) -> None:
    account.name = name
    account.name_folded = folded(name)
    account.name_grams = grams(account.name_folded)


def _name_of(written: str) -> str:
    name = one_line(written)
    if not name:
        raise Invalid.field("/name", "A name needs at least one visible character")
    return name
