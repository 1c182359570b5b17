"""Profiles, and making a shopper of a phone."""

import secrets
from collections.abc import Iterable

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.events import ShopperChanged, ShopperRegistered
from app.identity.interfaces import Avatars, AvatarView
from app.identity.rules import mask_phone
from app.identity.shoppers import repository, rules
from app.identity.shoppers.interfaces import Me, Newcomer
from app.identity.shoppers.models import Shopper
from app.identity.shoppers.schemas import MeChange
from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Invalid, NotFound
from app.kernel.events import Events
from app.kernel.house import Doors
from app.kernel.ids import Ids
from app.kernel.structs import Id


class ShopperService:
    """The people who shop."""

    def __init__(self, *, clock: Clock, ids: Ids, events: Events, doors: Doors) -> None:
        self._clock = clock
        self._ids = ids
        self._events = events
        self._doors = doors

    async def find_or_make(
        self, tx: Transaction, phone: str, *, chinese: bool = True, name: str | None = None
    ) -> Newcomer:
        """The shopper with this phone; a new one gets a friendly name and is announced."""
        found = await repository.by_phone(tx.session, phone)
        if found is not None:
            return Newcomer(found.id, is_new=False)
        shopper_id = self._ids.new()
        name = name or rules.newcomer_name(secrets.randbelow, chinese=chinese)
        row: dict[str, object] = {
            "id": shopper_id,
            "phone": phone,
            "name": name,
            "bio": "",
            "created_at": self._clock.now(),
        }
        if not await repository.add(tx.session, row):
            # another transaction made the same shopper; its commit is what we waited for
            found = await repository.by_phone(tx.session, phone)
            assert found is not None, "the phone was taken by a row that is gone"
            return Newcomer(found.id, is_new=False)
        await self._events.publish(tx, ShopperRegistered(shopper_id, name))
        return Newcomer(shopper_id, is_new=True)

    async def register(self, tx: Transaction, phone: str, *, name: str | None = None) -> int:
        """For the demo and imports: the id of the shopper with this phone."""
        return (await self.find_or_make(tx, phone, name=name)).shopper_id

    async def me(self, session: AsyncSession, shopper_id: int) -> Me:
        """The profile. Raises NotFound."""
        shopper = await session.get(Shopper, shopper_id)
        if shopper is None:
            raise NotFound
        return await self._view(session, shopper)

    async def id_of(self, session: AsyncSession, phone: str) -> int | None:
        """The shopper with this phone, in E.164."""
        found = await repository.by_phone(session, phone)
        return found.id if found else None

    async def names(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
        """The names of those that exist."""
        return await repository.names(session, ids)

    async def phone(self, session: AsyncSession, shopper_id: int) -> str | None:
        """The phone of a shopper, in E.164."""
        shopper = await session.get(Shopper, shopper_id)
        return shopper.phone if shopper else None

    async def change(self, tx: Transaction, actor: Actor, change: MeChange) -> Me:
        """Change the profile and tell whoever shows it. Raises Invalid, NotFound."""
        assert actor.shopper_id is not None, "the controller asked for a person"
        shopper = await repository.locked(tx.session, actor.shopper_id)
        if shopper is None:
            raise NotFound
        shown = (shopper.name, shopper.bio, shopper.avatar_image_id)
        if change.name is not UNSET:
            shopper.name = _name_of(change.name)
        if change.bio is not UNSET:
            shopper.bio = _bio_of(change.bio)
        if change.avatar_image_id is not UNSET:
            await self._check_avatar(tx.session, actor, change.avatar_image_id)
            shopper.avatar_image_id = change.avatar_image_id
        if change.locale is not UNSET:
            shopper.locale = change.locale
        if shown != (shopper.name, shopper.bio, shopper.avatar_image_id):
            fact = ShopperChanged(shopper.id, shopper.name, shopper.bio, shopper.avatar_image_id)
            await self._events.publish(tx, fact)
        return await self._view(tx.session, shopper)

    async def _check_avatar(
        self, session: AsyncSession, actor: Actor, image_id: int | None
    ) -> None:
        if image_id is None:
            return
        avatars = self._doors.find(Avatars)
        if avatars is None or not await avatars.belongs_to(session, image_id, actor):
            raise Invalid.field("/avatarImageId", "There is no such picture of yours")

    async def _view(self, session: AsyncSession, shopper: Shopper) -> Me:
        avatar: AvatarView | None = None
        avatars = self._doors.find(Avatars)
        if shopper.avatar_image_id is not None and avatars is not None:
            views = await avatars.views(session, [shopper.avatar_image_id])
            avatar = views.get(shopper.avatar_image_id)
        return Me(
            id=Id(shopper.id),
            name=shopper.name,
            phone_masked=mask_phone(shopper.phone),
            avatar=avatar,
            bio=shopper.bio,
            locale=shopper.locale,
            account_id=Id(shopper.id),
        )


def _name_of(written: str) -> str:
    try:
        return rules.tidy_name(written)
    except ValueError as refusal:
        raise Invalid.field("/name", str(refusal)) from None


def _bio_of(written: str) -> str:
    if rules.has_hidden(written, lines=True):
        raise Invalid.field("/bio", "A text has no control or direction characters")
    return written.strip()
