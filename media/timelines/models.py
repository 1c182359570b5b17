"""Tables of timelines: one draft a video, and every version that was published."""

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class TimelineDraft(Base):
    """What is being edited, and how far publication has come."""

    __tablename__ = "timelines"

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, object]] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column(Integer)
    """Grows with every save: who saves says which one was edited."""
    version: Mapped[int] = mapped_column(Integer)
    """The newest published; 0 before the first."""
    saved_at: Mapped[datetime]


class TimelineVersion(Base):
    """A published version. Playlists under its address are read for as long as somebody watches,
    so it is never changed or deleted."""

    __tablename__ = "timeline_versions"

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[dict[str, object]] = mapped_column(JSONB)
    published_by: Mapped[int | None]
    """The person or key; None for films that publish themselves."""
    published_at: Mapped[datetime]
