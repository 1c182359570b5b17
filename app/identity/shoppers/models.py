"""The table of shoppers."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.shoppers.rules import BIO_CHARS_MAX, NAME_CHARS_MAX
from app.kernel.database import Base


class Shopper(Base):
    """A person. Their own content account has the same id."""

    __tablename__ = "shoppers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    phone: Mapped[str] = mapped_column(String(16), unique=True)
    """E.164."""
    name: Mapped[str] = mapped_column(String(NAME_CHARS_MAX))
    bio: Mapped[str] = mapped_column(String(BIO_CHARS_MAX))
    avatar_image_id: Mapped[int | None]
    locale: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime]
