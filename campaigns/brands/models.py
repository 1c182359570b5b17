"""The table of brands."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

NAME_CHARS_MAX = 40


class Brand(Base):
    """Who sells here."""

    __tablename__ = "brands"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    test_account_id: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARS_MAX))
    name_folded: Mapped[str] = mapped_column(Text, unique=True)
    """Two brands whose names look the same would be a trap for shoppers."""
    created_at: Mapped[datetime]
