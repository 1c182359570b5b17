"""Tables of pictures: the content once, and a row for each who has uploaded it."""

from datetime import datetime

from sqlalchemy import CHAR, ForeignKey, Integer, SmallInteger, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class ImageContent(Base):
    """What a picture is, under its content hash. Its files lie in the object store."""

    __tablename__ = "image_contents"

    hash: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    color: Mapped[str] = mapped_column(CHAR(7))
    placeholder: Mapped[str] = mapped_column(String(400))
    widths: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    formats: Mapped[list[str]] = mapped_column(ARRAY(String(8)))
    """The formats whose every width is stored; only these are ever named to a reader."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Image(Base):
    """One owner's picture. Two owners share the content and know nothing of each other."""

    __tablename__ = "images"
    __table_args__ = (UniqueConstraint("owner_id", "live", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[int]
    """A shopper, or a brand for its members and keys."""
    live: Mapped[bool]
    """False for what a test key uploaded."""
    hash: Mapped[str] = mapped_column(CHAR(64), ForeignKey(ImageContent.hash), index=True)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
