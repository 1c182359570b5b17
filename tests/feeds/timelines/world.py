"""A small world of shoppers and two web processes, and the naive answer to what a feed is."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import text

from app.composition import Composed, alive, compose
from app.identity.interfaces import ShopperRegistry
from app.kernel.actors import Actor, ActorKind
from app.kernel.database import Transaction
from app.kernel.http.hot import HotEndpoint, HotRequest
from app.kernel.settings import Settings
from app.kernel.structs import Id, encode_json
from feeds.posts.interfaces import Audience, PostKind, PostViews
from feeds.posts.schemas import AudienceInput, PostCreate, PostUpdate
from feeds.timelines.repository import TimelineRepository
from feeds.timelines.rules import published_ms
from feeds.timelines.service import TimelineService, entry_of
from feeds.timelines.store import Loaded, TimelineStore, keys_of
from feeds.timelines.tasks import FAN_OUT

ITEMS_MAX = 6
PUSH_FOLLOWERS_MAX = 2

_NAIVE = text(
    """
    SELECT p.id FROM posts p JOIN follows f ON f.account_id = p.account_id
    WHERE f.shopper_id = :me AND p.status = 'published' AND p.live
      AND NOT EXISTS (SELECT 1 FROM mutes m
                      WHERE m.shopper_id = :me AND m.account_id = p.account_id)
      AND NOT EXISTS (SELECT 1 FROM account_blocks b
                      WHERE (b.blocker_id = :me
                             AND b.blocked_id IN (p.account_id, p.original_account_id))
                         OR (b.blocked_id = :me
                             AND b.blocker_id IN (p.account_id, p.original_account_id)))
      AND NOT EXISTS (SELECT 1 FROM hidden_posts h
                      WHERE h.shopper_id = :me AND h.post_id = p.id)
      AND (p.audience <> 'selected'
           OR EXISTS (SELECT 1 FROM post_audience a
                      WHERE a.post_id = p.id AND a.shopper_id = :me))
    ORDER BY p.published_at DESC, p.id DESC
    """
)
_PENDING = text("SELECT id, task_name, args FROM procrastinate_jobs ORDER BY id")
_DONE = text("DELETE FROM procrastinate_jobs WHERE id = :id")


class RawItem(msgspec.Struct):
    """A feed item whose post stays bytes."""

    post: msgspec.Raw
    counts: dict[str, int]
    viewer: dict[str, bool]


class RawPage(msgspec.Struct, rename="camel"):
    """A page of the feed."""

    items: list[RawItem]
    next_cursor: str | None
    head: str
    source: str


def actor(shopper_id: int) -> Actor:
    """A signed-in shopper."""
    return Actor(kind=ActorKind.SHOPPER, id=shopper_id, session_id=1)


class World:
    """Two processes on the same servers. Jobs run when `drain` says so, and not before."""

    def __init__(self, processes: Sequence[Composed]) -> None:
        self.processes = processes
        self.house = processes[0].house
        self.cache = self.house.cache
        self.store = TimelineStore(self.cache, items_max=ITEMS_MAX, life_days=7)
        self._publishing = self._service("publishing")
        self._relations = self._service("relations")
        self._library = self._service("library")
        self._tasks = {task.name: task.run for w in processes[0].wirings for task in w.tasks}
        house = self.house
        self.timelines = TimelineService(
            self.store,
            house.database,
            TimelineRepository(),
            self._library,
            self._relations,
            house.clock,
            house.metrics,
            items_max=ITEMS_MAX,
        )

    def _service(self, name: str) -> Any:
        for wiring in self.processes[0].wirings:
            if name in wiring.dependencies:
                return wiring.dependencies[name].dependency()
        raise AssertionError(name)

    async def arrive(self, count: int) -> list[int]:
        """New shoppers, each with a content account of the same id."""
        ids: list[int] = []
        for number in range(count):
            async with self.house.database.transaction() as tx:
                registry = self.house.doors.get(ShopperRegistry)
                ids.append(await registry.register(tx, f"+86138{number:08d}", name=f"S{number}"))
        await self.drain()
        return ids

    async def _change(
        self, change: Callable[[Transaction], Awaitable[Any]], *, told: bool = True
    ) -> Any:
        """Carry out and commit; `told=False` dies between the commit and what follows it."""
        async with self.house.database.transaction() as tx:
            result = await change(tx)
            if not told:
                tx._after_commit.clear()  # pyright: ignore
        return result

    async def follow(self, me: int, account: int, *, told: bool = True) -> Any:
        return await self._change(
            lambda tx: self._relations.follow(tx, actor(me), account), told=told
        )

    async def unfollow(self, me: int, account: int, *, told: bool = True) -> Any:
        return await self._change(
            lambda tx: self._relations.unfollow(tx, actor(me), account), told=told
        )

    async def mute(self, me: int, account: int, *, muted: bool) -> None:
        await self._change(lambda tx: self._relations.mute(tx, actor(me), account, muted=muted))

    async def block(self, me: int, account: int, *, blocked: bool) -> None:
        await self._change(
            lambda tx: self._relations.block(tx, actor(me), account, as_id=None, blocked=blocked)
        )

    async def hide(self, me: int, post: int, *, hidden: bool) -> None:
        await self._change(lambda tx: self._library.interest(tx, actor(me), post, hidden=hidden))

    async def publish(
        self,
        author: int,
        *,
        ago_ms: int = 0,
        selected: Sequence[int] | None = None,
        followers_only: bool = False,
        repost_of: int | None = None,
    ) -> int:
        """Publish; `ago_ms` for what was published earlier but commits now."""
        audience = None
        if selected is not None:
            audience = AudienceInput(
                kind=Audience.SELECTED, shopper_ids=[Id(each) for each in selected]
            )
        elif followers_only:
            audience = AudienceInput(kind=Audience.FOLLOWERS)
        body = PostCreate(
            kind=PostKind.REPOST if repost_of else PostKind.NEWS,
            text="" if repost_of else "news",
            repost_of_id=Id(repost_of) if repost_of else None,
            audience=audience,
        )
        at = self.house.clock.now() - timedelta(milliseconds=ago_ms)
        made = await self._change(
            lambda tx: self._publishing.create(tx, actor(author), body, at=at)
        )
        return int(made.post.id)

    async def edit(self, author: int, post: int, words: str) -> None:
        body = PostUpdate(text=words)
        await self._change(lambda tx: self._publishing.edit(tx, actor(author), post, body))

    async def withdraw(self, author: int, post: int) -> None:
        await self._change(lambda tx: self._publishing.withdraw(tx, actor(author), post))

    async def unpushed(self) -> set[int]:
        """Posts that wait to be fanned out."""
        async with self.house.database.reading() as session:
            rows = await session.execute(_PENDING)
            return {row.args["post_id"] for row in rows if row.task_name == FAN_OUT}

    async def drain(self) -> None:
        """Run every job; each twice, since a worker may die after the work."""
        async with self.house.database.transaction() as tx:
            rows = list(await tx.session.execute(_PENDING))
        for row in rows:
            await self._tasks[row.task_name](**row.args)
            await self._tasks[row.task_name](**row.args)
            async with self.house.database.transaction() as tx:
                await tx.session.execute(_DONE, {"id": row.id})

    async def push_half(self, post: int, followers: Sequence[int]) -> None:
        """What a worker had done of a fan-out when it died."""
        async with self.house.database.reading() as session:
            record = (await self._library.records(session, [post]))[post]
        if record.fan_out == "push":
            await self.store.push(entry_of(record), followers)

    async def begin(self, me: int, token: bytes) -> Loaded | None:
        """The first half of a rebuild; None when another one is under way or it is ready."""
        if await self.store.begin(me, token) != 1:
            return None
        return await self.timelines.load(me)

    async def finish(self, me: int, token: bytes, loaded: Loaded) -> bool:
        return await self.store.finish(me, token, self.timelines.hour(), loaded)

    async def evict(self, me: int, part: int) -> None:
        await self.cache.call("DEL", keys_of(me)[part])

    async def wipe(self) -> None:
        await self.cache.everywhere("FLUSHALL")

    async def naive(self, me: int) -> list[int]:
        """What a feed is, in one statement."""
        async with self.house.database.reading() as session:
            return list(await session.scalars(_NAIVE, {"me": me}))

    async def truths(self, everybody: Sequence[int]) -> dict[int, tuple[bool, list[int]]]:
        """Of each shopper, whether any author's posts belong in the feed, and the naive feed."""
        found: dict[int, tuple[bool, list[int]]] = {}
        async with self.house.database.reading() as session:
            for me in everybody:
                authors = (await self._relations.allowed_authors(session, me))[1]
                found[me] = bool(authors), list(await session.scalars(_NAIVE, {"me": me}))
        return found

    async def newer_than(self, me: int, head: str) -> int:
        """How many posts of the naive feed are newer than a head."""
        ms, post_id = self.house.cursors.read("feed-head", head, 2)
        newer = 0
        async with self.house.database.reading() as session:
            records = await self._library.records(session, await self.naive(me))
        for record in records.values():
            newer += (published_ms(record.published_at), record.id) > (ms, post_id)
        return newer

    async def follows_somebody(self, me: int) -> bool:
        """Whether any author's posts belong in the feed."""
        async with self.house.database.reading() as session:
            return bool((await self._relations.allowed_authors(session, me))[1])

    async def page(self, process: int, me: int, cursor: str | None, limit: int) -> bytes:
        """The body of GET /v1/feed."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        request = HotRequest(actor(me), (), query, None, b"")
        return (await self._endpoint(process, "getFeed").handle(request)).body

    async def new_since(self, process: int, me: int, head: str) -> dict[str, Any]:
        """The body of GET /v1/feed/new."""
        request = HotRequest(actor(me), (), {"since": head}, None, b"")
        answer = await self._endpoint(process, "countNewPosts").handle(request)
        return json.loads(answer.body)

    def _endpoint(self, process: int, operation_id: str) -> HotEndpoint:
        return next(
            endpoint
            for wiring in self.processes[process].wirings
            for endpoint in wiring.hot
            if endpoint.operation_id == operation_id
        )

    async def chain(self, process: int, me: int, limit: int) -> list[RawItem]:
        """All pages, followed by their cursors."""
        items: list[RawItem] = []
        cursor: str | None = None
        while True:
            page = msgspec.json.decode(await self.page(process, me, cursor, limit), type=RawPage)
            assert len(page.items) <= limit
            items += page.items
            cursor = page.next_cursor
            if cursor is None:
                return items
            assert page.items, "a page that is not the last has posts"

    async def plain_bytes(self, ids: Iterable[int]) -> dict[int, bytes]:
        """Posts encoded from SQL, here and now."""
        async with self.house.database.reading() as session:
            views = await self.house.doors.get(PostViews).views(session, list(ids))
        return {id_: encode_json(view) for id_, view in views.items()}


def id_of(item: RawItem) -> int:
    """The id of an item's post."""
    return int(msgspec.json.decode(item.post)["id"])


@asynccontextmanager
async def world(settings: Settings) -> AsyncGenerator[World]:
    """A world for as long as the context lasts."""
    settings = msgspec.structs.replace(
        settings, feed_items_max=ITEMS_MAX, feed_push_followers_max=PUSH_FOLLOWERS_MAX
    )
    async with AsyncExitStack() as stack:
        processes = [compose(settings), compose(settings)]
        for each in processes:
            await stack.enter_async_context(alive(each.house))
        yield World(processes)


__all__ = ["ITEMS_MAX", "World", "actor", "id_of", "world"]
