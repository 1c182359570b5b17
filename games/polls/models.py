"""The tables of polls. Keys begin with what a partition would be made by."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

QUESTION_CHARS_MAX = 120
OPTION_CHARS_MAX = 40


class Poll(Base):
    """A question of a brand."""

    __tablename__ = "polls"
    __table_args__ = (Index("ix_polls_brand_id_live_id", "brand_id", "live", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    live: Mapped[bool]
    """False for those of test keys."""
    question: Mapped[str] = mapped_column(String(QUESTION_CHARS_MAX))
    options: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    """Id and text of each, in the order in which they are shown."""
    results: Mapped[str] = mapped_column(String(12))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    archived: Mapped[bool]
    """Gone from lists and films; kept, since votes name it."""
    created_at: Mapped[datetime]


class PollVote(Base):
    """What a shopper answered. Written once."""

    __tablename__ = "poll_votes"

    poll_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    option_id: Mapped[int]
    voted_at: Mapped[datetime]


class PollCount(Base):
    """A part of an option's number of votes.

    The number is the sum of an option's rows. An option has one row until two transactions want to
    change it at once; then whoever finds no free row makes another one. So a storm of votes does
    not queue on one lock, and a quiet poll costs one row an option.
    """

    __tablename__ = "poll_counts"

    poll_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    option_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    votes: Mapped[int]
