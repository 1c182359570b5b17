"""The table of API keys."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

NAME_CHARS_MAX = 60


class BrandKey(Base):
    """A key of a brand: its hash, what it may do and until when."""

    __tablename__ = "brand_keys"
    __table_args__ = (Index("ix_brand_keys_brand_id", "brand_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_CHARS_MAX))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    hint: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    live: Mapped[bool]
    made_by: Mapped[int]
    """The member or operator."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """Set when a successor was made: until then both open."""
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To a quarter of an hour."""
    rotated_to: Mapped[int | None]
    """The successor."""
