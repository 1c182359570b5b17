"""The table of content accounts."""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base
from app.kernel.text import folded, grams

NAME_CHARS_MAX = 40
BIO_CHARS_MAX = 300


class ContentAccount(Base):
    """Who publishes. Brands' and shoppers' names follow those of the brand and the shopper."""

    __tablename__ = "content_accounts"
    __table_args__ = (
        Index("ix_content_accounts_grams", "name_grams", postgresql_using="gin"),
        Index(
            "ix_content_accounts_popular",
            "live",
            "verified",
            "posts",
            postgresql_where=text("kind <> 'shopper'"),
        ),
        Index(
            "ix_content_accounts_owner", "owner_shopper_id",
            postgresql_where=text("kind <> 'shopper'"),
        ),
        Index("ix_content_accounts_brand", "brand_id", postgresql_where=text("kind = 'brand'")),
        Index(
            "ix_content_accounts_avatar", "avatar_image_id",
            postgresql_where=text("avatar_image_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(Text)
    name_folded: Mapped[str] = mapped_column(Text)
    name_grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    bio: Mapped[str] = mapped_column(Text)
    avatar_image_id: Mapped[int | None]
    cover_image_id: Mapped[int | None]
    verified: Mapped[bool]
    owner_shopper_id: Mapped[int | None]
    brand_id: Mapped[int | None]
    live: Mapped[bool]
    posts: Mapped[int]
    """Published and not withdrawn."""
    created_at: Mapped[datetime]

    def rename(self, name: str) -> None:
        """Take a name and what search finds it by."""
        self.name = name
        self.name_folded = folded(name)
        self.name_grams = grams(self.name_folded)

    @property
    def card_facts(self) -> tuple[str, int | None, bool]:
        """What the card shows; when it differs, every post of the account looks different."""
        return self.name, self.avatar_image_id, self.verified
