"""What other slices may ask of accounts and of a shopper's graph.

Every method reads within the session it is given, so that it sees what the caller's transaction
already did.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.structs import Id, View
from media.images.interfaces import ImageView


class AccountKind(StrEnum):
    """What stands behind a content account."""

    BRAND = "brand"
    EXPERT = "expert"
    MEDIA = "media"
    INSTITUTION = "institution"
    SHOPPER = "shopper"


class AccountCard(View):
    """An account in one line: beside a post, a comment, in a list."""

    id: Id
    kind: AccountKind
    name: str
    avatar: ImageView | None
    verified: bool


class AccountViewer(View):
    """What an account is to the reader."""

    following: bool = False
    muted: bool = False
    blocked: bool = False
    """Whether the reader blocked it."""
    is_self: bool = False
    can_manage: bool = False


class AccountItem(AccountCard):
    """A card in a list, with the reader's own bits."""

    viewer: AccountViewer


class AccountRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of an account that others decide by."""

    id: int
    kind: AccountKind
    name: str
    owner_shopper_id: int | None
    """The shopper it belongs to; None for a brand's."""
    brand_id: int | None
    live: bool
    """False for the twin that test keys publish as; live readers never see it."""


class Accounts(Protocol):
    """Content accounts. A shopper's own has the shopper's id."""

    async def cards(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, AccountCard]:
        """The cards of those ids that exist."""
        ...

    async def items(
        self, session: AsyncSession, viewer: Actor | None, ids: Sequence[int]
    ) -> list[AccountItem]:
        """Cards with the reader's bits, in the order given."""
        ...

    async def visible(
        self, session: AsyncSession, actor: Actor | None, account_id: int
    ) -> AccountRecord:
        """The facts of an account that this caller may see. Raises AccountNotFound (404) for one
        of the other mode and for one that blocked the caller."""
        ...

    async def records(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, AccountRecord]:
        """The facts of those ids that exist."""
        ...

    async def may_publish_as(self, session: AsyncSession, actor: Actor, account_id: int) -> bool:
        """Whether the account is the actor's own, or of the brand it publishes for: members with
        the role owner or operations, and keys with the scope posts:write of the same mode."""
        ...

    async def publishable(self, session: AsyncSession, actor: Actor) -> list[int]:
        """Every account for which `may_publish_as` holds, the actor's own first."""
        ...

    async def managers(self, session: AsyncSession, account_id: int) -> list[int]:
        """The shoppers who look after an account: its owner, or the brand's members who may
        publish. Who is told of a comment."""
        ...

    async def suggested(
        self, session: AsyncSession, shopper_id: int | None, limit: int
    ) -> list[int]:
        """Popular live accounts, kinds mixed, without those the shopper follows, muted or blocked
        (either way) and without the shopper's own. What fills a newcomer's feed."""
        ...


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """What one shopper sees of the others, at one version."""

    version: int
    allowed: frozenset[int]
    """Accounts followed, minus the muted and the blocked of either direction. Not the own one."""
    blocked: frozenset[int]
    """Accounts that this shopper blocked or that blocked this shopper."""


class Stance(msgspec.Struct, frozen=True, kw_only=True):
    """What one account is to one shopper."""

    following: bool = False
    muted: bool = False
    blocked: bool = False
    """The shopper blocked it."""
    blocked_by: bool = False
    """It blocked the shopper's own account."""


class Relations(Protocol):
    """Implemented by `feeds.relations`; declared here because accounts show relations and
    relations concern accounts.

    Follow, mute, block and not-interested. Each change raises the shopper's graph version in
    its transaction and publishes `GraphChanged`."""

    async def graph(self, session: AsyncSession, shopper_id: int) -> Graph:
        """Version and sets of one moment."""
        ...

    async def allowed_authors(
        self, session: AsyncSession, shopper_id: int
    ) -> tuple[int, frozenset[int]]:
        """(graph version, accounts whose posts belong in this shopper's feed)."""
        ...

    async def graph_version(self, session: AsyncSession, shopper_id: int) -> int:
        """0 for a shopper without any relation yet."""
        ...

    async def graph_versions(
        self, session: AsyncSession, shopper_ids: Iterable[int]
    ) -> dict[int, int]:
        """The versions of several shoppers; 0 where there is none."""
        ...

    async def hidden_posts(self, session: AsyncSession, shopper_id: int) -> frozenset[int]:
        """Posts the shopper is not interested in; the newest `HIDDEN_POSTS_MAX`."""
        ...

    async def followed_among(
        self, session: AsyncSession, shopper_id: int, account_ids: Iterable[int]
    ) -> frozenset[int]:
        """Which of these accounts the shopper follows (muted or not)."""
        ...

    async def blocked_among(
        self, session: AsyncSession, account_id: int, other_ids: Iterable[int]
    ) -> frozenset[int]:
        """Which of these accounts and this one block each other, in either direction."""
        ...

    async def followers_after(
        self, session: AsyncSession, account_id: int, after_shopper_id: int, limit: int
    ) -> list[int]:
        """The next followers in the order of their ids; begin with 0. For fan-out."""
        ...

    async def followers_count(self, session: AsyncSession, account_id: int) -> int:
        """Exact, and cheap for any size."""
        ...

    async def followers_counts(
        self, session: AsyncSession, account_ids: Iterable[int]
    ) -> dict[int, int]:
        """The same for several accounts; 0 where nobody follows."""
        ...

    async def following_count(self, session: AsyncSession, shopper_id: int) -> int:
        """How many accounts a shopper follows."""
        ...

    async def stances(
        self, session: AsyncSession, shopper_id: int, account_ids: Iterable[int]
    ) -> dict[int, Stance]:
        """What each of these accounts is to the shopper."""
        ...

    async def hide_post(self, tx: Transaction, shopper_id: int, post_id: int) -> None:
        """Not interested: out of this shopper's feed. The oldest beyond the bound come back."""
        ...

    async def unhide_post(self, tx: Transaction, shopper_id: int, post_id: int) -> None:
        """Interested again."""
        ...


HIDDEN_POSTS_MAX = 2_000
