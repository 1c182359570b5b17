"""The tables of coupons."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

TITLE_CHARS_MAX = 60
ORDER_CHARS_MAX = 64
CODE_CHARS = 12


class Coupon(Base):
    """What a brand gives away, and on what terms."""

    __tablename__ = "coupons"
    __table_args__ = (
        Index("ix_coupons_brand", "brand_id", "live", "id"),
        CheckConstraint("(amount_minor IS NULL) <> (percent IS NULL)", name="discount"),
        CheckConstraint("(valid_until IS NULL) <> (valid_days IS NULL)", name="validity"),
        CheckConstraint("count > 0", name="count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    live: Mapped[bool]
    """False for those of test keys."""
    title: Mapped[str] = mapped_column(String(TITLE_CHARS_MAX))
    currency: Mapped[str | None] = mapped_column(String(3))
    """Of every amount below; None where there is none."""
    amount_minor: Mapped[int | None]
    percent: Mapped[int | None] = mapped_column(SmallInteger)
    cap_minor: Mapped[int | None]
    minimum_minor: Mapped[int | None]
    count: Mapped[int]
    """Given and still to be given."""
    collect_from: Mapped[datetime]
    collect_until: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    valid_days: Mapped[int | None] = mapped_column(SmallInteger)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CouponShard(Base):
    """A part of a coupon's stock. Many shoppers collect at once: in one row they would wait for
    each other."""

    __tablename__ = "coupon_shards"
    __table_args__ = (
        CheckConstraint('"left" >= 0', name="left"),
        CheckConstraint("redeemed >= 0", name="redeemed"),
    )

    coupon_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    left: Mapped[int]
    redeemed: Mapped[int] = mapped_column(server_default="0")
    """Of the shoppers at home here, so that nobody counts a million rows."""


class CollectedCoupon(Base):
    """A coupon in a shopper's hands. The key begins with what a partition would be made by."""

    __tablename__ = "collected_coupons"
    __table_args__ = (
        Index("uq_collected_coupons_code", "live", "code", unique=True),
        Index("ix_collected_coupons_shopper", "shopper_id", "id"),
    )

    coupon_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """One a shopper."""
    id: Mapped[int]
    live: Mapped[bool]
    code: Mapped[str] = mapped_column(String(CODE_CHARS))
    collected_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    redeemed_by: Mapped[int | None]
    """The person or key at the counter."""
    order_id: Mapped[str | None] = mapped_column(String(ORDER_CHARS_MAX))
    """The brand's own number of the order it was used for."""
