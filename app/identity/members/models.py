"""Tables of members and operators. Both are keyed by phone: people are invited before they come."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Member(Base):
    """Somebody who works for a brand."""

    __tablename__ = "brand_members"
    __table_args__ = (
        UniqueConstraint("brand_id", "phone"),
        Index("ix_brand_members_phone", "phone"),
        Index("ix_brand_members_shopper_id", "shopper_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    phone: Mapped[str] = mapped_column(String(16))
    shopper_id: Mapped[int | None] = mapped_column(ForeignKey("shoppers.id"))
    """Whoever signs in with the phone; None until somebody did."""
    role: Mapped[str] = mapped_column(String(16))
    grant_id: Mapped[int]
    """New with every change of the role: tokens carry it, and taking a role back revokes it."""
    invited_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    """When the member first went to work; before, the brand does not learn the name."""


class Operator(Base):
    """Somebody who runs the house."""

    __tablename__ = "operators"
    __table_args__ = (Index("ix_operators_shopper_id", "shopper_id"),)

    phone: Mapped[str] = mapped_column(String(16), primary_key=True)
    shopper_id: Mapped[int | None] = mapped_column(ForeignKey("shoppers.id"))
    grant_id: Mapped[int]
    made_at: Mapped[datetime]
