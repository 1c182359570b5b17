"""The table of products."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

TITLE_CHARS_MAX = 120
LINK_CHARS_MAX = 500
EXTERNAL_ID_CHARS_MAX = 64


class Product(Base):
    """One product of one brand's catalogue."""

    __tablename__ = "products"
    __table_args__ = (
        Index(
            "uq_products_external", "brand_id", "live", "external_id", unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "ix_products_catalogue", "brand_id", "live", "id", postgresql_where=text("NOT archived")
        ),
        Index("ix_products_title_grams", "title_grams", postgresql_using="gin"),
        Index("ix_products_image", "image_id", postgresql_where=text("image_id IS NOT NULL")),
        CheckConstraint("price_minor >= 0", name="price"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int]
    live: Mapped[bool]
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL_ID_CHARS_MAX))
    """The brand's own number of it; imports find the row again by it."""
    title: Mapped[str] = mapped_column(String(TITLE_CHARS_MAX))
    title_folded: Mapped[str] = mapped_column(Text)
    title_grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int]
    original_price_minor: Mapped[int | None]
    image_id: Mapped[int | None]
    link: Mapped[str | None] = mapped_column(String(LINK_CHARS_MAX))
    stock: Mapped[str] = mapped_column(String(16))
    archived: Mapped[bool]
    """Gone from lists and posts; kept, since posts name it."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
