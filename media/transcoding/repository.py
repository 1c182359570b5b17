"""SQL of transcoding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.transcoding.models import (
    CutRow,
    Piece,
    RenditionRow,
    SegmentObject,
    SegmentRow,
    Transcoding,
)

Film = tuple[int, int]
"""A video's id and its generation."""


@dataclass(frozen=True)
class NewSegment:
    """A segment that is about to be kept."""

    number: int
    hash: str
    size: int
    start: int
    duration: int
    frame_sizes: bytes


class TranscodingRepository:
    """Reads and writes the tables of transcoding in the caller's transaction."""

    async def add(self, session: AsyncSession, row: Transcoding, pieces: Sequence[Piece]) -> bool:
        """Note a film and its pieces; False when it was noted before."""
        if await session.get(Transcoding, (row.video_id, row.generation)) is not None:
            return False
        session.add(row)
        await session.flush()
        session.add_all(pieces)
        await session.flush()
        return True

    async def get(self, session: AsyncSession, film: Film) -> Transcoding | None:
        """A film on its way."""
        return await session.get(Transcoding, film, populate_existing=True)

    async def locked(self, session: AsyncSession, film: Film) -> Transcoding | None:
        """The same, held until this transaction ends: versions are made one after the other."""
        return await session.get(Transcoding, film, with_for_update=True, populate_existing=True)

    async def earlier_working(
        self, session: AsyncSession, video_id: int, generation: int
    ) -> Sequence[Transcoding]:
        """Earlier films of a video that are still being encoded. Those that an encoder holds are
        passed over: it holds them before the video, which is held here already. It will find out
        for itself, at its next piece."""
        statement = select(Transcoding).where(
            Transcoding.video_id == video_id,
            Transcoding.generation < generation,
            Transcoding.state == "working",
        )
        return (await session.scalars(statement.with_for_update(skip_locked=True))).all()

    async def generations(
        self, session: AsyncSession, video_id: int, before: int | None
    ) -> Sequence[int]:
        """Of a video's films, before one of them or all."""
        statement = select(Transcoding.generation).where(Transcoding.video_id == video_id)
        if before is not None:
            statement = statement.where(Transcoding.generation < before)
        return (await session.scalars(statement.order_by(Transcoding.generation))).all()

    async def pieces(self, session: AsyncSession, film: Film) -> Sequence[Piece]:
        """All pieces of a film, by run and number."""
        statement = (
            select(Piece)
            .where(Piece.video_id == film[0], Piece.generation == film[1])
            .order_by(Piece.run, Piece.number)
            .execution_options(populate_existing=True)
        )
        return (await session.scalars(statement)).all()

    async def begin_piece(
        self, session: AsyncSession, film: Film, run: str, number: int, now: datetime
    ) -> Piece | None:
        """Count an attempt. None when there is no such piece."""
        statement = (
            update(Piece)
            .where(*_piece(film, run, number))
            .values(
                attempts=Piece.attempts + 1,
                begun_at=func.coalesce(Piece.begun_at, now),
            )
            .returning(Piece)
            .execution_options(populate_existing=True)
        )
        return (await session.scalars(statement)).one_or_none()

    async def first_frame(self, session: AsyncSession, film: Film, run: str, number: int) -> int:
        """Where a piece begins: behind the frames of those before it, and behind the head."""
        before = and_(Piece.run == run, Piece.number < number)
        if run == "rest":
            before = or_(before, Piece.run == "early")
        statement = select(func.coalesce(func.sum(Piece.frames), 0)).where(*_film(film), before)
        return (await session.execute(statement)).scalar_one()

    async def note_progress(
        self, session: AsyncSession, film: Film, run: str, number: int, frames: int
    ) -> None:
        """How far an encoder is."""
        statement = update(Piece).where(*_piece(film, run, number)).values(frames_done=frames)
        await session.execute(statement)

    async def finish_piece(self, session: AsyncSession, film: Film, run: str, number: int) -> None:
        """All of it is kept."""
        statement = (
            update(Piece)
            .where(*_piece(film, run, number))
            .values(done=True, frames_done=Piece.frames)
        )
        await session.execute(statement)

    async def note_objects(self, session: AsyncSession, objects: Iterable[tuple[str, int]]) -> None:
        """Say which bytes are about to be written. In the order of hashes, so that two who note
        the same never wait for each other in a circle."""
        rows = [{"hash": hash_, "size": size} for hash_, size in sorted(set(objects))]
        statement = insert(SegmentObject).values(rows)
        statement = statement.on_conflict_do_update(
            index_elements=[SegmentObject.hash], set_={"noted_at": func.now()}
        )
        await session.execute(statement)

    async def add_rendition(self, session: AsyncSession, row: RenditionRow) -> None:
        """Note a rendition, once; every piece of it brings the same row."""
        values = {
            column.key: getattr(row, column.key)
            for column in RenditionRow.__table__.columns
            if getattr(row, column.key) is not None
        }
        await session.execute(insert(RenditionRow).values(values).on_conflict_do_nothing())

    async def add_segments(
        self, session: AsyncSession, film: Film, name: str, segments: Sequence[NewSegment]
    ) -> None:
        """Keep segments, once; whoever encodes them again brings the same."""
        if not segments:
            return
        rows = [
            {
                "video_id": film[0],
                "generation": film[1],
                "name": name,
                "number": each.number,
                "hash": each.hash,
                "size": each.size,
                "start": each.start,
                "duration": each.duration,
                "frame_sizes": each.frame_sizes,
            }
            for each in segments
        ]
        await session.execute(insert(SegmentRow).values(rows).on_conflict_do_nothing())

    async def renditions(self, session: AsyncSession, film: Film) -> Sequence[RenditionRow]:
        """All of a film, in the order of a cut."""
        statement = (
            select(RenditionRow)
            .where(RenditionRow.video_id == film[0], RenditionRow.generation == film[1])
            .order_by(RenditionRow.rank)
            .execution_options(populate_existing=True)
        )
        return (await session.scalars(statement)).all()

    async def segments(self, session: AsyncSession, film: Film, name: str) -> Sequence[SegmentRow]:
        """Those of a rendition that are kept so far, in order."""
        statement = (
            select(SegmentRow)
            .where(
                SegmentRow.video_id == film[0],
                SegmentRow.generation == film[1],
                SegmentRow.name == name,
            )
            .order_by(SegmentRow.number)
            .execution_options(populate_existing=True)
        )
        return (await session.scalars(statement)).all()

    async def segment_hash(self, session: AsyncSession, film: Film, name: str, number: int) -> str:
        """The hash of one of them, which is kept."""
        row = await session.get_one(SegmentRow, (*film, name, number))
        return row.hash

    async def forget_segments(
        self, session: AsyncSession, film: Film, names: Sequence[str] | None
    ) -> None:
        """Forget the segments of some renditions, or of all; the sweep removes their bytes."""
        statement = delete(SegmentRow).where(
            SegmentRow.video_id == film[0], SegmentRow.generation == film[1]
        )
        if names is not None:
            statement = statement.where(SegmentRow.name.in_(names))
        await session.execute(statement)

    async def forget_everything(self, session: AsyncSession, film: Film) -> None:
        """Forget what can be played of a film, all of it."""
        await self.forget_segments(session, film, None)
        for table in (CutRow, RenditionRow, Piece):
            await session.execute(
                delete(table).where(table.video_id == film[0], table.generation == film[1])
            )

    async def cut(self, session: AsyncSession, film: Film, version: int) -> CutRow | None:
        """A version."""
        return await session.get(CutRow, (*film, version))

    async def newest_cut(self, session: AsyncSession, video_id: int) -> CutRow | None:
        """The newest version of the newest generation that has one."""
        statement = (
            select(CutRow)
            .where(CutRow.video_id == video_id)
            .order_by(CutRow.generation.desc(), CutRow.version.desc())
            .limit(1)
        )
        return (await session.scalars(statement)).one_or_none()

    async def names_segment(self, session: AsyncSession, video_id: int, hash_: str) -> bool:
        """Whether a film, in any generation, has such a segment."""
        found = exists().where(SegmentRow.video_id == video_id, SegmentRow.hash == hash_)
        init = exists().where(RenditionRow.video_id == video_id, RenditionRow.init_hash == hash_)
        return bool((await session.execute(select(found | init))).scalar())

    async def working(
        self, session: AsyncSession, ids: Sequence[int]
    ) -> Sequence[tuple[Transcoding, Piece]]:
        """Films that are being encoded, with their pieces."""
        statement = (
            select(Transcoding, Piece)
            .join(
                Piece,
                (Piece.video_id == Transcoding.video_id)
                & (Piece.generation == Transcoding.generation),
            )
            .where(Transcoding.video_id.in_(ids), Transcoding.state == "working")
        )
        return [(film, piece) for film, piece in (await session.execute(statement)).all()]

    async def unnamed(self, session: AsyncSession, before: datetime, most: int) -> Sequence[str]:
        """Bytes that nothing names and nobody noted lately. Held until the transaction ends, so
        that whoever makes the same bytes again writes them after us."""
        segment = exists().where(SegmentRow.hash == SegmentObject.hash)
        init = exists().where(RenditionRow.init_hash == SegmentObject.hash)
        statement = (
            select(SegmentObject.hash)
            .where(SegmentObject.noted_at < before, ~segment, ~init)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return (await session.scalars(statement)).all()

    async def forget_objects(self, session: AsyncSession, hashes: Sequence[str]) -> None:
        """Their bytes are being removed."""
        await session.execute(delete(SegmentObject).where(SegmentObject.hash.in_(hashes)))


def _film(film: Film) -> tuple[ColumnElement[bool], ...]:
    return (Piece.video_id == film[0], Piece.generation == film[1])


def _piece(film: Film, run: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (*_film(film), Piece.run == run, Piece.number == number)
