"""The door `Renditions`: cuts as they were made, and how far the rest is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.clock import Clock
from media.inspection.source import Source
from media.transcoding.interfaces import Cut, Progress, Rendition, Renditions, Segment
from media.transcoding.models import CutRow, Piece, RenditionRow, SegmentRow, Transcoding
from media.transcoding.repository import TranscodingRepository
from media.transcoding.rules import Plan, plan_for
from media.videos.interfaces import VideoPart, VideoParts, VideoProgress, VideoRecord

_WEIGHTS: Final = {"early": 10, "sound": 2, "ladder": 50, "rest": 60, "av1": 60}
"""What a frame of each run costs, beside the others."""
_GUESS_FROM_PERCENT: Final = 2


class CutReader(Renditions):
    """Reads cuts from SQL."""

    def __init__(self, repository: TranscodingRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    async def latest(self, session: AsyncSession, video_id: int) -> Cut | None:
        """The newest version of the newest generation."""
        row = await self._repository.newest_cut(session, video_id)
        return None if row is None else await self._cut(session, row)

    async def version(
        self, session: AsyncSession, video_id: int, generation: int, version: int
    ) -> Cut | None:
        """A certain one."""
        row = await self._repository.cut(session, (video_id, generation), version)
        return None if row is None else await self._cut(session, row)

    async def holds(self, session: AsyncSession, video_id: int, hash_: str) -> bool:
        """Whether a film names this segment."""
        return await self._repository.names_segment(session, video_id, hash_)

    async def progress(self, session: AsyncSession, ids: Iterable[int]) -> Mapping[int, Progress]:
        """Of those under way."""
        found = await self._repository.working(session, list(ids))
        found = sorted(found, key=lambda pair: (pair[0].video_id, pair[0].generation))
        now = self._clock.now()
        return {
            video_id: _progress([(film, piece) for film, piece in group], now)
            for video_id, group in groupby(found, key=lambda pair: pair[0].video_id)
        }

    async def _cut(self, session: AsyncSession, row: CutRow) -> Cut | None:
        """None where it is being forgotten at this moment."""
        film = (row.video_id, row.generation)
        transcoding = await self._repository.get(session, film)
        assert transcoding is not None
        plan = plan_for(Source.of(transcoding.source))
        rows = {each.name: each for each in await self._repository.renditions(session, film)}
        renditions: list[Rendition] = []
        for entry in row.contents:
            segments = await self._repository.segments(session, film, entry["name"])
            found = rows.get(entry["name"])
            if found is None or len(segments) < entry["segments"]:
                return None
            renditions.append(_rendition(found, entry, segments[: entry["segments"]], plan))
        return Cut(
            video_id=row.video_id,
            generation=row.generation,
            version=row.version,
            complete=row.complete,
            duration_ms=row.duration_ms,
            renditions=tuple(renditions),
        )


class ProgressParts(VideoParts):
    """How far a film is, for its view."""

    def __init__(self, reader: CutReader) -> None:
        self._reader = reader

    async def parts(
        self, session: AsyncSession, records: Sequence[VideoRecord], viewer: Actor | None
    ) -> Mapping[int, VideoPart]:
        """Of those under way."""
        found = await self._reader.progress(session, [record.id for record in records])
        return {
            video_id: VideoPart(
                progress=VideoProgress(
                    percent=each.percent, rung=each.rung, seconds_left=each.seconds_left
                )
            )
            for video_id, each in found.items()
        }


def _rendition(
    row: RenditionRow, entry: Mapping[str, Any], segments: Sequence[SegmentRow], plan: Plan
) -> Rendition:
    video = row.width > 0
    return Rendition(
        name=row.name,
        kind="video" if video else "audio",
        codecs=row.codecs,
        width=row.width,
        height=row.height,
        frame_rate=plan.grid.rate if video else None,
        channels=None if video else 2,
        bandwidth=entry["bandwidth"],
        bandwidth_average=entry["average"],
        timescale=row.timescale,
        init=Segment(row.init_hash, row.init_size, 0, 0),
        segments=tuple(
            Segment(each.hash, each.size, each.duration, each.start) for each in segments
        ),
        ssim=entry["ssim"],
    )


def _progress(found: Sequence[tuple[Transcoding, Piece]], now: datetime) -> Progress:
    """Of the newest generation of one video."""
    film = found[-1][0]
    pieces = [piece for each, piece in found if each.generation == film.generation]
    percent = _percent_done([(each.run, each.frames, each.frames_done) for each in pieces])
    rungs = plan_for(Source.of(film.source)).rungs
    early = any(each.run == "early" and not each.done for each in pieces)
    begun = [each.begun_at for each in pieces if each.begun_at is not None]
    left = None
    if begun and percent >= _GUESS_FROM_PERCENT:
        spent = (now - min(begun)).total_seconds()
        left = round(Fraction(100 - percent, percent) * max(0, round(spent)))
    return Progress(percent, (rungs[0] if early else rungs[-1]).name, left)


def _percent_done(work: Sequence[tuple[str, int, int]]) -> int:
    """How far a film is, from the run, the frames and the frames done of each piece; 99 at most,
    for what comes last is not counted in frames."""
    whole = sum(_WEIGHTS[run] * frames for run, frames, _ in work)
    done = sum(_WEIGHTS[run] * min(frames, seen) for run, frames, seen in work)
    return min(99, 100 * done // max(1, whole))
