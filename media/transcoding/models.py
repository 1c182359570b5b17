"""Tables of transcoding: what is to be made of a film, what of it is done, what can be played."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CHAR,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Transcoding(Base):
    """One film of one generation on its way through the works."""

    __tablename__ = "transcodings"

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))
    """working, done, failed or dropped (another film took its place)."""
    original: Mapped[str] = mapped_column(String(300))
    """Path of the film in the object store."""
    source: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What inspection found: the plan follows from it."""
    av1: Mapped[bool]
    """Whether the film is encoded in AV1 as well."""
    gain_db: Mapped[float | None] = mapped_column(Float)
    """What was found to be right for its sound, once it was measured."""
    limited: Mapped[bool] = mapped_column(default=False)
    versions: Mapped[int] = mapped_column(Integer, default=0)
    """How many cuts there are."""
    begun_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class Piece(Base):
    """A piece of one run over the film: `early`, `rest`, `ladder`, `av1`, or `sound` with one."""

    __tablename__ = "transcoding_pieces"
    __table_args__ = (
        ForeignKeyConstraint(
            ["video_id", "generation"], ["transcodings.video_id", "transcodings.generation"]
        ),
    )

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    run: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    frames: Mapped[int] = mapped_column(Integer)
    frames_done: Mapped[int] = mapped_column(Integer, default=0)
    """As far as the encoder says; for people, nothing depends on it."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    begun_at: Mapped[datetime | None]
    done: Mapped[bool] = mapped_column(default=False)


class SegmentObject(Base):
    """Bytes in the object store. Noted before they are written, so that none is ever lost sight
    of; removed by a sweep once nothing names them."""

    __tablename__ = "segment_objects"

    hash: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class RenditionRow(Base):
    """A rendition of one generation."""

    __tablename__ = "renditions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["video_id", "generation"], ["transcodings.video_id", "transcodings.generation"]
        ),
    )

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger)
    """Order in a cut."""
    codecs: Mapped[str] = mapped_column(String(40))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    timescale: Mapped[int] = mapped_column(Integer)
    init_hash: Mapped[str] = mapped_column(CHAR(64), ForeignKey(SegmentObject.hash), index=True)
    init_size: Mapped[int] = mapped_column(Integer)
    ssim: Mapped[float | None] = mapped_column(Float)
    kept: Mapped[bool] = mapped_column(default=True)
    """False for a rung that shows nothing more than the one below."""


class SegmentRow(Base):
    """A segment of a rendition."""

    __tablename__ = "rendition_segments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["video_id", "generation", "name"],
            ["renditions.video_id", "renditions.generation", "renditions.name"],
        ),
        Index("ix_rendition_segments_video_id_hash", "video_id", "hash"),
    )

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(CHAR(64), ForeignKey(SegmentObject.hash), index=True)
    size: Mapped[int] = mapped_column(Integer)
    start: Mapped[int]
    duration: Mapped[int]
    frame_sizes: Mapped[bytes] = mapped_column(LargeBinary)
    """Bytes of each frame, as unsigned 32-bit little-endian numbers: peaks are found from them."""


class CutRow(Base):
    """A version of what can be played; never changed."""

    __tablename__ = "cuts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["video_id", "generation"], ["transcodings.video_id", "transcodings.generation"]
        ),
    )

    video_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    complete: Mapped[bool]
    duration_ms: Mapped[int] = mapped_column(Integer)
    contents: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Name, number of segments, bandwidth and its mean of each rendition."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
