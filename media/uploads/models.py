"""Tables of uploads."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class UploadState(StrEnum):
    """The life of an upload."""

    OPEN = "open"
    WHOLE = "whole"
    """Every byte has arrived, in parts."""
    FINISHED = "finished"
    """One file, in `path`."""
    GONE = "gone"
    """Expired, cancelled or released."""


class Upload(Base):
    """One file on its way in."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND length", "received"),
        Index("ix_uploads_owner", "owner_id", "live", "state"),
        Index("ix_uploads_expiry", "state", "taken", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[int]
    by_shopper: Mapped[bool]
    live: Mapped[bool]
    uploader_id: Mapped[int]
    """The shopper, member or key that sends it."""
    name: Mapped[str] = mapped_column(String(255))
    tags: Mapped[str] = mapped_column(String(2000))
    """`Upload-Metadata` as it was sent."""
    length: Mapped[int]
    """Bytes it will have."""
    received: Mapped[int] = mapped_column(default=0)
    """Bytes that are durable: the offset of tus."""
    state: Mapped[str] = mapped_column(String(12))
    taken: Mapped[bool] = mapped_column(default=False)
    """Something was made of it."""
    lease: Mapped[str | None] = mapped_column(String(32))
    """Who sends right now: only its holder moves `received`."""
    leased_until: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    """When it is given up, unless something was made of it."""
    hash: Mapped[str | None] = mapped_column(CHAR(64), index=True)
    path: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UploadPart(Base):
    """A piece that lies in the object store; a row exists only after its object does."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey(Upload.id, ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[int] = mapped_column(primary_key=True)
    bytes: Mapped[int]
    path: Mapped[str] = mapped_column(String(200))


class StoredFile(Base):
    """A content that lies in the object store once, whoever sent it how often."""

    __tablename__ = "stored_files"

    hash: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), unique=True)
    bytes: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
