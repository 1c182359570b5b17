"""The use cases of content accounts: opening, changing, showing, finding."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind, Memberships
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, Invalid
from app.kernel.events import Events
from app.kernel.house import Doors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page
from app.kernel.text import folded, is_visible, one_line, query_grams, tidy
from feeds.accounts.errors import AccountNotFound
from feeds.accounts.events import AccountChanged, AccountOpened
from feeds.accounts.interfaces import (
    AccountCard,
    AccountItem,
    AccountKind,
    AccountRecord,
    Accounts,
    AccountViewer,
    Relations,
    Stance,
)
from feeds.accounts.models import ContentAccount
from feeds.accounts.repository import AccountRepository
from feeds.accounts.rules import PUBLISHING_ROLES, may_publish, mixed
from feeds.accounts.schemas import (
    AccountCounts,
    AccountCreate,
    AccountUpdate,
    AccountView,
    MyAccounts,
)
from media.images.interfaces import Images, ImageView, PictureOwner

_RANKING_SECONDS = 10.0
_RANKING_KEPT_FROM = 100


class AccountService(Accounts):
    """Shows accounts and decides who publishes as them."""

    def __init__(
        self,
        repository: AccountRepository,
        images: Images,
        memberships: Memberships,
        ids: Ids,
        clock: Clock,
        events: Events,
        doors: Doors,
    ) -> None:
        self._repository = repository
        self._images = images
        self._memberships = memberships
        self._ids = ids
        self._clock = clock
        self._events = events
        self._doors = doors
        self._ranking: tuple[float, list[int]] = (float("-inf"), [])

    @property
    def _relations(self) -> Relations:
        # wired after us, since relations concern accounts
        return self._doors.get(Relations)

    async def open(self, tx: Transaction, actor: Actor, body: AccountCreate) -> int:
        """An expert's, a medium's or an institution's account; operators only. Returns its id."""
        if actor.kind is not ActorKind.OPERATOR:
            raise Forbidden("Only an operator opens such accounts")
        owner = (await self.records(tx.session, [body.owner_shopper_id])).get(body.owner_shopper_id)
        if owner is None or owner.kind is not AccountKind.SHOPPER:
            raise Invalid.field("/ownerShopperId", "There is no such shopper")
        account_id = self._ids.new()
        await self.add(
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
        if not operator and not await self.may_publish_as(tx.session, actor, account_id):
            raise AccountNotFound
        account = await self._repository.get(tx.session, account_id, lock=True)
        if account is None:
            raise AccountNotFound
        self._check(actor, account, body)
        before = account.card_facts
        if body.name is not UNSET:
            account.rename(_name_of(body.name))
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
        await self.saved(tx, account, before)

    async def add(
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
        """Open an account and tell."""
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
        account.rename(name)
        tx.session.add(account)
        await tx.session.flush()
        await self._events.publish(tx, AccountOpened(account_id))

    async def saved(self, tx: Transaction, account: ContentAccount, before: object) -> None:
        """Write an account that was changed; tell when its card is another one than `before`."""
        await tx.session.flush()
        if account.card_facts != before:
            await self._events.publish(tx, AccountChanged(account.id))

    async def page(
        self, session: AsyncSession, viewer: Actor | None, account_id: int
    ) -> AccountView:
        """An account's page. Raises AccountNotFound."""
        await self.visible(session, viewer, account_id)
        account = await self._repository.get(session, account_id)
        if account is None:
            raise AccountNotFound
        images = await self._images.views(session, _images_of([account], cover=True))
        item = (await self._items(session, viewer, [account], images))[0]
        return AccountView(
            **{name: getattr(item, name) for name in AccountItem.__struct_fields__},
            bio=account.bio,
            cover=images.get(account.cover_image_id or 0),
            counts=AccountCounts(
                followers=await self._relations.followers_count(session, account_id),
                following=await self._relations.following_count(session, account_id),
                posts=account.posts,
            ),
        )

    async def mine(self, session: AsyncSession, actor: Actor) -> MyAccounts:
        """The accounts the caller may publish as."""
        ids = await self.publishable(session, actor)
        cards = await self.cards(session, ids)
        return MyAccounts(items=[cards[id_] for id_ in ids if id_ in cards])

    async def search(
        self, session: AsyncSession, viewer: Actor | None, query: str, limit: int
    ) -> Page[AccountItem]:
        """Accounts whose name holds the query, whatever its case or width."""
        text = folded(query)
        if not text:
            return Page(items=[])
        live = viewer is None or viewer.live
        ids = await self._repository.search(
            session, text, query_grams(text), live=live, limit=limit
        )
        items = await self.items(session, viewer, ids)
        hidden = await self._blocked_by(session, viewer, ids)
        return Page(items=[item for item in items if item.id not in hidden])

    async def suggestions(
        self, session: AsyncSession, viewer: Actor | None, limit: int
    ) -> Page[AccountItem]:
        """Whom a newcomer may want to follow."""
        if viewer is not None and not viewer.live:
            return Page(items=[])
        shopper_id = viewer.shopper_id if viewer else None
        ids = await self.suggested(session, shopper_id, limit)
        return Page(items=await self.items(session, viewer, ids))

    async def suggested(
        self, session: AsyncSession, shopper_id: int | None, limit: int
    ) -> list[int]:
        ranked = await self._ranked(session)
        if shopper_id is None:
            return ranked[:limit]
        stances = await self._relations.stances(session, shopper_id, ranked)
        own = {a.id for a in await self._repository.owned(session, shopper_id)}
        fresh = [id_ for id_ in ranked if id_ not in own and stances[id_] == Stance()]
        return fresh[:limit]

    async def cards(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, AccountCard]:
        accounts = await self._repository.many(session, ids)
        images = await self._images.views(session, _images_of(accounts))
        return {a.id: AccountCard(**_card(a, images)) for a in accounts}

    async def records(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, AccountRecord]:
        return {a.id: _record(a) for a in await self._repository.many(session, ids)}

    async def items(
        self, session: AsyncSession, viewer: Actor | None, ids: Sequence[int]
    ) -> list[AccountItem]:
        known = {a.id: a for a in await self._repository.many(session, ids)}
        accounts = [known[id_] for id_ in ids if id_ in known]
        images = await self._images.views(session, _images_of(accounts))
        return await self._items(session, viewer, accounts, images)

    async def visible(
        self, session: AsyncSession, actor: Actor | None, account_id: int
    ) -> AccountRecord:
        record = (await self.records(session, [account_id])).get(account_id)
        live = actor is None or actor.live
        if record is None or record.live != live:
            raise AccountNotFound
        if await self._blocked_by(session, actor, [account_id]):
            raise AccountNotFound
        return record

    async def may_publish_as(self, session: AsyncSession, actor: Actor, account_id: int) -> bool:
        record = (await self.records(session, [account_id])).get(account_id)
        if record is None:
            return False
        role = None
        if record.brand_id is not None and actor.shopper_id is not None:
            role = await self._memberships.role_of(session, actor.shopper_id, record.brand_id)
        return may_publish(actor, record, role)

    async def publishable(self, session: AsyncSession, actor: Actor) -> list[int]:
        if actor.kind is ActorKind.KEY:
            brands = [actor.brand_id] if actor.brand_id is not None else []
            own = await self._repository.of_brands(session, brands, live=actor.live)
            return [a.id for a in own if may_publish(actor, _record(a), None)]
        roles = await self._memberships.roles_of(session, actor.id)
        brands = [brand_id for brand_id, role in roles.items() if role in PUBLISHING_ROLES]
        accounts = await self._repository.owned(session, actor.id)
        accounts += await self._repository.of_brands(session, brands, live=True)
        return sorted((a.id for a in accounts), key=lambda id_: (id_ != actor.id, id_))

    async def managers(self, session: AsyncSession, account_id: int) -> list[int]:
        record = (await self.records(session, [account_id])).get(account_id)
        if record is None:
            return []
        if record.owner_shopper_id is not None:
            return [record.owner_shopper_id]
        if record.brand_id is None or not record.live:
            return []
        return await self._memberships.members_of(session, record.brand_id, PUBLISHING_ROLES)

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

    async def _items(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        accounts: Sequence[ContentAccount],
        images: Mapping[int, ImageView],
    ) -> list[AccountItem]:
        if viewer is None:
            return [AccountItem(**_card(a, images), viewer=AccountViewer()) for a in accounts]
        shopper_id = viewer.shopper_id
        stances: dict[int, Stance] = {}
        if shopper_id is not None:
            ids = [a.id for a in accounts]
            stances = await self._relations.stances(session, shopper_id, ids)
        manageable = set(await self.publishable(session, viewer))
        return [
            AccountItem(
                **_card(a, images),
                viewer=AccountViewer(
                    following=stances.get(a.id, Stance()).following,
                    muted=stances.get(a.id, Stance()).muted,
                    blocked=stances.get(a.id, Stance()).blocked,
                    is_self=a.id == shopper_id,
                    can_manage=a.id in manageable,
                ),
            )
            for a in accounts
        ]

    async def _ranked(self, session: AsyncSession) -> list[int]:
        """Candidates in the order of suggestion; a long list is kept for some seconds."""
        made_at, ranked = self._ranking
        if time.monotonic() - made_at < _RANKING_SECONDS and len(ranked) >= _RANKING_KEPT_FROM:
            return ranked
        candidates = await self._repository.candidates(session)
        counts = await self._relations.followers_counts(session, [id_ for id_, _ in candidates])
        ranked = mixed((AccountKind(kind), id_, counts.get(id_, 0)) for id_, kind in candidates)
        self._ranking = (time.monotonic(), ranked)
        return ranked

    async def _blocked_by(
        self, session: AsyncSession, viewer: Actor | None, ids: Sequence[int]
    ) -> frozenset[int]:
        """Which of these accounts blocked the caller."""
        if viewer is None or viewer.shopper_id is None:
            return frozenset()
        stances = await self._relations.stances(session, viewer.shopper_id, ids)
        return frozenset(id_ for id_, stance in stances.items() if stance.blocked_by)


def _images_of(accounts: Sequence[ContentAccount], *, cover: bool = False) -> set[int]:
    ids = {a.avatar_image_id for a in accounts}
    if cover:
        ids |= {a.cover_image_id for a in accounts}
    return {id_ for id_ in ids if id_ is not None}


def _card(account: ContentAccount, images: Mapping[int, ImageView]) -> dict[str, Any]:
    return {
        "id": Id(account.id),
        "kind": AccountKind(account.kind),
        "name": account.name,
        "avatar": images.get(account.avatar_image_id or 0),
        "verified": account.verified,
    }


def _record(account: ContentAccount) -> AccountRecord:
    return AccountRecord(
        id=account.id,
        kind=AccountKind(account.kind),
        name=account.name,
        owner_shopper_id=account.owner_shopper_id,
        brand_id=account.brand_id,
        live=account.live,
    )


def _name_of(written: str) -> str:
    name = one_line(written)
    if not is_visible(name):
        raise Invalid.field("/name", "A name needs at least one visible character")
    return name
