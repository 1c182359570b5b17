"""The use cases of watching: hear of viewings, draw curves, credit time."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind, requires_shopper
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.house import Doors
from app.kernel.structs import Id
from media.timelines.interfaces import Cue, Timelines
from media.videos.errors import VideoNotFound
from media.videos.interfaces import VideoRecord, Videos, Visibility
from media.watching.interfaces import WatchCredits
from media.watching.journal.service import Journal
from media.watching.models import Viewing, Watcher
from media.watching.repository import WatchRepository
from media.watching.rules import (
    PARTS,
    QUARTILES,
    CueMark,
    Mark,
    earned_ms,
    halves,
    parts_between,
    point_ms,
    reached_ms,
    whole,
)
from media.watching.schemas import (
    CreditView,
    CueFigures,
    RetentionPoint,
    RetentionView,
    WatchEvent,
    WatchKind,
)

_CUE_MARKS = {
    WatchKind.CUE_SHOWN: CueMark.SHOWN,
    WatchKind.CUE_TAPPED: CueMark.SHOWN | CueMark.TAPPED,
    WatchKind.ADD_TO_CART: CueMark.CART,
    WatchKind.COLLECT: CueMark.COLLECTED,
    WatchKind.VOTE: CueMark.VOTED,
}
_POSITIONS = frozenset((WatchKind.PLAY, WatchKind.PROGRESS, WatchKind.CUE_TAPPED))
"""What says how far a player is while it plays."""


class WatchService(WatchCredits):
    """Implements the `WatchCredits` door."""

    def __init__(
        self,
        *,
        repository: WatchRepository,
        journal: Journal,
        videos: Videos,
        doors: Doors,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._journal = journal
        self._videos = videos
        self._doors = doors
        self._clock = clock

    async def report(
        self, tx: Transaction, viewer: Actor | None, events: Sequence[WatchEvent]
    ) -> None:
        """Count what a player tells. What is told twice counts once; videos that are not published
        count nothing, and what is unknown is passed over: a player does not wait for an answer."""
        viewings: dict[tuple[int, str], list[WatchEvent]] = defaultdict(list)
        for event in events:
            viewings[(int(event.video_id), event.session)].append(event)
        records = await self._videos.load(tx.session, {video_id for video_id, _ in viewings})
        counted: list[tuple[VideoRecord, list[WatchEvent]]] = []
        # one order for everybody, so that nobody waits in a circle
        for (video_id, session), told in sorted(viewings.items(), key=lambda each: each[0]):
            record = records.get(video_id)
            if record is None or not _counts(record, viewer):
                continue
            told.sort(key=lambda event: event.at)
            await self._count(tx.session, record, session, told)
            await self._count_cues(tx.session, record, session, told)
            counted.append((record, told))
        await self._journal.keep(tx, counted)
        await self._credit(tx.session, records, viewer, events)

    async def retention(self, session: AsyncSession, actor: Actor, video_id: int) -> RetentionView:
        """The curve with the cues on it, for whoever manages the video. Raises VideoNotFound."""
        record = await self._videos.readable(session, actor, video_id)
        duration = record.duration_ms or 0
        marks = await self._repository.marks(session, video_id)
        viewers, parts = await self._repository.parts(session, video_id)
        shown_ms = await self._repository.shown_ms(session, video_id, duration)
        figures = await self._repository.cues(session, video_id)
        nothing = dict.fromkeys(CueMark, 0)
        return RetentionView(
            impressions=marks[Mark.IMPRESSION],
            plays=marks[Mark.PLAY],
            viewers=viewers,
            completed=marks[Mark.COMPLETE],
            average_ms=shown_ms // marks[Mark.PLAY] if marks[Mark.PLAY] else 0,
            points=[
                RetentionPoint(at=point_ms(part, duration), viewers=parts[part])
                for part in range(PARTS)
            ],
            cues=[
                CueFigures(
                    cue_id=Id(cue.id),
                    at=cue.at,
                    kind=cue.kind,
                    text=cue.text,
                    shown=figures.get(cue.id, nothing)[CueMark.SHOWN],
                    tapped=figures.get(cue.id, nothing)[CueMark.TAPPED],
                    carts=figures.get(cue.id, nothing)[CueMark.CART],
                    collected=figures.get(cue.id, nothing)[CueMark.COLLECTED],
                    votes=figures.get(cue.id, nothing)[CueMark.VOTED],
                )
                for cue in await self._cues(session, video_id)
            ],
        )

    async def credit(self, session: AsyncSession, actor: Actor, video_id: int) -> CreditView:
        """What the caller is credited with. Raises VideoNotFound, Forbidden."""
        shopper_id = requires_shopper(actor)
        if video_id not in await self._videos.views(session, [video_id], actor):
            raise VideoNotFound
        return CreditView(credit_ms=await self.credit_ms(session, shopper_id, video_id))

    async def credit_ms(self, session: AsyncSession, shopper_id: int, video_id: int) -> int:
        """See `WatchCredits`."""
        return await self._repository.credit_ms(session, shopper_id, video_id)

    async def reached_ms(self, session: AsyncSession, shopper_id: int, video_id: int) -> int:
        """See `WatchCredits`."""
        credit_ms = await self._repository.credit_ms(session, shopper_id, video_id)
        heard_at = await self._repository.heard_at(session, shopper_id, video_id)
        if heard_at is None:
            return credit_ms
        silent = self._clock.now() - heard_at
        return reached_ms(credit_ms, int(silent.total_seconds() * 1000))

    async def _count(
        self, session: AsyncSession, record: VideoRecord, id_: str, told: Sequence[WatchEvent]
    ) -> None:
        duration_ms = record.duration_ms or 0
        viewing = await self._repository.viewing(session, record.id, id_, duration_ms)
        for event in told:
            _add(viewing, event, viewing.duration_ms or duration_ms)
        await session.flush()

    async def _count_cues(
        self, session: AsyncSession, record: VideoRecord, id_: str, told: Sequence[WatchEvent]
    ) -> None:
        marks: dict[int, CueMark] = defaultdict(lambda: CueMark(0))
        for event in told:
            if event.cue_id is not None and event.kind in _CUE_MARKS:
                marks[int(event.cue_id)] |= _CUE_MARKS[event.kind]
        if not marks:
            return
        known = {cue.id for cue in await self._cues(session, record.id)}
        for cue_id in sorted(known & marks.keys()):
            await self._repository.mark_cue(session, record.id, id_, cue_id, marks[cue_id])

    async def _credit(
        self,
        session: AsyncSession,
        records: dict[int, VideoRecord],
        viewer: Actor | None,
        events: Sequence[WatchEvent],
    ) -> None:
        """The last that a shopper's player tells is what is watched now. Going on in one viewing
        earns; a change of video, viewing or device only begins anew."""
        if viewer is None or viewer.kind is not ActorKind.SHOPPER:
            return
        playing = [
            event
            for event in events
            if event.kind in _POSITIONS
            and (record := records.get(int(event.video_id))) is not None
            and _counts(record, viewer)
        ]
        if not playing:
            return
        last = max(playing, key=lambda event: event.at)
        duration = records[int(last.video_id)].duration_ms or 0
        position, now = min(last.position, duration), self._clock.now()
        watcher = await self._repository.watcher(session, viewer.id)
        if watcher is None:
            watcher = Watcher(shopper_id=viewer.id)
            session.add(watcher)
        elif (watcher.video_id, watcher.session) == (last.video_id, last.session):
            elapsed_ms = int((now - watcher.heard_at).total_seconds() * 1000)
            more = earned_ms(position - watcher.position, elapsed_ms)
            if more:
                await self._repository.add_credit(session, viewer.id, watcher.video_id, more)
        watcher.video_id, watcher.session = int(last.video_id), last.session
        watcher.position, watcher.heard_at = position, now
        await session.flush()

    async def _cues(self, session: AsyncSession, video_id: int) -> Sequence[Cue]:
        timelines = self._doors.find(Timelines)
        if timelines is None:
            return ()
        version = await timelines.current(session, video_id)
        timeline = await timelines.version(session, video_id, version) if version else None
        return timeline.cues if timeline is not None else ()


def _counts(record: VideoRecord, viewer: Actor | None) -> bool:
    live = viewer.live if viewer is not None else True
    return record.visibility is Visibility.PUBLISHED and record.live == live


def _add(viewing: Viewing, event: WatchEvent, duration_ms: int) -> None:
    """What one report adds to a viewing."""
    marks = Mark(viewing.marks)
    if event.kind is WatchKind.IMPRESSION:
        viewing.marks = int(marks | Mark.IMPRESSION)
        return
    if event.kind in _CUE_MARKS:
        return
    marks |= Mark.IMPRESSION | Mark.PLAY
    if event.kind is WatchKind.COMPLETE:
        marks |= Mark.COMPLETE
    elif event.kind is WatchKind.QUARTILE and event.quartile is not None:
        marks |= QUARTILES[event.quartile]
    shown = parts_between(viewing.position, event.position, duration_ms)
    shown |= whole(viewing.seen_low, viewing.seen_high)
    viewing.marks = int(marks)
    viewing.seen_low, viewing.seen_high = halves(shown)
    viewing.position = event.position
