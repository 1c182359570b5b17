"""What other slices ask of the ledger, and what it asks of those who run drops.

All amounts are integer minor units of the account's currency.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Transaction

KEY_CHARS_MAX = 120
BATCH_MAX = 20_000
"""Transfers of one `post`."""


class AccountKind(StrEnum):
    """Whose money it is, or where it waits."""

    BUDGET = "budget"
    """A brand's, free to be spent. Owner: the brand."""
    ESCROW = "escrow"
    """Set aside for one drop. Owner: the drop, such as a packet; it has one currency."""
    WALLET = "wallet"
    """A shopper's. Owner: the shopper."""
    CLEARING = "clearing"
    """On its way out to shoppers. Owner 0."""
    PLATFORM = "platform"
    """The world outside: where top-ups come from and payouts go. Owner 0; may be negative."""
    LOSS = "loss"
    """What the platform paid because state was lost. Owner 0; may be negative."""


class Account(msgspec.Struct, frozen=True, gc=False):
    """One balance. It comes into being with its first transfer."""

    kind: AccountKind
    owner_id: int
    currency: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner_id}:{self.currency}"


def budget(brand_id: int, currency: str) -> Account:
    """A brand's free money."""
    return Account(AccountKind.BUDGET, brand_id, currency)


def escrow(drop_id: int, currency: str) -> Account:
    """What is set aside for a drop."""
    return Account(AccountKind.ESCROW, drop_id, currency)


def wallet(shopper_id: int, currency: str) -> Account:
    """A shopper's money."""
    return Account(AccountKind.WALLET, shopper_id, currency)


def clearing(currency: str) -> Account:
    """Payouts under way."""
    return Account(AccountKind.CLEARING, 0, currency)


def platform(currency: str) -> Account:
    """The world outside."""
    return Account(AccountKind.PLATFORM, 0, currency)


def loss(currency: str) -> Account:
    """What lost state cost the platform."""
    return Account(AccountKind.LOSS, 0, currency)


class Transfer(msgspec.Struct, frozen=True, gc=False):
    """Money from one account to another: one row of the ledger, for ever."""

    key: str
    """The business key, unique for ever: what happened, such as `packet.claim:17:4711`. Letters,
    digits and `_.:/@#-`, at most `KEY_CHARS_MAX`."""
    kind: str
    """Lower case with dots. Of what funds a drop, the part before the first dot names who keeps
    the drop's books: `packet.fund`, `packet.claim`, `packet.refund`, `packet.loss`."""
    source: Account
    target: Account
    amount_minor: int
    """Above zero."""
    drop_id: int | None = None


class Posted(msgspec.Struct, frozen=True, gc=False):
    """What became of one transfer."""

    key: str
    sequence: int
    """Its place in the ledger."""
    new: bool
    """False when it stood there already, with the same contents."""


@dataclass(frozen=True, slots=True)
class DropFigures:
    """What the ledger knows of one drop. funded + corrected = paid + returned + balance."""

    drop_id: int
    currency: str
    kind: str
    """Of the transfer that funded it first."""
    brand_id: int
    funded_minor: int
    """Budget to escrow."""
    paid_minor: int
    """Escrow to whoever won: what is settled."""
    corrected_minor: int
    """Of that, what came back by reversing transfers."""
    returned_minor: int
    """Escrow to budget."""
    balance_minor: int
    """What the escrow holds: remaining, in transit and not yet settled."""


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer as one of its accounts sees it."""

    sequence: int
    key: str
    kind: str
    at: datetime
    change_minor: int
    """Below zero when money left."""
    balance_minor: int
    """Of the account, after it."""
    other: Account
    drop_id: int | None
    reference: str | None
    """Of a top-up."""


class Ledger(Protocol):
    """The one place where money moves."""

    async def post(self, tx: Transaction, transfers: Sequence[Transfer]) -> Sequence[Posted]:
        """Carry out all transfers inside the caller's transaction, in their order, or none.

        Idempotent by key. Call it once a transaction, as the last thing that takes locks: balances
        are locked in the order of their accounts, so that callers never wait for each other in a
        circle. Raises KeyReused for a known key with other contents, Insufficient (409,
        `insufficient_funds`) when a balance would go below zero at any step, TransferRefused for
        what can never be. After an error the transaction is to be rolled back.
        """
        ...

    async def balance(self, session: AsyncSession, account: Account) -> int:
        """What an account holds; 0 for one that nothing was ever posted to."""
        ...

    async def balances(
        self, session: AsyncSession, kind: AccountKind, owner_id: int
    ) -> Mapping[str, int]:
        """What an owner's accounts of one kind hold, by currency."""
        ...

    async def lines(
        self,
        session: AsyncSession,
        kind: AccountKind,
        owner_id: int,
        *,
        currency: str | None = None,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Line]:
        """The statement of an owner's accounts of one kind, the newest first, below a sequence."""
        ...

    async def drop(self, session: AsyncSession, drop_id: int) -> DropFigures | None:
        """What went into and out of a drop's escrow; None for one that was never funded."""
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a drop stands in its bucket at one moment."""

    remaining_minor: int
    """Still to be had. 0 once the drop is closed and its rest is on the way back."""
    unsettled_minor: int = 0
    """Decided, and not yet a transfer of the ledger: granted entries that no committed row covers,
    and a rest that was closed and is not returned yet."""
    in_transit_minor: int = 0
    """Between sub-pools."""
    last_sequence: int = 0
    """The order of the newest decision these figures include."""


class DropBooks(Protocol):
    """Registered by whoever runs a kind of drop: what its buckets know of the money."""

    async def cut(self, drop_ids: Collection[int]) -> Mapping[int, Cut]:
        """Where these drops stand; those that are not of this kind are left out.

        It is called while the drop's escrow is locked, so no transfer of the drop can commit
        meanwhile: do not lock the escrow here, and count as settled whatever SQL shows.
        Raises when a bucket cannot be asked: missing is not empty.
        """
        ...


class PendingGrants(Protocol):
    """Registered by whoever grants money: what is acknowledged and not yet in SQL."""

    async def pending(self, shopper_id: int) -> Mapping[str, int]:
        """Minor units by currency that will reach the shopper's wallet within moments."""
        ...


class Registry(Protocol):
    """Where the floors above tell the ledger of themselves, at wiring."""

    def add_books(self, books: DropBooks) -> None:
        """Drops of one kind, for proof and audit."""
        ...

    def add_grants(self, grants: PendingGrants) -> None:
        """Grants under way, for wallets."""
        ...

    async def pending(self, shopper_id: int) -> Mapping[str, int]:
        """All grants under way of a shopper, by currency."""
        ...
