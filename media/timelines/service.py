"""The use cases of timelines: draft, publish, copy, show."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import FieldError, Invalid
from app.kernel.events import Events
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page, Timestamp
from media.timelines.errors import TimelineMoved, TimelineNotFound, TimelineTooEarly
from media.timelines.events import TimelinePublished
from media.timelines.interfaces import (
    Cue,
    CueDraft,
    CueOwner,
    RollView,
    Timeline,
    Timelines,
    TimelineView,
)
from media.timelines.models import TimelineDraft, TimelineVersion
from media.timelines.repository import TimelineRepository
from media.timelines.rules import ROLL_MS_MAX, completed, faults, fitted
from media.timelines.schemas import CueInput, DraftView, TimelineSave, VersionView
from media.timelines.targets.kinds import CueKindList
from media.videos.interfaces import VideoRecord, Videos, Visibility

_LIST = "timeline-versions"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What a timeline says, as it is stored: fields are only added, with defaults."""

    cues: tuple[Cue, ...] = ()
    pre_roll: int | None = None
    post_roll: int | None = None


class TimelineService(Timelines):
    """Implements the `Timelines` door. Nothing here touches a segment: a published version is a
    row, and playlists are written from it when they are asked for."""

    def __init__(
        self,
        *,
        repository: TimelineRepository,
        kinds: CueKindList,
        videos: Videos,
        ids: Ids,
        clock: Clock,
        events: Events,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._kinds = kinds
        self._videos = videos
        self._ids = ids
        self._clock = clock
        self._events = events
        self._cursors = cursors

    async def edited(self, session: AsyncSession, actor: Actor, video_id: int) -> DraftView:
        """The draft; an empty one before the first save."""
        record = await self._videos.readable(session, actor, video_id)
        found = await self._repository.draft(session, video_id)
        return await self._draft_view(session, record, found)

    async def save(
        self, tx: Transaction, actor: Actor, video_id: int, body: TimelineSave
    ) -> DraftView:
        """Replace the draft. Raises Invalid, TimelineMoved, TimelineTooEarly."""
        record = await self._videos.manageable(tx.session, actor, video_id)
        draft = await self._locked(tx, record, body.revision)
        rolls = int(body.pre_roll_id or 0) or None, int(body.post_roll_id or 0) or None
        await self._put(tx, record, draft, body.cues, *rolls)
        return await self._draft_view(tx.session, record, draft)

    async def publish_draft(
        self, tx: Transaction, actor: Actor, video_id: int, revision: int
    ) -> DraftView:
        """Make the draft what viewers get. Raises Invalid, TimelineMoved, TimelineTooEarly."""
        record = await self._videos.manageable(tx.session, actor, video_id)
        draft = await self._locked(tx, record, revision)
        await self._publish(tx, record, draft, actor.id)
        return await self._draft_view(tx.session, record, draft)

    async def copy(self, tx: Transaction, actor: Actor, video_id: int, target_id: int) -> DraftView:
        """Replace the draft of another video by this one's, as far as the other reaches. Raises
        Invalid where the other may not point to the same things, TimelineTooEarly."""
        await self._videos.manageable(tx.session, actor, video_id)
        target = await self._videos.manageable(tx.session, actor, target_id)
        if video_id == target_id:
            raise Invalid.field("/videoId", "Choose another video than this one")
        source = await self._repository.draft(tx.session, video_id)
        if source is None:
            raise TimelineNotFound("There is nothing to copy yet")
        document = _document(source.document)
        cues = fitted(document.cues, _length(target))
        draft = await self._repository.begin(
            tx.session, target_id, _stored(Document()), self._clock.now()
        )
        rolls = (
            each if each != target_id else None for each in (document.pre_roll, document.post_roll)
        )
        await self._put(tx, target, draft, cues, *rolls)
        view = await self._draft_view(tx.session, target, draft)
        view.left_out = len(document.cues) - len(cues)
        return view

    async def versions(
        self, session: AsyncSession, actor: Actor, video_id: int, cursor: str | None, limit: int
    ) -> Page[VersionView]:
        """What was published, the newest first."""
        await self._videos.readable(session, actor, video_id)
        name = f"{_LIST}-{video_id}"
        before = self._cursors.read(name, cursor, 1)[0] if cursor else None
        found = await self._repository.versions(session, video_id, before, limit + 1)
        current = await self._repository.current(session, video_id)
        items = [
            VersionView(
                version=version,
                cues=cues,
                published_at=Timestamp.of(moment),
                current=version == current,
            )
            for version, cues, moment in found[:limit]
        ]
        more = len(found) > limit
        following = self._cursors.make(name, items[-1].version) if more else None
        return Page(items=items, next_cursor=following)

    async def shown(
        self, session: AsyncSession, viewer: Actor | None, video_id: int
    ) -> TimelineView:
        """What viewers of a video get. Raises TimelineNotFound for who may not see the video."""
        views = await self._videos.views(session, [video_id], viewer)
        if video_id not in views:
            raise TimelineNotFound
        current = await self.current(session, video_id)
        return await self.view(session, video_id, current, views[video_id].duration_ms)

    async def current(self, session: AsyncSession, video_id: int) -> int:
        """See `Timelines`."""
        return await self._repository.current(session, video_id)

    async def version(self, session: AsyncSession, video_id: int, version: int) -> Timeline | None:
        """See `Timelines`."""
        found = await self._repository.version(session, video_id, version)
        return None if found is None else _timeline(found)

    async def view(
        self, session: AsyncSession, video_id: int, version: int, duration_ms: int | None
    ) -> TimelineView:
        """See `Timelines`."""
        found = await self.version(session, video_id, version) if version else None
        if found is None:
            found = Timeline(video_id=video_id, version=0, cues=(), pre_roll=None, post_roll=None)
        cues = found.cues if duration_ms is None else found.within(duration_ms)
        rolls = await self._rolls(session, found)
        return TimelineView(
            video_id=Id(video_id),
            version=found.version,
            duration_ms=duration_ms,
            cues=await self._kinds.views(session, cues, gone=False),
            pre_roll=rolls.get(found.pre_roll or 0),
            post_roll=rolls.get(found.post_roll or 0),
        )

    async def draft(self, tx: Transaction, video_id: int, cues: Sequence[CueDraft]) -> None:
        """See `Timelines`."""
        record = await self._videos.get(tx.session, video_id)
        if record is None:
            raise TimelineNotFound
        inputs = [_input(each, None) for each in cues]
        draft = await self._repository.begin(
            tx.session, video_id, _stored(Document()), self._clock.now()
        )
        document = _document(draft.document)
        await self._put(tx, record, draft, inputs, document.pre_roll, document.post_roll)

    async def publish(self, tx: Transaction, actor: Actor, video_id: int) -> int:
        """See `Timelines`."""
        record = await self._videos.manageable(tx.session, actor, video_id)
        draft = await self._repository.draft(tx.session, video_id, lock=True)
        if draft is None:
            raise TimelineNotFound
        await self._publish(tx, record, draft, actor.id)
        return draft.version

    async def _locked(self, tx: Transaction, record: VideoRecord, revision: int) -> TimelineDraft:
        draft = await self._repository.begin(
            tx.session, record.id, _stored(Document()), self._clock.now()
        )
        if draft.revision != revision:
            raise TimelineMoved(f"The draft is at revision {draft.revision}, not {revision}")
        return draft

    async def _put(
        self,
        tx: Transaction,
        record: VideoRecord,
        draft: TimelineDraft,
        cues: Sequence[CueInput],
        pre_roll: int | None,
        post_roll: int | None,
    ) -> None:
        done = completed(cues, _length(record))
        published = await self._published(tx.session, draft)
        rolls = pre_roll, post_roll
        await self._refuse(tx.session, record, done, rolls, published, shown=False)
        known = {each.id for each in (*_document(draft.document).cues, *published.cues)}
        made = [_cue(each, known, self._ids) for each in done]
        made.sort(key=lambda each: (each.at, each.until, each.id))
        document = Document(cues=tuple(made), pre_roll=pre_roll, post_roll=post_roll)
        draft.document = _stored(document)
        draft.revision += 1
        draft.saved_at = self._clock.now()
        await tx.session.flush()

    async def _publish(
        self, tx: Transaction, record: VideoRecord, draft: TimelineDraft, by: int
    ) -> None:
        document = _document(draft.document)
        cues = [_input(each, Id(each.id)) for each in document.cues]
        rolls = document.pre_roll, document.post_roll
        published = await self._published(tx.session, draft)
        await self._refuse(tx.session, record, cues, rolls, published, shown=True)
        draft.version += 1
        tx.session.add(
            TimelineVersion(
                video_id=record.id,
                version=draft.version,
                document=draft.document,
                published_by=by,
                published_at=self._clock.now(),
            )
        )
        await tx.session.flush()
        await self._events.publish(tx, TimelinePublished(record.id, draft.version))

    async def _published(self, session: AsyncSession, draft: TimelineDraft | None) -> Document:
        """What viewers see: nothing before the first version."""
        if draft is None or not draft.version:
            return Document()
        newest = await self._repository.version(session, draft.video_id, draft.version)
        return _document(newest.document) if newest else Document()

    async def _refuse(
        self,
        session: AsyncSession,
        record: VideoRecord,
        cues: Sequence[CueInput],
        rolls: tuple[int | None, int | None],
        published: Document,
        *,
        shown: bool,
    ) -> None:
        """Raises Invalid naming everything that is wrong. What viewers see already may stay,
        whatever has become of what it points to: else a caption could not be mended once a coupon
        is over."""
        owner = CueOwner(id=record.owner_id, by_shopper=record.by_shopper, live=record.live)
        found = faults(cues, _length(record))
        stays = {(each.kind, each.ref) for each in published.cues}
        found += await self._kinds.refused(session, cues, owner, stays)
        films = await self._videos.load(session, {each for each in rolls if each})
        for pointer, roll in zip(("/preRollId", "/postRollId"), rolls, strict=True):
            if roll and (words := _roll_fault(record, films.get(roll), shown=shown)):
                found.append(FieldError(pointer, words))
        if found:
            raise Invalid("The timeline cannot be used as it is", errors=found)

    async def _rolls(self, session: AsyncSession, timeline: Timeline) -> dict[int, RollView]:
        """Those that everybody may watch at this moment."""
        wanted = {each for each in (timeline.pre_roll, timeline.post_roll) if each}
        views = await self._videos.views(session, wanted, None) if wanted else {}
        return {
            id_: RollView(
                video_id=view.id, title=view.title, duration_ms=view.duration_ms, hls=view.hls
            )
            for id_, view in views.items()
            if view.hls is not None
        }

    async def _draft_view(
        self, session: AsyncSession, record: VideoRecord, draft: TimelineDraft | None
    ) -> DraftView:
        document = _document(draft.document) if draft else Document()
        published = await self._published(session, draft)
        return DraftView(
            video_id=Id(record.id),
            revision=draft.revision if draft else 0,
            version=draft.version if draft else 0,
            changed=document != published,
            duration_ms=_length(record),
            cues=await self._kinds.views(session, document.cues, gone=True),
            pre_roll_id=Id(document.pre_roll) if document.pre_roll else None,
            post_roll_id=Id(document.post_roll) if document.post_roll else None,
        )


def _length(record: VideoRecord) -> int:
    """Of the film, in milliseconds. Raises TimelineTooEarly."""
    if not record.duration_ms:
        raise TimelineTooEarly
    return record.duration_ms


def _roll_fault(record: VideoRecord, roll: VideoRecord | None, *, shown: bool) -> str | None:
    """Why a video cannot be shown before or after another."""
    if roll is None or (roll.owner_id, roll.live) != (record.owner_id, record.live):
        return "There is no such video of this owner"
    if roll.id == record.id:
        return "A video does not introduce itself"
    if (roll.duration_ms or 0) > ROLL_MS_MAX:
        return f"A roll lasts for {ROLL_MS_MAX // 1000} seconds at most"
    if shown and (roll.visibility is not Visibility.PUBLISHED or roll.shown_generation is None):
        return "Publish this video first: viewers could not see it"
    return None


def _cue(cue: CueInput, known: set[int], ids: Ids) -> Cue:
    """With its own id if this timeline knows it, else as a new cue."""
    assert cue.until is not None
    return Cue(
        id=int(cue.id) if cue.id is not None and int(cue.id) in known else ids.new(),
        at=cue.at,
        until=cue.until,
        kind=cue.kind,
        ref=cue.ref,
        position=cue.position,
        text=cue.text,
    )


def _input(cue: Cue | CueDraft, id_: Id | None) -> CueInput:
    """As an editor would have sent it."""
    return CueInput(
        at=cue.at,
        until=cue.until,
        kind=cue.kind,
        ref=cue.ref,
        position=cue.position,
        text=cue.text,
        id=id_,
    )


def _timeline(row: TimelineVersion) -> Timeline:
    document = _document(row.document)
    return Timeline(
        video_id=row.video_id,
        version=row.version,
        cues=document.cues,
        pre_roll=document.pre_roll,
        post_roll=document.post_roll,
    )


def _document(stored: dict[str, object]) -> Document:
    return msgspec.convert(stored, Document)


def _stored(document: Document) -> dict[str, object]:
    return msgspec.to_builtins(document)
