"""The tables of the graph.

Keys begin with what a partition would be made by: follows by account, for the fan-out reads an
account's followers in order; everything else by shopper.
"""

from datetime import datetime

from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Follow(Base):
    """A shopper follows an account."""

    __tablename__ = "follows"
    __table_args__ = (
        Index("ix_follows_shopper", "shopper_id", "account_id"),
        Index("ix_follows_newest", "account_id", "at_ms", "shopper_id"),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_ms: Mapped[int]
    """Milliseconds since 1970."""


class Mute(Base):
    """A shopper wants no posts of an account in the feed, and still follows it."""

    __tablename__ = "mutes"

    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class AccountBlock(Base):
    """Two accounts see nothing of each other. A shopper's account has the shopper's id."""

    __tablename__ = "account_blocks"
    __table_args__ = (Index("ix_account_blocks_blocked", "blocked_id", "blocker_id"),)

    blocker_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    blocked_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class HiddenPost(Base):
    """A shopper is not interested in a post."""

    __tablename__ = "hidden_posts"

    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ShopperGraph(Base):
    """The version of all that concerns one shopper; the row is the lock of its changes."""

    __tablename__ = "shopper_graphs"

    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    following: Mapped[int]


class FollowerCount(Base):
    """A part of an account's number of followers.

    The number is the sum of an account's rows. An account has one row until two transactions want
    to change it at once; then whoever finds no free row makes another one. So a storm of follows
    on one account does not queue on one lock, and a quiet account costs one row.
    """

    __tablename__ = "follower_counts"

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    followers: Mapped[int]
