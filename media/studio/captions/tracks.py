"""The use cases of captions."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor
from app.kernel.database import Database, Transaction
from app.kernel.errors import Invalid
from app.kernel.objects import Objects
from app.kernel.text import is_visible, one_line
from media.delivery.interfaces import CaptionTrack, CaptionTracks
from media.studio.captions.webvtt import parse, written
from media.studio.errors import CaptionsFull, CaptionsNotFound
from media.studio.models import VideoCaptions
from media.studio.repository import StudioRepository
from media.studio.rules import captions_path
from media.studio.schemas import CaptionsCreate, CaptionsView
from media.videos.errors import VideoNotFound
from media.videos.events import VideoDeleted
from media.videos.interfaces import Videos

CLEAR_TASK: Final = "media.studio.clear"
LANGUAGES_MAX: Final = 20


class CaptionService(CaptionTracks):
    """Keeps captions. A file is stored before the row that names it, under its hash, and goes when
    no row does."""

    def __init__(self, *, database: Database, objects: Objects, videos: Videos) -> None:
        self._database = database
        self._objects = objects
        self._videos = videos
        self._repository = StudioRepository()

    async def tracks(self, session: AsyncSession, video_id: int) -> Sequence[CaptionTrack]:
        """See CaptionTracks."""
        return [
            CaptionTrack(
                language=each.language,
                label=each.label,
                path=captions_path(each.hash),
                hash=each.hash,
                default=each.first,
            )
            for each in await self._repository.captions(session, video_id)
        ]

    async def page(
        self, session: AsyncSession, actor: Actor, video_id: int
    ) -> Sequence[CaptionsView]:
        """For those who may see all of the video. Raises VideoNotFound, Forbidden."""
        await self._videos.readable(session, actor, video_id)
        return [_view(each) for each in await self._repository.captions(session, video_id)]

    async def put(
        self, tx: Transaction, actor: Actor, video_id: int, body: CaptionsCreate
    ) -> CaptionsView:
        """Add a track or replace the one of its language. Raises CaptionsDamaged, CaptionsFull,
        VideoNotFound, Forbidden."""
        record = await self._videos.manageable(tx.session, actor, video_id)
        label = one_line(body.label)
        if not is_visible(label):
            raise Invalid.field("/label", "A name that can be seen, please")
        cues = parse(body.text, record.duration_ms)
        language = _canonical(body.language)
        known = await self._repository.captions(tx.session, video_id)
        if len(known) >= LANGUAGES_MAX and language not in {each.language for each in known}:
            raise CaptionsFull(f"At most {LANGUAGES_MAX} languages are possible")
        data = written(cues)
        hash_ = hashlib.sha256(data).hexdigest()
        if await self._videos.hold(tx, video_id) is None:
            raise VideoNotFound
        await self._repository.lock_file(tx.session, hash_)
        await self._objects.put(captions_path(hash_), data)
        track = VideoCaptions(
            video_id=video_id,
            language=language,
            label=label,
            hash=hash_,
            cues=len(cues),
            first=body.first,
        )
        await self._repository.put_captions(tx.session, track)
        before = [each.hash for each in known if each.language == language]
        await self._let_go(tx, set(before) - {hash_})
        return _view(track)

    async def remove(self, tx: Transaction, actor: Actor, video_id: int, language: str) -> None:
        """Take a track away. Raises CaptionsNotFound, VideoNotFound, Forbidden."""
        await self._videos.manageable(tx.session, actor, video_id)
        gone = await self._repository.drop_captions(tx.session, video_id, _canonical(language))
        if not gone:
            raise CaptionsNotFound
        await self._let_go(tx, gone)

    async def deleted(self, tx: Transaction, event: VideoDeleted) -> None:
        """Hears of videos that are gone."""
        gone = await self._repository.drop_captions(tx.session, event.video_id, None)
        await self._let_go(tx, gone)

    async def clear(self, hash_: str) -> None:
        """A job: remove a file, unless a track has the same words again."""
        async with self._database.transaction() as tx:
            await self._repository.lock_file(tx.session, hash_)
            if not await self._repository.has_file(tx.session, hash_):
                await self._objects.delete([captions_path(hash_)])

    async def _let_go(self, tx: Transaction, hashes: Iterable[str]) -> None:
        for hash_ in hashes:
            await tx.defer(CLEAR_TASK, hash_=hash_)


def _canonical(tag: str) -> str:
    """As RFC 5646 recommends: zh-CN, zh-Hant, en."""
    language, *rest = tag.split("-")
    parts = [language.lower()]
    for each in rest:
        parts.append(each.title() if len(each) == 4 else each.upper() if len(each) == 2 else each)
    return "-".join(parts)


def _view(track: VideoCaptions) -> CaptionsView:
    return CaptionsView(
        language=track.language, label=track.label, cues=track.cues, first=track.first
    )
