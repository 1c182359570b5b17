"""What sign-in and the others in this house ask of shoppers."""

from collections.abc import Iterable
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import AvatarView
from app.kernel.database import Transaction
from app.kernel.structs import Id, View


class Me(View):
    """A shopper's own profile."""

    id: Id
    name: str
    phone_masked: str
    avatar: AvatarView | None
    bio: str
    locale: str | None
    account_id: Id
    """The content account: it has the shopper's id."""


class Newcomer(msgspec.Struct, frozen=True):
    """Who signed in, and whether for the first time."""

    shopper_id: int
    is_new: bool


class Shoppers(Protocol):
    """The people."""

    async def find_or_make(
        self, tx: Transaction, phone: str, *, chinese: bool = True, name: str | None = None
    ) -> Newcomer:
        """The shopper with this phone."""
        ...

    async def me(self, session: AsyncSession, shopper_id: int) -> Me:
        """The profile. Raises NotFound."""
        ...

    async def id_of(self, session: AsyncSession, phone: str) -> int | None:
        """The shopper with this phone, in E.164."""
        ...

    async def names(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
        """The names of those that exist."""
        ...

    async def phone(self, session: AsyncSession, shopper_id: int) -> str | None:
        """The phone of a shopper, in E.164."""
        ...
