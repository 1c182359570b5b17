"""Tables of sign-ins and of what was taken back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.sessions.rules import DEVICE_NAME_CHARS_MAX
from app.kernel.database import Base


class Session(Base):
    """One sign-in on one device: a family of refresh tokens, of which one is good."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_shopper_id", "shopper_id"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int] = mapped_column(ForeignKey("shoppers.id"))
    device_name: Mapped[str] = mapped_column(String(DEVICE_NAME_CHARS_MAX))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Moves on with every refresh: a device that stays away this long is signed out."""
    generation: Mapped[int] = mapped_column(Integer)
    """How often the refresh token was rotated."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The token before, for a retry whose first answer was lost."""
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The good token's secret under a pad that only the token before yields."""
    rotated_at: Mapped[datetime]
    client_hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    """The software that rotated last, by its User-Agent."""
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(16))
    """signed_out, everywhere, reused, displaced."""


class Revocation(Base):
    """What every process has to know until the last token it concerns has ended by itself."""

    __tablename__ = "revocations"
    __table_args__ = (
        Index("ix_revocations_transaction", "transaction"),
        Index("ix_revocations_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[int]
    actor_id: Mapped[int | None]
    brand_id: Mapped[int | None]
    expires_at: Mapped[datetime]
    transaction: Mapped[int] = mapped_column(
        server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    """The transaction that wrote the row: what readers tell new rows by. A sequence would not do,
    since rows become visible in the order of commits, not of numbers."""
