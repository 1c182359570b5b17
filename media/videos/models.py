"""Tables of videos: the video, which links and figures belong to, and the films put there."""

from datetime import datetime
from typing import Any

from sqlalchemy import CHAR, ForeignKey, Index, String, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Video(Base):
    """What links, cues and figures belong to, whichever film is shown."""

    __tablename__ = "videos"
    __table_args__ = (
        Index("ix_videos_owner", "owner_id", "live", "id"),
        Index("ix_videos_review", "id", postgresql_where=text("visibility = 'review'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[int]
    by_shopper: Mapped[bool]
    live: Mapped[bool]
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    """Of the newest film."""
    visibility: Mapped[str] = mapped_column(String(12))
    generation: Mapped[int]
    shown_generation: Mapped[int | None]
    refusal: Mapped[str | None] = mapped_column(String(1000))
    """Why the newest film cannot be used."""
    refusal_reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(1000))
    """Why the operator did not publish it, or removed it."""
    published_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """From then on nobody finds it; the row stays for what refers to it."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class VideoFilm(Base):
    """One film of a video; the next generation replaces it."""

    __tablename__ = "video_films"
    __table_args__ = (Index("ix_video_films_upload", "upload_id", unique=True),)

    video_id: Mapped[int] = mapped_column(ForeignKey(Video.id), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int | None]
    """None for films that were made here."""
    path: Mapped[str | None] = mapped_column(String(200))
    """In the object store, once it is whole."""
    hash: Mapped[str | None] = mapped_column(CHAR(64), index=True)
    bytes: Mapped[int | None]
    source: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What inspection found."""
    released: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nobody watches it any more: its bytes are gone, or on their way out."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
