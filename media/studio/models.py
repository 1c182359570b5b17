"""Tables of the studio: works under way, and tracks of captions."""

from datetime import datetime
from typing import Any

from sqlalchemy import CHAR, Index, Integer, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base

LABEL_CHARS_MAX = 40
LANGUAGE_CHARS_MAX = 35


class StudioWork(Base):
    """A film that was asked for, until it is one."""

    __tablename__ = "studio_works"
    __table_args__ = (Index("studio_works_by_owner", "owner_id", "live", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int]
    by_shopper: Mapped[bool]
    live: Mapped[bool]
    title: Mapped[str] = mapped_column(String(120))
    spec: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What is to be made, whole: later changes of products change nothing."""
    state: Mapped[str] = mapped_column(String(12))
    video_id: Mapped[int | None] = mapped_column(index=True)
    """The video that came of it."""
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(24))
    """Why there is no video, in a stable word."""


class VideoCaptions(Base):
    """The captions of a video in one language."""

    __tablename__ = "video_captions"

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(LANGUAGE_CHARS_MAX), primary_key=True)
    label: Mapped[str] = mapped_column(String(LABEL_CHARS_MAX))
    hash: Mapped[str] = mapped_column(CHAR(64))
    cues: Mapped[int] = mapped_column(Integer)
    first: Mapped[bool]
    """Shown unless the viewer chose another one."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
