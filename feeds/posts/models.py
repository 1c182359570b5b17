"""The tables of posts."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Post(Base):
    """What an account publishes, from its first draft on."""

    __tablename__ = "posts"
    __table_args__ = (
        Index(
            "ix_posts_wall",
            "account_id",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("status = 'published'"),
        ),
        Index("ix_posts_managed", "account_id", "id"),
        Index(
            "ix_posts_pinned", "account_id", postgresql_where=text("pinned_at IS NOT NULL")
        ),
        Index(
            "ix_posts_reposts", "repost_of_id", "id",
            postgresql_where=text("repost_of_id IS NOT NULL"),
        ),
        Index("ix_posts_pictures", "picture_ids", postgresql_using="gin"),
        Index("ix_posts_products", "product_ids", postgresql_using="gin"),
        Index(
            "ix_posts_videos", "video_id", "id", postgresql_where=text("video_id IS NOT NULL")
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int]
    author_shopper_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    live: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    hashtags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    picture_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    product_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    packet_id: Mapped[int | None]
    """The packet it carries."""
    video_id: Mapped[int | None]
    """The video it carries."""
    repost_of_id: Mapped[int | None]
    original_account_id: Mapped[int | None]
    audience: Mapped[str] = mapped_column(String(16))
    fan_out: Mapped[str | None] = mapped_column(String(8))
    version: Mapped[int]
    """Raised by whatever changes the public bytes."""
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    """Whole milliseconds."""
    edited_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PostAudience(Base):
    """A shopper who was selected to see a post."""

    __tablename__ = "post_audience"

    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class PostTag(Base):
    """A published post for everyone, under one of its hashtags."""

    __tablename__ = "post_tags"
    __table_args__ = (
        Index(
            "ix_post_tags_newest", "tag", "live", text("published_at DESC"), text("post_id DESC")
        ),
        Index("ix_post_tags_post", "post_id"),
    )

    tag: Mapped[str] = mapped_column(Text, primary_key=True)
    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    live: Mapped[bool]
    published_at: Mapped[datetime]


class PostEdit(Base):
    """A content that a published post has or had."""

    __tablename__ = "post_edits"

    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    picture_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    product_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    edited_at: Mapped[datetime]
