"""The table of packets."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, SmallInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

TITLE_CHARS_MAX = 40
THANKS_CHARS_MAX = 120


class Packet(Base):
    """A packet through its whole life."""

    __tablename__ = "packets"
    __table_args__ = (
        Index("ix_packets_brand_id_id", "brand_id", "id"),
        Index("ix_packets_status_closes_at", "status", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    live: Mapped[bool]
    """False for those of test keys."""
    form: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(TITLE_CHARS_MAX))
    thanks: Mapped[str] = mapped_column(String(THANKS_CHARS_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    rules: Mapped[dict[str, object]] = mapped_column(JSONB)
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    """Secret until the packet is closed: the shares follow from it."""
    total_minor: Mapped[int]
    count: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    paused: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change."""
    announced_at: Mapped[datetime | None]
    """From then on shoppers see it and are given tickets."""
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_order: Mapped[int | None]
    """Of the decision that closed it; after a loss of live state a later one takes its place."""
    closed_claims: Mapped[int | None]
    closed_minor: Mapped[int | None]
    """What the closing said was granted: the rest returns once SQL holds exactly that."""
    closed_entries: Mapped[int | None]
    """How many took part in the draw, where there is one."""
    close_reason: Mapped[int | None] = mapped_column(SmallInteger)
    returned_minor: Mapped[int | None]
    """What went back to the budget; None while the books are open."""
