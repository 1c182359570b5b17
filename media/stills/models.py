"""Tables of stills: what was made of each film, and what its owner chose as its cover."""

from datetime import datetime

from sqlalchemy import CHAR, Integer, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class VideoStills(Base):
    """The stills of one generation of a video."""

    __tablename__ = "video_stills"

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    poster_image_id: Mapped[int]
    poster_ms: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(CHAR(64))
    """Of preview and storyboard together: their address."""
    sheets: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class VideoCover(Base):
    """What stands in the poster's place because the owner said so; it outlives replacements."""

    __tablename__ = "video_covers"

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    image_id: Mapped[int | None]
    """None while the frame is being fetched."""
    at_ms: Mapped[int | None] = mapped_column(Integer)
    """Where in the film it was, unless it is a picture of its own."""
    chosen_at: Mapped[datetime] = mapped_column(server_default=func.now())
