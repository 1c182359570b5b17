"""The bodies of statements."""

from enum import StrEnum

from app.kernel.money import Money
from app.kernel.structs import Id, Timestamp, View
from campaigns.ledger.interfaces import AccountKind, DropFigures, Line


class BalanceView(View):
    """A brand's money in one currency."""

    available: Money
    """Free to be reserved for drops."""
    reserved: Money
    """Set aside for drops and not yet granted or returned."""


class BalancesView(View):
    """A brand's money."""

    balances: list[BalanceView]


class HouseAccount(StrEnum):
    """The accounts that are nobody's but the house's."""

    CLEARING = "clearing"
    PLATFORM = "platform"
    LOSS = "loss"


class HouseBalanceView(View):
    """One of the house's own accounts."""

    account: HouseAccount
    currency: str
    balance_minor: int
    """Below zero on the platform's account by what is inside the house, and on the loss account by
    what lost state has cost."""


class HouseBalancesView(View):
    """The house's own accounts."""

    balances: list[HouseBalanceView]


class LineView(View):
    """One transfer as one account sees it."""

    sequence: Id
    at: Timestamp
    kind: str
    change_minor: int
    """Below zero when money left."""
    balance_minor: int
    """Of the account, after it."""
    currency: str
    other: AccountKind
    """The kind of account on the other side."""
    drop_id: Id | None
    reference: str | None
    """Of a top-up."""

    @classmethod
    def of(cls, line: Line) -> "LineView":
        """As the API shows it."""
        return cls(
            sequence=Id(line.sequence),
            at=Timestamp.of(line.at),
            kind=line.kind,
            change_minor=line.change_minor,
            balance_minor=line.balance_minor,
            currency=line.other.currency,
            other=line.other.kind,
            drop_id=None if line.drop_id is None else Id(line.drop_id),
            reference=line.reference,
        )


class DropView(View):
    """What went into and out of a drop, as far as it is settled."""

    id: Id
    kind: str
    currency: str
    funded_minor: int
    granted_minor: int
    corrected_minor: int
    """Of what was granted, what operators took back."""
    returned_minor: int
    reserved_minor: int
    """Not yet granted or returned."""

    @classmethod
    def of(cls, drop: DropFigures) -> "DropView":
        """As the API shows it."""
        return cls(
            id=Id(drop.drop_id),
            kind=drop.kind.partition(".")[0],
            currency=drop.currency,
            funded_minor=drop.funded_minor,
            granted_minor=drop.paid_minor,
            corrected_minor=drop.corrected_minor,
            returned_minor=drop.returned_minor,
            reserved_minor=drop.balance_minor,
        )
