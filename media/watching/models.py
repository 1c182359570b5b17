"""Tables of watching: a row for each viewing, so that what is told twice counts once."""

from datetime import datetime

from sqlalchemy import SmallInteger, String, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Viewing(Base):
    """One viewing: from the moment a video is on a screen until the next one is."""

    __tablename__ = "viewings"

    video_id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    marks: Mapped[int] = mapped_column(SmallInteger)
    """Bits of `rules.Mark`."""
    position: Mapped[int]
    """Of the last report, in milliseconds; -1 before the first."""
    seen_low: Mapped[int]
    """Which of the first sixty of 120 parts of the film were shown, a bit each."""
    seen_high: Mapped[int]
    """The other sixty."""
    duration_ms: Mapped[int] = mapped_column(server_default="0")
    """Of the film as it was when the viewing began: another may replace it. 0 where that was not
    noted."""
    begun_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ViewedCue(Base):
    """What became of a cue in one viewing."""

    __tablename__ = "viewed_cues"

    video_id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    cue_id: Mapped[int] = mapped_column(primary_key=True)
    marks: Mapped[int] = mapped_column(SmallInteger)
    """Bits of `rules.CueMark`."""


class Watcher(Base):
    """What a shopper watches at the moment, on whichever device: one thing."""

    __tablename__ = "watchers"

    shopper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    video_id: Mapped[int]
    session: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    heard_at: Mapped[datetime]
    """By our clock."""


class WatchCredit(Base):
    """How long a shopper could have watched a video."""

    __tablename__ = "watch_credits"

    shopper_id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(primary_key=True)
    credit_ms: Mapped[int]
