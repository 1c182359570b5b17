"""The table of comments."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base
from feeds.comments.interfaces import CLIENT_ID_CHARS_MAX, TEXT_CHARS_MAX


class Comment(Base):
    """A comment or reply. Each part carries the order of the decision it comes from, so that
    decisions may be settled in any order: a row may be made by a moderation that overtook the
    comment itself, and has no text until that arrives."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_thread", "root_id", "order"),
        Index("ix_comments_post", "post_id", "order", postgresql_where=text("root_id IS NULL")),
        Index(
            "uq_comments_client",
            "post_id",
            "author_id",
            "client_id",
            unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
        CheckConstraint("replies >= 0", "not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    post_id: Mapped[int]
    author_id: Mapped[int]
    """The shopper, and so the shopper's account."""
    root_id: Mapped[int | None]
    """The comment this is a reply under; None for a comment of its own."""
    text: Mapped[str | None] = mapped_column(String(TEXT_CHARS_MAX))
    order: Mapped[int] = mapped_column(server_default="0")
    """The place among the post's comments: the order of the decision to accept it."""
    created_at: Mapped[datetime | None]
    replied_id: Mapped[int | None]
    """Whose reply was answered; None for an answer to the comment itself."""
    client_id: Mapped[str | None] = mapped_column(String(CLIENT_ID_CHARS_MAX))
    status: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Bits: 1 hidden by the post's account, 2 deleted."""
    status_order: Mapped[int] = mapped_column(server_default="0")
    replies: Mapped[int] = mapped_column(server_default="0")
    """Replies that are neither hidden nor deleted."""
    replies_order: Mapped[int] = mapped_column(server_default="0")
