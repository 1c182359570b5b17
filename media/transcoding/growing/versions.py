"""Makes the versions of a film, each as soon as what it needs is kept.

What is in the n-th follows from the plan and from the segments alone, never from who was first.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np

from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.events import Events
from media.transcoding.events import RenditionsGrew
from media.transcoding.growing.queueing import defer_av1, defer_finish
from media.transcoding.models import CutRow, Piece, SegmentRow, Transcoding
from media.transcoding.repository import Film, TranscodingRepository
from media.transcoding.rules import (
    SAMPLE_RATE,
    SOUND_BITS,
    Heard,
    Plan,
    Step,
    average_bits,
    bandwidth_bound,
    due_versions,
    kept_rungs,
    peak_bits,
    sound_segments,
    steps_of,
)
from media.videos.interfaces import Videos, VideoState

SOUND: Final = "a128"
_SOUND_PEAK_BITS: Final = SOUND_BITS * 3 // 2
"""Announced while the sound is still encoded: a second of it never holds more."""


class Versions:
    """The versions of films, in the transaction of whoever kept something of them."""

    def __init__(
        self, repository: TranscodingRepository, events: Events, videos: Videos, clock: Clock
    ) -> None:
        self._repository = repository
        self._events = events
        self._videos = videos
        self._clock = clock

    async def grow(self, tx: Transaction, row: Transcoding, plan: Plan) -> None:
        """Make every version that became possible, and the job that ends the film."""
        film = (row.video_id, row.generation)
        pieces = await self._repository.pieces(tx.session, film)
        steps = _steps(pieces)
        if row.versions < len(steps):
            whole = all(each.done for each in pieces if each.run == "sound")
            await self._grow_steps(tx, row, plan, steps, sound_is_whole=whole)
        wanted = [each for each in pieces if each.run != "av1"]
        if row.versions == len(steps) and all(each.done for each in wanted):
            await defer_finish(tx, film)
        if row.versions > len(steps) and all(each.done for each in pieces):
            await self._finish_av1(tx, row, plan)

    async def missing(self, tx: Transaction, row: Transcoding) -> int:
        """How many growing versions are still to come, the last of which is the whole film; less
        than 0 once there are later ones."""
        pieces = await self._repository.pieces(tx.session, (row.video_id, row.generation))
        return len(_steps(pieces)) - row.versions

    async def _grow_steps(
        self,
        tx: Transaction,
        row: Transcoding,
        plan: Plan,
        steps: Sequence[Step],
        *,
        sound_is_whole: bool,
    ) -> None:
        film = (row.video_id, row.generation)
        ends = [
            Fraction(each.start + each.duration, SAMPLE_RATE)
            for each in await self._repository.segments(tx.session, film, SOUND)
        ]
        heard = Heard(ends, sound_is_whole) if plan.sound else None
        due, first = due_versions(plan.grid, steps, heard), row.versions == 0
        for step in steps[row.versions : due]:
            complete = step is steps[-1]
            contents = (
                await self._whole_contents(tx, film, plan)
                if complete
                else _growing_contents(plan, step, ends)
            )
            await self._publish(tx, row, plan, contents, complete=complete)
        if due and first:
            await self._videos.show(tx, *film)

    async def _whole_contents(
        self, tx: Transaction, film: Film, plan: Plan
    ) -> list[dict[str, Any]]:
        """The first rung and the sound, all of them."""
        names = (plan.rungs[0].name, *([SOUND] if plan.sound else []))
        return [await self._measured(tx, film, plan, name, None) for name in names]

    async def _measured(
        self, tx: Transaction, film: Film, plan: Plan, name: str, ssim: float | None
    ) -> dict[str, Any]:
        """A whole rendition with the rates that were measured."""
        segments = await self._repository.segments(tx.session, film, name)
        sizes = _frame_sizes(segments)
        rate = Fraction(SAMPLE_RATE, 1024) if name == SOUND else plan.grid.rate
        peak, mean = peak_bits(sizes, rate), average_bits(sizes, rate)
        return _entry(name, len(segments), max(peak, mean), mean, ssim)

    async def _publish(
        self,
        tx: Transaction,
        row: Transcoding,
        plan: Plan,
        contents: list[dict[str, Any]],
        *,
        complete: bool,
    ) -> None:
        row.versions += 1
        tx.session.add(
            CutRow(
                video_id=row.video_id,
                generation=row.generation,
                version=row.versions,
                complete=complete,
                duration_ms=plan.duration_ms,
                contents=contents,
            )
        )
        await tx.session.flush()
        grown = RenditionsGrew(row.video_id, row.generation, row.versions, complete)
        await self._events.publish(tx, grown)

    async def finish(
        self, tx: Transaction, row: Transcoding, plan: Plan, quality: Mapping[str, float]
    ) -> None:
        """Publish all rungs that are worth it, with their measured quality; READY."""
        film = (row.video_id, row.generation)
        rungs = [rung.name for rung in plan.rungs]
        kept = set(kept_rungs([(name, quality[name]) for name in rungs]))
        for each in await self._repository.renditions(tx.session, film):
            each.ssim = quality.get(each.name)
            each.kept = each.name not in rungs or each.name in kept
        await self._repository.forget_segments(tx.session, film, sorted(set(rungs) - kept))
        contents = [
            await self._measured(tx, film, plan, name, quality.get(name))
            for name in (*(n for n in rungs if n in kept), *([SOUND] if plan.sound else []))
        ]
        await self._publish(tx, row, plan, contents, complete=True)
        await self._videos.advance(tx, *film, VideoState.READY)
        if row.av1:
            # as it was cut when it was taken on, whatever this release would do
            for piece in await self._repository.pieces(tx.session, film):
                if piece.run == "av1":
                    await defer_av1(tx, film, piece.number)
        else:
            row.state, row.ended_at = "done", self._clock.now()

    async def _finish_av1(self, tx: Transaction, row: Transcoding, plan: Plan) -> None:
        """Publish the same again with AV1 beside it."""
        film = (row.video_id, row.generation)
        newest = await self._repository.cut(tx.session, film, row.versions)
        assert newest is not None
        pictures = [each for each in newest.contents if each["name"] != SOUND]
        sound = [each for each in newest.contents if each["name"] == SOUND]
        more = [
            await self._measured(tx, film, plan, f"w{each['name'][1:]}", None) for each in pictures
        ]
        await self._publish(tx, row, plan, [*pictures, *more, *sound], complete=True)
        row.state, row.ended_at = "done", self._clock.now()


def _steps(pieces: Sequence[Piece]) -> Sequence[Step]:
    return steps_of([(each.run, each.number, each.frames, each.done) for each in pieces])


def _growing_contents(plan: Plan, step: Step, ends: Sequence[Fraction]) -> list[dict[str, Any]]:
    """What a growing version holds: it follows from how the film and its sound were cut."""
    rung, grid = plan.rungs[0], plan.grid
    count = step.frames // grid.gop
    contents = [_entry(rung.name, count, bandwidth_bound(rung), rung.bits_max)]
    if plan.sound:
        heard = sound_segments(ends, step.frames / grid.rate)
        contents.append(_entry(SOUND, heard or len(ends), _SOUND_PEAK_BITS, SOUND_BITS))
    return contents


def _entry(
    name: str, segments: int, bandwidth: int, average: int, ssim: float | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "segments": segments,
        "bandwidth": bandwidth,
        "average": average,
        "ssim": ssim,
    }


def _frame_sizes(segments: Sequence[SegmentRow]) -> list[int]:
    joined = b"".join(each.frame_sizes for each in segments)
    return [int(each) for each in np.frombuffer(joined, "<u4")]
