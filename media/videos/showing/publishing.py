"""The ways to publication and back: owners ask, operators of the house judge."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Invalid
from app.kernel.events import Events
from app.kernel.http.cursors import Cursors
from app.kernel.structs import Page
from app.kernel.text import is_visible, one_line
from media.videos.errors import (
    NotUnderReview,
    VideoNotFound,
    VideoNotUsable,
    VideoTakenDownHere,
)
from media.videos.events import VideoPublished, VideoTakenDown, VideoWithdrawn
from media.videos.interfaces import VideoState, VideoView, Visibility
from media.videos.models import Video
from media.videos.repository import VideoRepository
from media.videos.rules import USABLE
from media.videos.showing.access import check_manager, check_operator
from media.videos.showing.views import Views

_REVIEWS = "reviews"


class Publishing:
    """Moves videos between draft, review, published, withdrawn and taken down."""

    def __init__(
        self,
        *,
        repository: VideoRepository,
        views: Views,
        clock: Clock,
        events: Events,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._views = views
        self._clock = clock
        self._events = events
        self._cursors = cursors

    async def reviews(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[VideoView]:
        """What shoppers asked to publish, the oldest first. Raises Forbidden."""
        check_operator(actor)
        after = self._cursors.read(_REVIEWS, cursor, 1)[0] if cursor is not None else None
        found = await self._repository.under_review(session, after, limit + 1)
        views = await self._views.of(session, found[:limit], actor, manager=lambda _: True)
        more = len(found) > limit
        return Page(
            items=[views[each.video.id] for each in found[:limit]],
            next_cursor=self._cursors.make(_REVIEWS, found[limit - 1].video.id) if more else None,
        )

    async def publish(self, tx: Transaction, actor: Actor, video_id: int) -> VideoView:
        """Show it to everybody; a shopper's waits for the operator first. Twice is once.

        Raises VideoNotUsable, VideoTakenDownHere.
        """
        video = await self._managed(tx, actor, video_id)
        if video.visibility == Visibility.TAKEN_DOWN and actor.kind is not ActorKind.OPERATOR:
            raise VideoTakenDownHere(video.note)
        if video.shown_generation is None and VideoState(video.state) not in USABLE:
            raise VideoNotUsable(video.refusal or "It has not been looked at yet.")
        if video.visibility == Visibility.PUBLISHED:
            return await self._views.of_changed(tx.session, actor, video)
        if video.by_shopper and actor.kind is not ActorKind.OPERATOR:
            video.visibility = Visibility.REVIEW
            return await self._views.of_changed(tx.session, actor, video)
        await self._publish(tx, video)
        return await self._views.of_changed(tx.session, actor, video)

    async def withdraw(self, tx: Transaction, actor: Actor, video_id: int) -> VideoView:
        """Take it back, or the wish to publish it. Twice is once. Raises VideoTakenDownHere."""
        video = await self._managed(tx, actor, video_id)
        if video.visibility == Visibility.TAKEN_DOWN:
            raise VideoTakenDownHere(video.note)
        if video.visibility == Visibility.PUBLISHED:
            video.visibility = Visibility.WITHDRAWN
            await self._events.publish(tx, VideoWithdrawn(video.id))
        elif video.visibility == Visibility.REVIEW:
            published = video.published_at is not None
            video.visibility = Visibility.WITHDRAWN if published else Visibility.DRAFT
        return await self._views.of_changed(tx.session, actor, video)

    async def take_down(
        self, tx: Transaction, actor: Actor, video_id: int, words: str
    ) -> VideoView:
        """Remove it from everybody's eyes. Raises Forbidden, VideoNotFound."""
        video = await self._managed(tx, actor, video_id)
        check_operator(actor)
        video.note = _reason(words)
        if video.visibility != Visibility.TAKEN_DOWN:
            video.visibility = Visibility.TAKEN_DOWN
            await self._events.publish(tx, VideoTakenDown(video.id))
        return await self._views.of_changed(tx.session, actor, video)

    async def approve(self, tx: Transaction, actor: Actor, video_id: int) -> VideoView:
        """Publish what a shopper asked for. Raises Forbidden, VideoNotFound, NotUnderReview."""
        video = await self._reviewed(tx, actor, video_id)
        await self._publish(tx, video)
        return await self._views.of_changed(tx.session, actor, video)

    async def refuse(self, tx: Transaction, actor: Actor, video_id: int, words: str) -> VideoView:
        """Do not publish it, and say why. Raises as `approve`."""
        video = await self._reviewed(tx, actor, video_id)
        video.visibility, video.note = Visibility.DRAFT, _reason(words)
        return await self._views.of_changed(tx.session, actor, video)

    async def _managed(self, tx: Transaction, actor: Actor, video_id: int) -> Video:
        video = await self._repository.lock(tx.session, video_id)
        if video is None:
            raise VideoNotFound
        check_manager(actor, video)
        return video

    async def _reviewed(self, tx: Transaction, actor: Actor, video_id: int) -> Video:
        video = await self._managed(tx, actor, video_id)
        check_operator(actor)
        if video.visibility != Visibility.REVIEW:
            raise NotUnderReview
        return video

    async def _publish(self, tx: Transaction, video: Video) -> None:
        video.visibility, video.note = Visibility.PUBLISHED, None
        video.published_at = video.published_at or self._clock.now()
        await tx.session.flush()
        await self._events.publish(tx, VideoPublished(video.id))


def _reason(words: str) -> str:
    line = one_line(words)
    if not is_visible(line):
        raise Invalid.field("/words", "Words with something to read in them")
    return line
