"""Videos as clients see them: our own rows, and what other slices add to them."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.structs import Id, Timestamp
from media.inspection.source import Source
from media.videos.interfaces import (
    CaptionView,
    PartsRegistry,
    Refusal,
    VideoPart,
    VideoParts,
    VideoRecord,
    VideoState,
    VideoView,
    Visibility,
)
from media.videos.models import Video, VideoFilm
from media.videos.repository import Films, VideoRepository


class Views(PartsRegistry):
    """Puts views together. Each provider is asked once for all videos of a page."""

    def __init__(self, repository: VideoRepository) -> None:
        self._repository = repository
        self._providers: list[VideoParts] = []

    def add(self, provider: VideoParts) -> None:
        """See `PartsRegistry`."""
        self._providers.append(provider)

    async def of(
        self,
        session: AsyncSession,
        found: Sequence[Films],
        viewer: Actor | None,
        *,
        manager: Callable[[Video], bool],
    ) -> dict[int, VideoView]:
        """By id. Who does not manage a video is not told what is wrong with it."""
        if not found:
            return {}
        records = [record_of(films) for films in found]
        parts: dict[int, list[VideoPart]] = {record.id: [] for record in records}
        for provider in self._providers:
            for id_, part in (await provider.parts(session, records, viewer)).items():
                parts[id_].append(part)
        return {
            record.id: _view(films, record, parts[record.id], open_=manager(films.video))
            for films, record in zip(found, records, strict=True)
        }

    async def of_changed(self, session: AsyncSession, actor: Actor, video: Video) -> VideoView:
        """Of a video that its manager has just changed."""
        await session.flush()
        found = list((await self._repository.load(session, [video.id])).values())
        return (await self.of(session, found, actor, manager=lambda _: True))[video.id]


def record_of(films: Films) -> VideoRecord:
    """A video for other slices."""
    video, newest = films.video, films.newest
    return VideoRecord(
        id=video.id,
        owner_id=video.owner_id,
        by_shopper=video.by_shopper,
        live=video.live,
        title=video.title,
        state=VideoState(video.state),
        visibility=Visibility(video.visibility),
        generation=video.generation,
        shown_generation=video.shown_generation,
        source=_source(newest),
        original=newest.path or "",
        hash=newest.hash or "",
        bytes=newest.bytes or 0,
        duration_ms=_duration_ms(_source(films.shown) or _source(newest)),
        refusal=_refusal(video),
        published_at=video.published_at,
    )


def _view(
    films: Films, record: VideoRecord, parts: Sequence[VideoPart], *, open_: bool
) -> VideoView:
    source = _source(films.shown) or record.source
    words = record.refusal.words if record.refusal is not None else None
    reason = record.refusal.reason if record.refusal is not None else None
    note = films.video.note
    captions: list[CaptionView] = []
    view = VideoView(
        id=Id(record.id),
        owner_id=Id(record.owner_id),
        title=record.title,
        state=record.state if open_ else _state_shown(record),
        visibility=record.visibility,
        refusal=(note or words) if open_ else None,
        refusal_reason=reason if open_ and not note else None,
        duration_ms=record.duration_ms,
        width=source.video.width if source is not None else None,
        height=source.video.height if source is not None else None,
        progress=None,
        poster=None,
        preview=None,
        storyboard=None,
        hls=None,
        dash=None,
        captions=captions,
        published_at=Timestamp.of(record.published_at) if record.published_at else None,
    )
    for part in parts:
        view.progress = view.progress or part.progress
        view.poster = view.poster or part.poster
        view.preview = view.preview or part.preview
        view.storyboard = view.storyboard or part.storyboard
        view.hls, view.dash = view.hls or part.hls, view.dash or part.dash
        captions.extend(part.captions)
    return view


def _state_shown(record: VideoRecord) -> VideoState:
    """For who does not manage the video: behind a film that is shown nobody else hears of what
    becomes of the one that is to replace it."""
    shown = record.shown_generation
    return VideoState.READY if shown is not None and record.generation > shown else record.state


def _source(film: VideoFilm | None) -> Source | None:
    return Source.of(film.source) if film is not None and film.source is not None else None


def _duration_ms(source: Source | None) -> int | None:
    return round(source.duration_seconds * Fraction(1000)) if source is not None else None


def _refusal(video: Video) -> Refusal | None:
    if video.refusal is None:
        return None
    return Refusal(video.refusal_reason or "unknown", video.refusal)
