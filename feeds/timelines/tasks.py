"""Jobs of timelines. Each may run twice, or again after half: the second time changes nothing."""

import asyncio

import structlog

from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.metrics import Metrics
from app.kernel.valkey.changes import Changes
from app.realtime.interfaces import NewPost, Teller
from feeds.accounts.interfaces import Relations
from feeds.posts.interfaces import Audience, FanOut, PostRecord, Posts, PostStatus
from feeds.timelines.reading.outboxes import OUTBOX_CHANGED
from feeds.timelines.service import entry_of
from feeds.timelines.store import TimelineStore

log: structlog.stdlib.BoundLogger = structlog.get_logger("timelines")

FAN_OUT = "feeds.timelines.fan_out"
FORGET = "feeds.timelines.forget"
_FOLLOWERS_A_PAGE = 2_500


class FanOutJob:
    """Brings a published post to the timelines of the author's followers."""

    def __init__(
        self,
        database: Database,
        store: TimelineStore,
        posts: Posts,
        relations: Relations,
        changes: Changes,
        clock: Clock,
        metrics: Metrics,
        teller: Teller,
    ) -> None:
        self._database = database
        self._store = store
        self._posts = posts
        self._relations = relations
        self._changes = changes
        self._clock = clock
        self._metrics = metrics
        self._teller = teller

    async def run(self, post_id: int) -> None:
        """Push to every follower, or tell the readers' processes that there is more to pull; then
        tell those who are connected."""
        async with self._database.reading() as session:
            post = (await self._posts.records(session, [post_id])).get(post_id)
        if post is None or post.status is not PostStatus.PUBLISHED or post.published_at is None:
            return
        if post.fan_out is FanOut.PULL:
            await self._changes.append(OUTBOX_CHANGED, post.account_id, entry_of(post))
        else:
            await self.push(post)
        await self._teller.new_post(
            NewPost(
                post_id=post.id,
                published_ms=post.published_ms,
                account_id=post.account_id,
                selected=post.audience is Audience.SELECTED,
                live=post.live,
            )
        )
        self._metrics.fan_out_seconds.observe(
            max(0.0, self._clock.now_seconds() - post.published_at.timestamp())
        )

    async def push(self, post: PostRecord) -> int:
        """Into the timeline of every follower who has one. Returns how many took it."""
        entry, after, pushed = entry_of(post), 0, 0
        pushing: asyncio.Task[int] | None = None
        while True:
            async with self._database.reading() as session:
                followers = await self._relations.followers_after(
                    session, post.account_id, after, _FOLLOWERS_A_PAGE
                )
            # the next page is read while this one is pushed
            pushed += await pushing if pushing is not None else 0
            pushing = asyncio.create_task(self._store.push(entry, followers))
            if len(followers) < _FOLLOWERS_A_PAGE:
                break
            after = followers[-1]
        pushed += await pushing
        self._metrics.fanned_out.inc(pushed)
        log.info("fanned_out", post=post.id, pushed=pushed)
        return pushed
