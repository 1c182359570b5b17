"""What other slices may know and ask of identity, and what it asks of the floors above."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor, ActorKind, Authenticator
from app.kernel.database import Transaction
from app.kernel.errors import Forbidden, NotFound
from app.kernel.structs import Id, View

__all__ = [
    "Actor",
    "ActorKind",
    "Authenticator",
    "AvatarView",
    "Avatars",
    "BrandDirectory",
    "IssuedTokens",
    "Memberships",
    "Revocations",
    "Revoked",
    "RevokedScope",
    "Role",
    "Scope",
    "ShopperNames",
    "ShopperRegistry",
    "SignIns",
    "requires",
    "requires_shopper",
]


class Role(StrEnum):
    """What a member of a brand does there."""

    OWNER = "owner"
    OPERATIONS = "operations"
    SERVICE = "service"
    MANAGER = "manager"
    CLERK = "clerk"


class Scope(StrEnum):
    """What an API key may do; a key names each one it wants. What everybody may read needs none,
    and who writes posts looks after what is said under them."""

    POSTS_READ = "posts:read"
    POSTS_WRITE = "posts:write"
    PRODUCTS_WRITE = "products:write"
    IMAGES_WRITE = "images:write"
    VIDEOS_READ = "videos:read"
    VIDEOS_WRITE = "videos:write"
    PACKETS_READ = "packets:read"
    PACKETS_WRITE = "packets:write"
    COUPONS_READ = "coupons:read"
    COUPONS_WRITE = "coupons:write"
    COUPONS_REDEEM = "coupons:redeem"
    POLLS_READ = "polls:read"
    POLLS_WRITE = "polls:write"


def requires(
    actor: Actor, brand_id: int, *, roles: Collection[Role] = (), scope: Scope | None = None
) -> None:
    """Pass for operators, the brand's members in one of `roles` and its keys with `scope`.

    Raises NotFound for whoever does not work for the brand: what is not yours does not exist;
    Forbidden, naming what is lacking, for whoever does.
    """
    if actor.kind is ActorKind.OPERATOR:
        return
    if actor.kind is ActorKind.SHOPPER or actor.brand_id != brand_id:
        raise NotFound
    if actor.kind is ActorKind.KEY:
        if scope is None:
            raise Forbidden("API keys may not do this; a member of the brand has to")
        if scope not in actor.scopes:
            raise Forbidden(f"This key lacks the scope {scope}")
    elif actor.role not in roles:
        raise Forbidden(f"This takes one of the roles: {', '.join(sorted(roles))}")


def requires_shopper(actor: Actor) -> int:
    """The id of the person behind the token. Raises Forbidden for keys, which are nobody."""
    if actor.shopper_id is None:
        raise Forbidden("API keys may not do this; it takes a person")
    return actor.shopper_id


class RevokedScope(StrEnum):
    """What was taken back."""

    SESSION = "session"
    """A sign-in: every token of it."""
    GRANT = "grant"
    """A member's or operator's role: the tokens that carry it, not the shopper's own."""
    KEY = "key"
    """A brand's API key."""


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that lets nobody in any longer."""

    id: int
    scope: RevokedScope
    subject_id: int
    """The session, the grant or the key."""
    actor_id: int | None = None
    """For grants: the shopper who held it; None when it was never taken up."""
    brand_id: int | None = None
    """For grants: the brand; None for an operator's."""
    expires_at: datetime
    """When the last token it concerns has ended by itself."""

    def covers(self, actor: Actor) -> bool:
        """Whether an open connection of this actor has to be closed."""
        if self.scope is RevokedScope.SESSION:
            return actor.session_id == self.subject_id
        if self.scope is RevokedScope.KEY:
            return actor.kind is ActorKind.KEY and actor.id == self.subject_id
        worker = actor.kind in (ActorKind.MEMBER, ActorKind.OPERATOR)
        return worker and actor.id == self.actor_id and actor.brand_id == self.brand_id


class Revocations(Protocol):
    """This process's copy of what was revoked, at most two seconds behind SQL."""

    def on_revoked(self, callback: Callable[[Revoked], None]) -> None:
        """Call back for each new revocation, in the event loop. Close what `covers` says."""
        ...

    def seconds_since_sync(self) -> float:
        """For how long this process has not heard from SQL; infinite before the first time."""
        ...


class Memberships(Protocol):
    """Who works for which brand, now, in SQL.

    People are invited by phone. The invitation is the membership: it counts as soon as somebody
    has proved to own the phone.
    """

    async def role_of(self, session: AsyncSession, shopper_id: int, brand_id: int) -> Role | None:
        """The role a shopper has in a brand; None for no member."""
        ...

    async def roles_of(self, session: AsyncSession, shopper_id: int) -> Mapping[int, Role]:
        """Every brand a shopper works for."""
        ...

    async def members_of(
        self, session: AsyncSession, brand_id: int, roles: Collection[Role]
    ) -> list[int]:
        """The shoppers who have one of these roles in the brand."""
        ...

    async def appoint(self, tx: Transaction, brand_id: int, phone: str, role: Role) -> None:
        """Make the owner of a phone a member, or change the role: how a new brand gets its first
        owner. Raises Invalid for a phone that is none, LastOwner, TooManyMembers."""
        ...

    async def make_operator(self, tx: Transaction, phone: str) -> None:
        """Make the owner of a phone an operator of the house; twice is once. Raises Invalid."""
        ...

    async def remove_operator(self, tx: Transaction, phone: str) -> None:
        """Take it back, within two seconds everywhere. Raises Invalid, NotFound."""
        ...


class ShopperRegistry(Protocol):
    """Shoppers made without a sign-in: by the demo, by an import."""

    async def register(self, tx: Transaction, phone: str, *, name: str | None = None) -> int:
        """The id of the shopper with this phone, made where there is none."""
        ...


class ShopperNames(Protocol):
    """How shoppers are called."""

    async def names(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
        """The names of those that exist."""
        ...


class IssuedTokens(Protocol):
    """What a device keeps of a sign-in."""

    @property
    def access_token(self) -> str:
        """Good for ten minutes at most."""
        ...

    @property
    def refresh_token(self) -> str:
        """Good once, for the next two."""
        ...


class SignIns(Protocol):
    """Sign-ins without a one-time code: for rehearsals, made by whoever runs the servers."""

    async def begin(
        self, tx: Transaction, shopper_id: int, device_name: str, user_agent: str
    ) -> IssuedTokens:
        """Sign a shopper in on a device."""
        ...


class AvatarView(View):
    """A picture as the clients draw it, in the shape of every image of the API."""

    id: Id
    width: int
    height: int
    color: str
    placeholder: str
    base: str
    widths: list[int]
    formats: list[str]


class Avatars(Protocol):
    """Asked of media, which registers it: pictures of shoppers."""

    async def views(self, session: AsyncSession, ids: Iterable[int]) -> Mapping[int, AvatarView]:
        """The pictures that exist."""
        ...

    async def belongs_to(self, session: AsyncSession, image_id: int, actor: Actor) -> bool:
        """Whether the actor uploaded this picture."""
        ...


class BrandDirectory(Protocol):
    """Asked of campaigns, which registers it: identity knows brands by id only."""

    async def names(self, session: AsyncSession, ids: Iterable[int]) -> Mapping[int, str]:
        """The names of those brands that exist."""
        ...
