"""Tables of one-time codes. Both hold phones in clear and are emptied within a day."""

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class OneTimeCode(Base):
    """The last code sent to a phone; a new one takes its place."""

    __tablename__ = "one_time_codes"

    phone: Mapped[str] = mapped_column(String(16), primary_key=True)
    id: Mapped[int] = mapped_column(unique=True)
    """Tells one code from the next; part of the hash and of the seal, so never used twice."""
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[int | None] = mapped_column(Integer)
    """The code for the job that sends it, unreadable without the key; gone once it is sent."""
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    spent_at: Mapped[datetime | None]


class CodeEvent(Base):
    """A code sent, or a wrong one tried: what the bounds are counted from."""

    __tablename__ = "one_time_code_events"
    __table_args__ = (
        Index("ix_one_time_code_events_phone_at", "phone", "at"),
        Index("ix_one_time_code_events_address_at", "address", "at"),
        Index("ix_one_time_code_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    """sent or missed."""
    phone: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
