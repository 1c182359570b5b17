"""The bodies of wallets and withdrawals."""

from typing import Annotated

import msgspec

from app.kernel.money import Money, Sum
from app.kernel.structs import Id, Input, Timestamp, View
from campaigns.ledger.interfaces import Line
from campaigns.payouts.models import CLIENT_ID_CHARS_MAX, PAYEE_CHARS_MAX, Withdrawal
from campaigns.payouts.rules import State


class WalletBalance(View):
    """A shopper's money in one currency."""

    available: Money
    """To be withdrawn."""
    pending: Money
    """Won a moment ago, and on its way here."""
    withdrawing: Money
    """On its way out."""


class WalletView(View):
    """A shopper's money."""

    balances: list[WalletBalance]


class WalletLine(View):
    """One movement of a wallet."""

    sequence: Id
    at: Timestamp
    kind: str
    """What it was: packet.claim, withdraw, withdraw.refund, reversal …"""
    change_minor: int
    """Below zero when money left."""
    balance_minor: int
    currency: str
    drop_id: Id | None

    @classmethod
    def of(cls, line: Line) -> "WalletLine":
        """As the API shows it."""
        return cls(
            sequence=Id(line.sequence),
            at=Timestamp.of(line.at),
            kind=line.kind,
            change_minor=line.change_minor,
            balance_minor=line.balance_minor,
            currency=line.other.currency,
            drop_id=None if line.drop_id is None else Id(line.drop_id),
        )


class WithdrawalCreate(Input):
    """Money to take out."""

    amount: Sum
    payee: Annotated[
        str, msgspec.Meta(min_length=1, max_length=PAYEE_CHARS_MAX, examples=["alipay:小明"])
    ]
    """Where it goes, as the provider reads it."""
    client_id: Annotated[
        str,
        msgspec.Meta(
            min_length=1, max_length=CLIENT_ID_CHARS_MAX, pattern=r"^[\x21-\x7e]+$",
            examples=["5e1c6f0a"],
        ),
    ]  # fmt: skip
    """Drawn by the client for each wish: the same again is the same withdrawal."""


class WithdrawalView(View):
    """A withdrawal."""

    id: Id
    amount: Money
    payee: str
    state: State
    reason: str | None
    """Of a failure."""
    asked_at: Timestamp
    changed_at: Timestamp

    @classmethod
    def of(cls, made: Withdrawal) -> "WithdrawalView":
        """As the API shows it."""
        return cls(
            id=Id(made.id),
            amount=Money(amount_minor=made.amount_minor, currency=made.currency),
            payee=made.payee,
            state=State(made.state),
            reason=made.reason,
            asked_at=Timestamp.of(made.asked_at),
            changed_at=Timestamp.of(made.changed_at),
        )
