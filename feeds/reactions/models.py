"""The table of reactions: who did what."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class PostReaction(Base):
    """What a shopper did with a post; the row stays when a like is taken back."""

    __tablename__ = "post_reactions"
    __table_args__ = (
        Index(
            "ix_post_reactions_liked",
            "shopper_id",
            "post_id",
            postgresql_where=text("(bits & 1) = 1"),
        ),
    )

    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bits: Mapped[int] = mapped_column(SmallInteger)
    order: Mapped[int]
    """Of the decision that made the row what it is; an older one never changes it."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
