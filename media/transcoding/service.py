"""Takes films on, keeps what was encoded of them, and publishes what can be played.

Every step may be done twice, by two workers at once, or by one that slept past its time: the same
piece becomes the same bytes under the same hash, and rows are added once. Versions are made one
after the other under the film's lock, and what is in the n-th follows from the plan alone; so an
undisturbed run and one that was killed ten times end with the same manifests.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import structlog

from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.events import Events
from app.kernel.objects import Objects
from media.inspection.source import Source
from media.transcoding.encoding import boxes
from media.transcoding.encoding.pictures import Made, Run
from media.transcoding.encoding.sound import Chain
from media.transcoding.growing.queueing import defer_pictures, defer_sound
from media.transcoding.growing.versions import SOUND, Versions
from media.transcoding.interfaces import segment_path
from media.transcoding.models import Piece, RenditionRow, Transcoding
from media.transcoding.repository import Film, NewSegment, TranscodingRepository
from media.transcoding.rules import SAMPLE_RATE, Plan, plan_for
from media.videos.interfaces import Refusal, Videos, VideoState

log: structlog.stdlib.BoundLogger = structlog.get_logger("transcoding")

_ATTEMPTS_MAX: Final = 5
_TRIED_OFTEN: Final = Refusal(
    "tried_often", "The film could not be encoded, although it was tried several times."
)
_PUTS_AT_ONCE: Final = 8
_NOTED_HOURS: Final = 6
_SWEEP_ROWS: Final = 500


@dataclass(frozen=True)
class Work:
    """What a job needs to know of its film."""

    film: Film
    original: str
    source: Source
    plan: Plan
    chain: Chain | None
    """Of the sound, once it was measured."""
    frames: range = range(0)
    """Of the piece, as the film was cut when it was taken on: a newer release may cut others
    differently while this one is on its way."""


class TranscodingService:
    """The use cases of transcoding."""

    def __init__(
        self,
        database: Database,
        objects: Objects,
        events: Events,
        clock: Clock,
        videos: Videos,
        repository: TranscodingRepository,
        *,
        av1: bool,
    ) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock
        self._videos = videos
        self._repository = repository
        self._versions = Versions(repository, events, videos, clock)
        self._av1 = av1

    async def take_on(self, tx: Transaction, video_id: int, generation: int) -> None:
        """Plan a film that passed inspection, and queue its first jobs in the same transaction."""
        record = await self._videos.get(tx.session, video_id)
        if record is None or record.source is None or record.generation != generation:
            return
        for earlier in await self._repository.earlier_working(tx.session, video_id, generation):
            earlier.state = "dropped"
        plan = plan_for(record.source)
        film = (video_id, generation)
        row = Transcoding(
            video_id=video_id,
            generation=generation,
            state="working",
            original=record.original,
            source=record.source.plain(),
            av1=self._av1,
            limited=False,
            versions=0,
        )
        if not await self._repository.add(tx.session, row, _pieces(film, plan, av1=self._av1)):
            return
        if plan.sound:
            await defer_sound(tx, film)
        await defer_pictures(tx, film, plan)

    async def begin(self, film: Film, run: str, number: int) -> Work | None:
        """Note an attempt at a piece. None when there is nothing to do: it is done, or its film is
        no longer wanted. A piece that ended its workers several times is given up."""
        async with self._database.transaction() as tx:
            row = await self._repository.get(tx.session, film)
            if row is None or row.state != "working":
                return None
            now = self._clock.now()
            piece = await self._repository.begin_piece(tx.session, film, run, number, now)
            if piece is None or piece.done:
                return None
            if piece.attempts > _ATTEMPTS_MAX:
                await self._give_up(tx, film, _TRIED_OFTEN)
                return None
            if run != "av1" and not await self._videos.advance(tx, *film, VideoState.TRANSCODING):
                row.state = "dropped"
                return None
            first = await self._repository.first_frame(tx.session, film, run, number)
            return _work(row, range(first, first + piece.frames))

    async def look(self, film: Film) -> Work | None:
        """The film's facts while it is worked on; None when nobody wants it any more."""
        async with self._database.reading() as session:
            row = await self._repository.get(session, film)
            there = await self._videos.get(session, film[0]) is not None
            return _work(row) if there and row is not None and row.state == "working" else None

    async def segment_film(self, film: Film, name: str, number: int) -> bytes:
        """A segment of a rendition that plays by itself."""
        async with self._database.reading() as session:
            rows = await self._repository.renditions(session, film)
            init = next(row.init_hash for row in rows if row.name == name)
            hash_ = await self._repository.segment_hash(session, film, name, number)
        head, body = [await self._objects.get(segment_path(each)) for each in (init, hash_)]
        return head + body

    async def note_progress(self, film: Film, run: str, number: int, frames: int) -> None:
        """How far an encoder is, for those who wait."""
        async with self._database.transaction() as tx:
            await self._repository.note_progress(tx.session, film, run, number, frames)

    async def note_chain(self, film: Film, chain: Chain) -> Chain:
        """Keep what the sound needs; the first to say so is believed, by everybody."""
        async with self._database.transaction() as tx:
            row = await self._repository.locked(tx.session, film)
            if row is None:
                return chain
            if row.gain_db is None:
                row.gain_db, row.limited = chain.gain_db, chain.limited
            return Chain(row.gain_db, limited=row.limited)

    async def keep_pictures(
        self, work: Work, run: str, number: int, made: Mapping[str, Run]
    ) -> None:
        """Store a piece at its rungs, and publish what it makes possible."""
        rungs = {rung.name: rung for rung in work.plan.rungs_of(run)}
        ranks = work.plan.ranks_of(run)
        await self._store([(one.init, one.segments) for one in made.values()])
        async with self._database.transaction() as tx:
            row = await self._repository.locked(tx.session, work.film)
            if row is None or row.state != "working":
                return
            for name, one in made.items():
                rung = rungs[name]
                await self._repository.add_rendition(
                    tx.session,
                    _rendition(
                        work.film,
                        name,
                        one.init,
                        work.plan.grid.timescale,
                        ranks[name],
                        width=rung.width,
                        height=rung.height,
                    ),
                )
                await self._keep(tx, work.film, name, one.segments)
            await self._repository.finish_piece(tx.session, work.film, run, number)
            await self._versions.grow(tx, row, work.plan)

    async def keep_sound(
        self, work: Work, init: bytes, segments: Sequence[Made], *, whole: bool
    ) -> None:
        """Store sound from its beginning on, and publish what it makes possible."""
        await self._store([(init, segments)])
        async with self._database.transaction() as tx:
            row = await self._repository.locked(tx.session, work.film)
            if row is None or row.state != "working":
                return
            found = _rendition(work.film, SOUND, init, SAMPLE_RATE, 100)
            await self._repository.add_rendition(tx.session, found)
            await self._keep(tx, work.film, SOUND, segments)
            if whole:
                await self._repository.finish_piece(tx.session, work.film, "sound", 0)
            elif segments:
                ends = (segments[-1].start + segments[-1].duration) / SAMPLE_RATE
                frames = int(ends * work.plan.grid.rate)
                await self._repository.note_progress(tx.session, work.film, "sound", 0, frames)
            await self._versions.grow(tx, row, work.plan)

    async def _store(self, parts: Sequence[tuple[bytes, Sequence[Made]]]) -> None:
        """Write bytes under their hashes, after noting in SQL that they may be there."""
        data = {
            hashlib.sha256(each).hexdigest(): each
            for init, segments in parts
            for each in (init, *(segment.data for segment in segments))
        }
        async with self._database.transaction() as tx:
            sizes = [(hash_, len(each)) for hash_, each in data.items()]
            await self._repository.note_objects(tx.session, sizes)
        places = asyncio.Semaphore(_PUTS_AT_ONCE)

        async def put(hash_: str, each: bytes) -> None:
            async with places:
                await self._objects.put(segment_path(hash_), each)

        await asyncio.gather(*(put(hash_, each) for hash_, each in data.items()))

    async def _keep(self, tx: Transaction, film: Film, name: str, segments: Sequence[Made]) -> None:
        rows = [
            NewSegment(
                number=each.number,
                hash=hashlib.sha256(each.data).hexdigest(),
                size=len(each.data),
                start=each.start,
                duration=each.duration,
                frame_sizes=np.array(each.sizes, "<u4").tobytes(),
            )
            for each in segments
        ]
        await self._repository.add_segments(tx.session, film, name, rows)

    async def finish(self, film: Film, quality: Mapping[str, float]) -> None:
        """Publish the whole ladder with its measured quality."""
        async with self._database.transaction() as tx:
            row = await self._repository.locked(tx.session, film)
            if row is None or row.state != "working":
                return
            if await self._versions.missing(tx, row) == 0:
                plan = plan_for(Source.of(row.source))
                await self._versions.finish(tx, row, plan, quality)

    async def fail(self, film: Film, why: Refusal) -> None:
        """Give a film up, saying why; what can be watched as a whole stays."""
        async with self._database.transaction() as tx:
            await self._give_up(tx, film, why)

    async def _give_up(self, tx: Transaction, film: Film, why: Refusal) -> None:
        row = await self._repository.locked(tx.session, film)
        if row is None or row.state != "working":
            return
        log.warning("film_not_encoded", video=film[0], generation=film[1], reason=why.reason)
        whole = await self._versions.missing(tx, row) <= 0
        row.state, row.ended_at = ("done" if whole else "failed"), self._clock.now()
        if whole:
            await self._videos.advance(tx, *film, VideoState.READY)
        else:
            await self._repository.forget_everything(tx.session, film)
            await self._videos.advance(tx, *film, VideoState.FAILED, refusal=why)

    async def forget(self, video_id: int, before: int | None) -> None:
        """A job: nothing of a video's films is needed any more, of those before a generation or of
        all. Their rows go; the sweep removes their bytes. Again changes nothing."""
        async with self._database.transaction() as tx:
            for generation in await self._repository.generations(tx.session, video_id, before):
                row = await self._repository.locked(tx.session, (video_id, generation))
                if row is not None:
                    row.state = "dropped" if row.state == "working" else row.state
                    await self._repository.forget_everything(tx.session, (video_id, generation))

    async def sweep(self) -> None:
        """Remove bytes that nothing names: of dropped rungs, of films given up, of jobs that were
        killed between writing and noting."""
        before = self._clock.now() - timedelta(hours=_NOTED_HOURS)
        while True:
            async with self._database.transaction() as tx:
                hashes = await self._repository.unnamed(tx.session, before, _SWEEP_ROWS)
                if not hashes:
                    return
                await self._objects.delete([segment_path(each) for each in hashes])
                await self._repository.forget_objects(tx.session, hashes)


def _work(row: Transcoding, frames: range = range(0)) -> Work:
    source = Source.of(row.source)
    chain = None if row.gain_db is None else Chain(row.gain_db, limited=row.limited)
    film = (row.video_id, row.generation)
    return Work(film, row.original, source, plan_for(source), chain, frames)


def _pieces(film: Film, plan: Plan, *, av1: bool) -> list[Piece]:
    frames = [
        (run, each.number, each.count) for run, pieces in plan.pictures.items() for each in pieces
    ]
    if plan.sound:
        frames.append(("sound", 0, plan.grid.frames))
    if av1:
        frames += [("av1", each.number, each.count) for each in plan.av1]
    return [
        Piece(
            video_id=film[0],
            generation=film[1],
            run=run,
            number=number,
            frames=count,
            frames_done=0,
            attempts=0,
            done=False,
        )
        for run, number, count in frames
    ]


def _rendition(
    film: Film,
    name: str,
    init: bytes,
    timescale: int,
    rank: int,
    *,
    width: int = 0,
    height: int = 0,
) -> RenditionRow:
    return RenditionRow(
        video_id=film[0],
        generation=film[1],
        name=name,
        rank=rank,
        codecs=boxes.codec(init),
        width=width,
        height=height,
        timescale=timescale,
        init_hash=hashlib.sha256(init).hexdigest(),
        init_size=len(init),
        kept=True,
    )
