"""The tables of payouts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

PAYEE_CHARS_MAX = 64
CLIENT_ID_CHARS_MAX = 64
REASON_CHARS_MAX = 120
IS_OPEN = "state IN ('sending', 'sent', 'failed', 'refunding')"
"""`rules.OPEN` in SQL, in the very words of the index, so that queries can use it."""


class Withdrawal(Base):
    """Money on its way from a wallet to a shopper."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        UniqueConstraint("shopper_id", "client_id"),
        Index("ix_withdrawals_shopper", "shopper_id", "id"),
        Index(
            "ix_withdrawals_due", "due_at",
            postgresql_where=text(IS_OPEN),
        ),
        CheckConstraint("amount_minor > 0", name="amount"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Also the provider's: an unknown outcome is tried again under this id and no other."""
    shopper_id: Mapped[int]
    client_id: Mapped[str] = mapped_column(String(CLIENT_ID_CHARS_MAX))
    """The device's id of the wish: a tap that is sent twice is one withdrawal."""
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    payee: Mapped[str] = mapped_column(String(PAYEE_CHARS_MAX))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(REASON_CHARS_MAX))
    """Of a failure."""
    attempts: Mapped[int] = mapped_column(SmallInteger)
    """Calls to the provider that brought no outcome."""
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When to look at it again, while it is open."""
    contradiction: Mapped[str | None] = mapped_column(String(REASON_CHARS_MAX))
    """A final word of the provider against an earlier one: it needs a person."""


class SandboxPayout(Base):
    """What the sandbox, standing for a bank elsewhere, remembers of a payout."""

    __tablename__ = "sandbox_payouts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    currency: Mapped[str | None] = mapped_column(String(3))
    amount_minor: Mapped[int | None]
    payee: Mapped[str | None] = mapped_column(String(PAYEE_CHARS_MAX))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(REASON_CHARS_MAX))
    calls: Mapped[int] = mapped_column(SmallInteger)
    """How often it was sent."""
