"""The door to whoever carries money to shoppers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class PayoutStatus(StrEnum):
    """What a provider says of a payout."""

    UNKNOWN = "unknown"
    """It never heard of the id."""
    PENDING = "pending"
    """Accepted; the outcome is open."""
    PAID = "paid"
    """Final: the shopper has it."""
    FAILED = "failed"
    """Final: it was refused, failed or cancelled, and will never be paid."""


@dataclass(frozen=True, slots=True)
class Payout:
    """What a provider is asked to pay."""

    id: str
    """Ours, the provider's key of idempotency: one id is paid at most once."""
    amount_minor: int
    currency: str
    payee: str


@dataclass(frozen=True, slots=True)
class PayoutNews:
    """What a provider says of one id, in an answer or a callback."""

    id: str
    status: PayoutStatus
    reason: str | None = None
    """Of a failure, for the shopper's eyes."""


class PayoutProvider(Protocol):
    """A bank, a payment service, or the sandbox.

    All three calls are idempotent by id and may raise ProviderSilent, which says nothing about
    the outcome.
    """

    async def send(self, payout: Payout) -> PayoutNews:
        """Ask for a payout. A known id is answered with where it stands, never paid again."""
        ...

    async def query(self, payout_id: str) -> PayoutNews:
        """Where a payout stands."""
        ...

    async def cancel(self, payout_id: str) -> PayoutNews:
        """Ask that it never be paid. FAILED promises that, also for an id that was unknown: should
        it still arrive, it is refused. PAID says that it was too late."""
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> PayoutNews:
        """What a callback says. Raises SignatureInvalid for what the provider did not sign."""
        ...
