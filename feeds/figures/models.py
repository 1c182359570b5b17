"""The table of figures."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class PostTally(Base):
    """The figures of a post. The decided ones carry the order of their last decision."""

    __tablename__ = "post_tallies"
    __table_args__ = (
        CheckConstraint("least(likes, comments, shares, views) >= 0", "not_negative"),
    )

    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    likes: Mapped[int] = mapped_column(server_default="0")
    shares: Mapped[int] = mapped_column(server_default="0")
    reactions_order: Mapped[int] = mapped_column(server_default="0")
    comments: Mapped[int] = mapped_column(server_default="0")
    comments_order: Mapped[int] = mapped_column(server_default="0")
    views: Mapped[int] = mapped_column(server_default="0")
    revision: Mapped[int] = mapped_column(server_default="0")
    """Raised by every change, so that a reader keeps the newest of what reaches it."""
