"""The tables of claims: one row a share that somebody got, and their sums."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Claim(Base):
    """A share that a shopper got. Written once, by the decision that gave it."""

    __tablename__ = "packet_claims"
    __table_args__ = (
        UniqueConstraint("packet_id", "pool", "shopper_id", "turn"),
        Index(
            "uq_packet_claims_share",
            "packet_id",
            "pool",
            "share",
            unique=True,
            postgresql_where=text("NOT lost"),
        ),
        Index("ix_packet_claims_shopper_id", "shopper_id", "packet_id"),
    )

    packet_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the decision, unique within the packet's bucket for ever."""
    pool: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """One decision may give a share of several pools: to a helper, and to whom was helped."""
    share: Mapped[int]
    """Its number in the pool, from 0."""
    shopper_id: Mapped[int]
    turn: Mapped[int]
    """A shopper has one share a pool and turn: the link that was helped, else 0."""
    device: Mapped[int | None]
    """What a helper's device hashes to, for its limit."""
    amount_minor: Mapped[int]
    lost: Mapped[bool]
    """Acknowledged before live state was lost and given to another since: the platform paid it."""
    claimed_at: Mapped[datetime]


class Tally(Base):
    """What the rows of a packet add up to, so that nobody counts a hundred thousand."""

    __tablename__ = "packet_tallies"

    packet_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    claims: Mapped[int]
    granted_minor: Mapped[int]
    """Paid from the escrow."""
    lost_claims: Mapped[int]
    lost_minor: Mapped[int]
    """Paid by the platform."""
    best_minor: Mapped[int]
    best_shopper_id: Mapped[int]
    best_order: Mapped[int]
    """The largest share so far; of equals the one that was given first."""


class Entry(Base):
    """Somebody who takes part in a draw."""

    __tablename__ = "packet_entries"
    __table_args__ = (UniqueConstraint("packet_id", "shopper_id"),)

    packet_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In the order of entering, from 0: what the draw draws."""
    shopper_id: Mapped[int]
    order: Mapped[int]
    entered_at: Mapped[datetime]


class Dismissal(Base):
    """What a bucket counted of a decision in quarantine, once an operator has decided about it: no
    row of a claim or entry will ever stand for it."""

    __tablename__ = "packet_dismissals"

    packet_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    claims: Mapped[int]
    granted_minor: Mapped[int]
    entries: Mapped[int]
