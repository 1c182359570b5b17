"""The tables of the ledger.

The application's role may insert and read transfers and days, and nothing else; of an account it
may change the balance only. The migration takes the rest away from it.
"""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base
from campaigns.ledger.interfaces import KEY_CHARS_MAX

KIND_CHARS_MAX = 40
REFERENCE_CHARS_MAX = 80
REASON_CHARS_MAX = 200


class LedgerAccount(Base):
    """One balance: what the transfers of the account add up to."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("kind", "owner_id", "currency"),
        CheckConstraint(
            "balance_minor >= 0 OR kind IN ('platform', 'loss')", name="never_below_zero"
        ),
        # room for a new balance beside the old one, so that no index hears of it
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    balance_minor: Mapped[int] = mapped_column(server_default="0")


class LedgerTransfer(Base):
    """One transfer. Never changed, never deleted: what was wrong is reversed by another one.

    There are no foreign keys to the accounts: two checks a row would double the cost of settling,
    and the audit asks the same question of all rows at once.
    """

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        Index("ix_ledger_transfers_source", "source_id", "sequence"),
        Index("ix_ledger_transfers_target", "target_id", "sequence"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("source_id <> target_id", name="two_accounts"),
    )

    sequence: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """Grows along every account: it is drawn after the accounts are locked. It may have gaps."""
    key: Mapped[str] = mapped_column(String(KEY_CHARS_MAX), unique=True)
    kind: Mapped[str] = mapped_column(String(KIND_CHARS_MAX))
    source_id: Mapped[int]
    target_id: Mapped[int]
    amount_minor: Mapped[int]
    drop_id: Mapped[int | None]
    made_at: Mapped[datetime]
    source_after_minor: Mapped[int]
    """The balance of the source after it: each row of an account follows from the one before."""
    target_after_minor: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of all the rest (`rules.digest`), so that a changed row can be named."""


class LedgerDrop(Base):
    """What went into and out of a drop's escrow, added up; serialised by the escrow's lock."""

    __tablename__ = "ledger_drops"
    __table_args__ = (
        Index("ix_ledger_drops_brand", "brand_id", "drop_id"),
        CheckConstraint(
            "funded_minor >= 0 AND paid_minor >= 0 AND corrected_minor >= 0 AND returned_minor >= 0"
            " AND funded_minor + corrected_minor >= paid_minor + returned_minor",
            name="figures",
        ),
    )

    drop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(KIND_CHARS_MAX))
    funded_minor: Mapped[int]
    paid_minor: Mapped[int]
    corrected_minor: Mapped[int]
    returned_minor: Mapped[int]


class LedgerTopUp(Base):
    """A top-up of a budget: who entered it, and the reference of the money that came in."""

    __tablename__ = "ledger_top_ups"
    __table_args__ = (UniqueConstraint("brand_id", "reference"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of its transfer."""
    brand_id: Mapped[int]
    reference: Mapped[str] = mapped_column(String(REFERENCE_CHARS_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    operator_id: Mapped[int]
    made_at: Mapped[datetime]


class LedgerCorrection(Base):
    """A reversing transfer: proposed by one operator, decided by another."""

    __tablename__ = "ledger_corrections"
    __table_args__ = (
        Index(
            "uq_ledger_corrections_standing", "transfer_sequence", unique=True,
            postgresql_where=text("status <> 'refused'"),
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="four_eyes"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transfer_sequence: Mapped[int]
    reason: Mapped[str] = mapped_column(String(REASON_CHARS_MAX))
    status: Mapped[str] = mapped_column(String(16))
    """proposed, approved or refused."""
    proposed_by: Mapped[int]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reversed_by: Mapped[int | None]
    """The sequence of the reversing transfer."""


class LedgerDay(Base):
    """A closed UTC day: the transfers up to a sequence, and a hash over them and the day before."""

    __tablename__ = "ledger_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    after_sequence: Mapped[int]
    """The last of the day before; 0 for the first day."""
    last_sequence: Mapped[int]
    transfers: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    closed_at: Mapped[datetime]
