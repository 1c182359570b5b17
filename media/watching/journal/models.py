"""The table of the stream."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class WatchEventRow(Base):
    """One event as a player told it. Of the shopper nothing is kept: not even who it was."""

    __tablename__ = "watch_events"
    __table_args__ = (
        Index(None, "owner_id", "live", "heard_at", "id"),
        # rows come in the order of time and leave in it: a few pages find the old ones
        Index(None, "heard_at", postgresql_using="brin"),
    )

    video_id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[int] = mapped_column(primary_key=True)
    """Of all that was told: the same again is the same event."""
    id: Mapped[int]
    owner_id: Mapped[int]
    live: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    at: Mapped[datetime]
    heard_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    """When it was written, by PostgreSQL's clock: the stream's order."""
    quartile: Mapped[int | None] = mapped_column(SmallInteger)
    cue_id: Mapped[int | None]
    product_id: Mapped[int | None]
