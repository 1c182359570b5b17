"""Films as videos and transcoding would report them, moved by the test: which cut is there, who
may watch, all at the test's word. What is beneath (servers, objects, events) is real."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor, ActorKind
from app.kernel.database import Transaction
from app.kernel.errors import NotFound
from app.kernel.house import House, Slice, Wiring
from app.kernel.structs import Id, Timestamp
from media.delivery.plugin import slice_ as delivery
from media.timelines.plugin import slice_ as timelines
from media.transcoding.events import RenditionsGrew
from media.transcoding.interfaces import Cut, Progress, Renditions, segment_path
from media.videos.events import VideoDeleted, VideoPublished, VideoTakenDown, VideoWithdrawn
from media.videos.interfaces import (
    Original,
    PartsRegistry,
    VideoPart,
    VideoParts,
    VideoRecord,
    Videos,
    VideoState,
    VideoView,
    Visibility,
)

_TOLD = {
    Visibility.PUBLISHED: VideoPublished,
    Visibility.WITHDRAWN: VideoWithdrawn,
    Visibility.TAKEN_DOWN: VideoTakenDown,
}


@dataclass
class Stage(Videos, Renditions, PartsRegistry):
    """The three doors, and the hands that move what is behind them."""

    house: House
    films: dict[int, VideoRecord] = field(default_factory=dict[int, VideoRecord])
    cuts: dict[int, list[Cut]] = field(default_factory=dict[int, list[Cut]])
    providers: list[VideoParts] = field(default_factory=list[VideoParts])
    reads: int = 0
    """How often somebody asked about films."""

    def film(self, owner_id: int, **facts: Any) -> int:
        """A film that nobody has encoded yet; published unless said otherwise."""
        id_ = self.house.ids.new()
        record = VideoRecord(
            id=id_,
            owner_id=owner_id,
            by_shopper=False,
            live=True,
            title="一支口红",
            state=VideoState.WAITING,
            visibility=Visibility.PUBLISHED,
            generation=1,
            shown_generation=1,
            source=None,
            original=f"media/originals/{id_}",
            hash="0" * 64,
            bytes=1,
            duration_ms=6_000,
            refusal=None,
            published_at=self.house.clock.now(),
        )
        self.films[id_] = replace(record, **facts)
        return id_

    async def cut(self, video_id: int, cut: Cut, stored: Mapping[str, bytes]) -> Cut:
        """The next version of a film, with its segments in the store."""
        for name, data in stored.items():
            await self.house.objects.put(segment_path(name), data)
        generation = self.films[video_id].generation
        before = [c for c in self.cuts.get(video_id, []) if c.generation == generation]
        made = replace(cut, video_id=video_id, generation=generation, version=len(before) + 1)
        self.cuts.setdefault(video_id, []).append(made)
        state = VideoState.READY if cut.complete else VideoState.TRANSCODING
        self.films[video_id] = replace(
            self.films[video_id],
            state=state,
            shown_generation=generation,
            duration_ms=cut.duration_ms,
        )
        async with self.house.database.transaction() as tx:
            grew = RenditionsGrew(video_id, generation, made.version, made.complete)
            await self.house.events.publish(tx, grew)
        return made

    async def turn(self, video_id: int, visibility: Visibility) -> None:
        """Publish, withdraw or take down."""
        self.films[video_id] = replace(self.films[video_id], visibility=visibility)
        async with self.house.database.transaction() as tx:
            await self.house.events.publish(tx, _TOLD[visibility](video_id))

    async def delete(self, video_id: int) -> None:
        """As its owner would."""
        del self.films[video_id]
        async with self.house.database.transaction() as tx:
            await self.house.events.publish(tx, VideoDeleted(video_id))

    def quietly(self, video_id: int, **facts: Any) -> None:
        """Change a film without telling anybody."""
        self.films[video_id] = replace(self.films[video_id], **facts)

    # --- the doors

    async def get(self, session: AsyncSession, video_id: int) -> VideoRecord | None:
        self.reads += 1
        return self.films.get(video_id)

    async def hold(self, tx: Transaction, video_id: int) -> VideoRecord | None:
        return self.films.get(video_id)

    async def load(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, VideoRecord]:
        return {id_: self.films[id_] for id_ in ids if id_ in self.films}

    async def readable(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        return await self.manageable(session, actor, video_id)

    async def manageable(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        found = self.films.get(video_id)
        if found is None or not _may(actor, found):
            raise NotFound
        return found

    async def views(
        self, session: AsyncSession, ids: Iterable[int], viewer: Actor | None
    ) -> dict[int, VideoView]:
        records = [self.films[id_] for id_ in ids if id_ in self.films]
        seen = [
            each
            for each in records
            if (each.visibility is Visibility.PUBLISHED and each.shown_generation)
            or (viewer is not None and _may(viewer, each))
        ]
        parts: dict[int, VideoPart] = {}
        for provider in self.providers:
            parts |= await provider.parts(session, seen, viewer)
        return {each.id: _view(each, parts.get(each.id, VideoPart())) for each in seen}

    async def advance(
        self,
        tx: Transaction,
        video_id: int,
        generation: int,
        state: VideoState,
        *,
        words: str | None = None,
    ) -> bool:
        self.quietly(video_id, state=state, refusal=words)
        return True

    async def show(self, tx: Transaction, video_id: int, generation: int) -> bool:
        self.quietly(video_id, shown_generation=generation)
        return True

    async def create(self, tx: Transaction, original: Original, title: str) -> int:
        return self.film(original.owner_id, title=title)

    async def replace(self, tx: Transaction, video_id: int, original: Original) -> int:
        generation = self.films[video_id].generation + 1
        self.quietly(video_id, generation=generation)
        return generation

    def add(self, provider: VideoParts) -> None:
        self.providers.append(provider)

    async def latest(self, session: AsyncSession, video_id: int) -> Cut | None:
        self.reads += 1
        return self.cuts[video_id][-1] if video_id in self.cuts else None

    async def version(
        self, session: AsyncSession, video_id: int, generation: int, version: int
    ) -> Cut | None:
        wanted = generation, version
        found = self.cuts.get(video_id, [])
        return next((c for c in found if (c.generation, c.version) == wanted), None)

    async def holds(self, session: AsyncSession, video_id: int, hash_: str) -> bool:
        self.reads += 1
        return any(
            segment.hash == hash_
            for cut in self.cuts.get(video_id, [])
            for each in cut.renditions
            for segment in (each.init, *each.segments)
        )

    async def progress(self, session: AsyncSession, ids: Iterable[int]) -> Mapping[int, Progress]:
        return {}


def _may(actor: Actor, record: VideoRecord) -> bool:
    if actor.kind is ActorKind.OPERATOR:
        return True
    return record.owner_id == (actor.brand_id or actor.id) and record.live is actor.live


def _view(record: VideoRecord, part: VideoPart) -> VideoView:
    return VideoView(
        id=Id(record.id),
        owner_id=Id(record.owner_id),
        title=record.title,
        state=record.state,
        visibility=record.visibility,
        refusal=record.refusal.words if record.refusal else None,
        refusal_reason=record.refusal.reason if record.refusal else None,
        duration_ms=record.duration_ms,
        width=320,
        height=180,
        progress=None,
        poster=None,
        preview=None,
        storyboard=None,
        hls=part.hls,
        dash=part.dash,
        captions=[],
        published_at=Timestamp.of(record.published_at) if record.published_at else None,
    )


def staged(slices: Sequence[Slice], stages: list[Stage]) -> list[Slice]:
    """The house's slices with a stage in place of those that make films."""
    replaced = {"uploads", "videos", "transcoding", "stills", "studio"}
    replaced |= {timelines.name, delivery.name}

    def wire(house: House) -> Wiring:
        stage = Stage(house)
        for door in (Videos, Renditions, PartsRegistry):
            house.doors.provide(door, stage)
        stages.append(stage)
        return Wiring()

    kept: list[Slice] = []
    for each in slices:
        if each.name not in replaced:
            kept.append(each)
        if each.name == "images":
            kept += [Slice("stage", wire), timelines, delivery]
    return kept
