"""The table of notifications."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base
from feeds.notifications.rules import EXCERPT_CHARS_MAX, NotificationKind


class Notification(Base):
    """One line of a shopper's list. A group that something is added to moves to the top: it gets
    a new id."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("recipient_id", "group"),
        Index("ix_notifications_list", "recipient_id", "id"),
        Index("ix_notifications_unread", "recipient_id", postgresql_where=text("NOT read")),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recipient_id: Mapped[int]
    kind: Mapped[NotificationKind] = mapped_column(String(16))
    group: Mapped[str] = mapped_column(String(60))
    order: Mapped[int] = mapped_column(server_default="0")
    """Of the last decision told of; an older one adds nothing."""
    actor_id: Mapped[int]
    """Who did it; of a group, the last one."""
    others: Mapped[int] = mapped_column(server_default="0")
    """How many besides."""
    post_id: Mapped[int | None]
    comment_id: Mapped[int | None]
    excerpt: Mapped[str] = mapped_column(String(EXCERPT_CHARS_MAX))
    read: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
