"""The use cases of videos: put a film there, judge it, show it, take it away."""

from collections.abc import AsyncIterator, Callable, Iterable

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import (
    Actor,
    ActorKind,
    BrandDirectory,
    Scope,
    requires,
    requires_shopper,
)
from app.kernel.database import Transaction
from app.kernel.errors import Invalid
from app.kernel.events import Events
from app.kernel.house import Doors
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Page
from app.kernel.text import is_visible, one_line
from media.uploads.events import UploadFailed, UploadFinished
from media.uploads.interfaces import Owner, Taken, Uploads
from media.videos.errors import (
    TooManyVideos,
    VideoNotFound,
    VideoTakenDownHere,
)
from media.videos.events import (
    VideoChanged,
    VideoReady,
    VideoReplaced,
    VideoWithdrawn,
)
from media.videos.interfaces import (
    Original,
    Refusal,
    VideoRecord,
    Videos,
    VideoState,
    VideoView,
    Visibility,
)
from media.videos.models import Video, VideoFilm
from media.videos.repository import VideoRepository
from media.videos.rules import VIDEOS_PER_HOUR, may_follow
from media.videos.schemas import VideoCreate, VideoUpdate
from media.videos.showing.access import (
    ROLES,
    check_manager,
    check_reader,
    check_uploader,
    may_read,
    may_see,
)
from media.videos.showing.views import Views, record_of

INSPECT_TASK = "media.videos.inspect"
_MINE = "my-videos"


class VideoService(Videos):
    """Implements the `Videos` door."""

    def __init__(
        self,
        *,
        repository: VideoRepository,
        uploads: Uploads,
        views: Views,
        doors: Doors,
        ids: Ids,
        events: Events,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._uploads = uploads
        self._views = views
        self._doors = doors
        self._ids = ids
        self._events = events
        self._cursors = cursors

    async def create_from(self, tx: Transaction, actor: Actor, data: VideoCreate) -> VideoView:
        """A video of an upload. Raises what `Uploads.take` raises, and Invalid, TooManyVideos."""
        check_uploader(actor)
        title = _title(data.title)
        owner = await self._owner(tx.session, actor, data.owner_id)
        taken = await self._uploads.take(tx, data.upload_id, actor)
        return await self._view_of_new(tx, actor, owner, title, taken)

    async def create_of_file(
        self,
        tx: Transaction,
        actor: Actor,
        title: str,
        name: str,
        size: int,
        chunks: AsyncIterator[bytes],
    ) -> VideoView:
        """A video of a file that came in one request. Raises Forbidden, Invalid, TooManyVideos, and
        what `Uploads.receive` raises."""
        check_uploader(actor)
        owner, title = Owner.of(actor), _title(title or name)
        # before anything is stored
        await self._check_rate(tx.session, owner.id)
        taken = await self._uploads.receive(owner, actor.id, name, size, chunks)
        return await self._view_of_new(tx, actor, owner, title, taken)

    async def create(self, tx: Transaction, original: Original, title: str) -> int:
        """See `Videos`."""
        owner = Owner(original.owner_id, original.by_shopper, original.live)
        video = self._new(owner, _title(title))
        tx.session.add(video)
        await tx.session.flush()
        await self._add_film(tx, _film_of(video, original))
        return video.id

    async def view(self, session: AsyncSession, viewer: Actor | None, video_id: int) -> VideoView:
        """One video for whoever may see it. Raises VideoNotFound."""
        found = await self.views(session, [video_id], viewer)
        if video_id not in found:
            raise VideoNotFound
        return found[video_id]

    async def mine(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[VideoView]:
        """Videos of the shopper behind the token."""
        return await self._page(session, actor, requires_shopper(actor), cursor, limit)

    async def of_brand(
        self, session: AsyncSession, actor: Actor, brand_id: int, cursor: str | None, limit: int
    ) -> Page[VideoView]:
        """All videos of a brand, for those who make them. Raises NotFound, Forbidden."""
        requires(actor, brand_id, roles=ROLES, scope=Scope.VIDEOS_READ)
        return await self._page(session, actor, brand_id, cursor, limit)

    async def update(
        self, tx: Transaction, actor: Actor, video_id: int, data: VideoUpdate
    ) -> VideoView:
        """Change what may change."""
        video = await self._managed(tx, actor, video_id)
        if data.title is not UNSET:
            video.title = _title(data.title)
            await self._events.publish(tx, VideoChanged(video.id))
        return await self._views.of_changed(tx.session, actor, video)

    async def replace_from(
        self, tx: Transaction, actor: Actor, video_id: int, upload_id: int
    ) -> VideoView:
        """Put an uploaded film there. Links, cues and figures stay; the old film is shown until the
        new one can be. A shopper's has to be reviewed again. Raises what `Uploads.take` raises."""
        video = await self._managed(tx, actor, video_id)
        if video.visibility == Visibility.TAKEN_DOWN:
            raise VideoTakenDownHere(video.note)
        await self._check_rate(tx.session, video.owner_id)
        taken = await self._uploads.take(tx, upload_id, actor)
        await self._add_taken(tx, await self._next_generation(tx, video), taken)
        return await self._views.of_changed(tx.session, actor, video)

    async def replace(self, tx: Transaction, video_id: int, original: Original) -> int:
        """See `Videos`."""
        video = await self._repository.lock(tx.session, video_id)
        if video is None:
            raise VideoNotFound
        await self._next_generation(tx, video)
        await self._add_film(tx, _film_of(video, original))
        return video.generation

    async def get(self, session: AsyncSession, video_id: int) -> VideoRecord | None:
        """See `Videos`."""
        return (await self.load(session, [video_id])).get(video_id)

    async def hold(self, tx: Transaction, video_id: int) -> VideoRecord | None:
        """See `Videos`."""
        if await self._repository.lock(tx.session, video_id) is None:
            return None
        return await self.get(tx.session, video_id)

    async def load(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, VideoRecord]:
        """See `Videos`."""
        found = await self._repository.load(session, ids)
        return {id_: record_of(films) for id_, films in found.items()}

    async def manageable(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        """See `Videos`."""
        return await self._checked(session, actor, video_id, check_manager)

    async def readable(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        """See `Videos`."""
        return await self._checked(session, actor, video_id, check_reader)

    async def views(
        self, session: AsyncSession, ids: Iterable[int], viewer: Actor | None
    ) -> dict[int, VideoView]:
        """See `Videos`."""
        found = await self._repository.load(session, ids)
        seen = [films for films in found.values() if may_see(viewer, films.video)]
        return await self._views.of(
            session, seen, viewer, manager=lambda video: may_read(viewer, video)
        )

    async def advance(
        self,
        tx: Transaction,
        video_id: int,
        generation: int,
        state: VideoState,
        *,
        refusal: Refusal | None = None,
    ) -> bool:
        """See `Videos`."""
        video = await self._repository.lock(tx.session, video_id)
        if video is None or video.generation != generation:
            return False
        if not may_follow(VideoState(video.state), state):
            return False
        changed = video.state != state
        video.state = state
        video.refusal = refusal.words[:1000] if refusal else None
        video.refusal_reason = refusal.reason if refusal else None
        await tx.session.flush()
        if changed and state is VideoState.READY:
            await self.show(tx, video_id, generation)
            await self._events.publish(tx, VideoReady(video_id, generation))
        return True

    async def show(self, tx: Transaction, video_id: int, generation: int) -> bool:
        """See `Videos`."""
        video = await self._repository.lock(tx.session, video_id)
        if video is None or (video.shown_generation or 0) > generation:
            return False
        video.shown_generation = generation
        await tx.session.flush()
        return True

    async def upload_ended(self, tx: Transaction, event: UploadFinished | UploadFailed) -> None:
        """Hears of uploads that were taken before they lay in one piece. How one ended, the
        inspection sees for itself: the upload is held here, and videos are locked before it."""
        film = await self._repository.film_of_upload(tx.session, event.upload_id)
        if film is not None and film.path is None:
            await self._defer_inspection(tx, film)

    async def _view_of_new(
        self, tx: Transaction, actor: Actor, owner: Owner, title: str, taken: Taken
    ) -> VideoView:
        await self._check_rate(tx.session, owner.id)
        video = self._new(owner, title)
        tx.session.add(video)
        await tx.session.flush()
        await self._add_taken(tx, video, taken)
        return await self._views.of_changed(tx.session, actor, video)

    def _new(self, owner: Owner, title: str) -> Video:
        return Video(
            id=self._ids.new(),
            owner_id=owner.id,
            by_shopper=owner.by_shopper,
            live=owner.live,
            title=title,
            state=VideoState.RECEIVED,
            visibility=Visibility.DRAFT,
            generation=1,
        )

    async def _next_generation(self, tx: Transaction, video: Video) -> Video:
        video.generation += 1
        video.state = VideoState.RECEIVED
        video.refusal = video.refusal_reason = None
        if video.by_shopper and video.visibility == Visibility.PUBLISHED:
            video.visibility = Visibility.REVIEW
            await self._events.publish(tx, VideoWithdrawn(video.id))
        await tx.session.flush()
        await self._events.publish(tx, VideoReplaced(video.id, video.generation))
        return video

    async def _add_taken(self, tx: Transaction, video: Video, taken: Taken) -> None:
        film = VideoFilm(video_id=video.id, generation=video.generation, upload_id=taken.id)
        if taken.finished is not None:
            film.path, film.hash = taken.finished.path, taken.finished.hash
            film.bytes = taken.finished.bytes
        await self._add_film(tx, film)

    async def _add_film(self, tx: Transaction, film: VideoFilm) -> None:
        tx.session.add(film)
        await tx.session.flush()
        if film.path is not None:
            await self._defer_inspection(tx, film)

    async def _defer_inspection(self, tx: Transaction, film: VideoFilm) -> None:
        await tx.defer(INSPECT_TASK, video_id=film.video_id, generation=film.generation)

    async def _check_rate(self, session: AsyncSession, owner_id: int) -> None:
        if await self._repository.made_since(session, owner_id, 3600) >= VIDEOS_PER_HOUR:
            raise TooManyVideos(
                f"At most {VIDEOS_PER_HOUR} videos an hour, please.", retry_after_seconds=600
            )

    async def _checked(
        self,
        session: AsyncSession,
        actor: Actor,
        video_id: int,
        check: Callable[[Actor, Video], None],
    ) -> VideoRecord:
        found = await self._repository.load(session, [video_id])
        if video_id not in found:
            raise VideoNotFound
        check(actor, found[video_id].video)
        return record_of(found[video_id])

    async def _owner(self, session: AsyncSession, actor: Actor, owner_id: int | None) -> Owner:
        own = Owner.of(actor)
        if owner_id is None or owner_id == own.id:
            return own
        if actor.kind is not ActorKind.OPERATOR:
            raise Invalid.field("/ownerId", "Only operators upload for others")
        if owner_id not in await self._doors.get(BrandDirectory).names(session, [owner_id]):
            raise Invalid.field("/ownerId", "There is no such brand")
        return Owner(owner_id, by_shopper=False)

    async def _managed(self, tx: Transaction, actor: Actor, video_id: int) -> Video:
        video = await self._repository.lock(tx.session, video_id)
        if video is None:
            raise VideoNotFound
        check_manager(actor, video)
        return video

    async def _page(
        self, session: AsyncSession, actor: Actor, owner_id: int, cursor: str | None, limit: int
    ) -> Page[VideoView]:
        before = self._cursors.read(_MINE, cursor, 1)[0] if cursor is not None else None
        found = await self._repository.of_owner(session, owner_id, actor.live, before, limit + 1)
        views = await self._views.of(session, found[:limit], actor, manager=lambda _: True)
        last = found[:limit][-1:]
        more = len(found) > limit
        return Page(
            items=[views[each.video.id] for each in found[:limit]],
            next_cursor=self._cursors.make(_MINE, last[0].video.id) if more else None,
        )


def _film_of(video: Video, original: Original) -> VideoFilm:
    return VideoFilm(
        video_id=video.id,
        generation=video.generation,
        path=original.path,
        hash=original.hash,
        bytes=original.bytes,
    )


def _title(text: str) -> str:
    title = one_line(text)
    if not is_visible(title):
        raise Invalid.field("/title", "A title with something to read in it")
    return title[:200]
