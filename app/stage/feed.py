"""The stage of `bench feed`: people who follow, authors who publish.

{"do": "build"}  everybody follows the authors, and everybody's timeline is made
{"do": "push"}   one entry into everybody's timeline, by the real job; answers {"seconds": …}
"""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import text

from app.identity.interfaces import ShopperRegistry, SignIns
from app.kernel.house import House
from app.realtime.interfaces import Teller
from app.stage.servers import Servers, house_of, obey, say
from feeds.accounts.interfaces import Relations
from feeds.posts.interfaces import Audience, FanOut, PostKind, PostRecord, Posts, PostStatus
from feeds.timelines.repository import TimelineRepository
from feeds.timelines.service import TimelineService
from feeds.timelines.store import Claim, TimelineStore, keys_of
from feeds.timelines.tasks import FanOutJob

FOLLOWERS = 10_000
READERS = 64
"""Followers who are signed in and read."""
AUTHORS = 20
_FIRST_SYNTHETIC = 1_000_000_000_000
_BUILDS_AT_ONCE = 50
_FOLLOW = text(
    """
    INSERT INTO follows (account_id, shopper_id, at_ms)
    SELECT a.id, s.id, 0 FROM unnest(CAST(:authors AS bigint[])) a(id)
    CROSS JOIN unnest(CAST(:shoppers AS bigint[])) s(id)
    """
)
_COUNT = text(
    """
    INSERT INTO follower_counts (account_id, part, followers)
    SELECT a.id, 0, :count FROM unnest(CAST(:authors AS bigint[])) a(id)
    ON CONFLICT (account_id, part) DO UPDATE SET followers = excluded.followers
    """
)

_WAITING = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND "
    "(scheduled_at IS NULL OR scheduled_at <= now())"
)


class Person(msgspec.Struct, frozen=True):
    """Somebody who is signed in."""

    id: int
    token: str


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What the client is told."""

    web: str
    """The web process as in production."""
    web_bare: str
    """The one that holds neither pages nor posts."""
    pids: Mapping[str, int]
    cache: Sequence[str | int]
    """Host, port and password of the cache Valkey."""
    authors: Sequence[Person]
    readers: Sequence[Person]
    timelines: Sequence[str]
    """The keys of everybody's timelines, in the order in which followers are paged."""


class People:
    """Everybody on the stage, and the commands."""

    def __init__(self, house: House) -> None:
        self._house = house
        settings, doors = house.settings, house.doors
        self._posts, self._relations = doors.get(Posts), doors.get(Relations)
        self._store = TimelineStore(
            house.cache, items_max=settings.feed_items_max, life_days=settings.feed_active_days
        )
        self._timelines = TimelineService(
            self._store,
            house.database,
            TimelineRepository(),
            self._posts,
            self._relations,
            house.clock,
            house.metrics,
            items_max=settings.feed_items_max,
        )
        self._fan_out = FanOutJob(
            house.database,
            self._store,
            self._posts,
            self._relations,
            house.changes,
            house.clock,
            house.metrics,
            doors.get(Teller),
        )
        self.authors: list[Person] = []
        self.readers: list[Person] = []
        self.followers: list[int] = []

    async def arrive(self) -> None:
        """Register authors and readers."""
        self.authors = [await self._register(number) for number in range(AUTHORS)]
        self.readers = [await self._register(AUTHORS + number) for number in range(READERS)]
        synthetic = range(_FIRST_SYNTHETIC, _FIRST_SYNTHETIC + FOLLOWERS - READERS)
        self.followers = sorted([*synthetic, *(each.id for each in self.readers)])

    async def _register(self, number: int) -> Person:
        async with self._house.database.transaction() as tx:
            phone = f"+861390000{number:04d}"
            shopper_id = await self._house.doors.get(ShopperRegistry).register(
                tx, phone, name=f"Bench {number}"
            )
            tokens = await self._house.doors.get(SignIns).begin(tx, shopper_id, "bench", "bench")
        return Person(shopper_id, tokens.access_token)

    async def obey(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry out one command. Raises KeyError for an unknown one."""
        return await {"build": self._build, "push": self._push}[command["do"]]()

    async def _build(self) -> Mapping[str, Any]:
        """Everybody follows the same accounts, so SQL is asked once for all timelines."""
        async with self._house.database.transaction() as tx:
            authors = [each.id for each in self.authors]
            await tx.session.execute(_FOLLOW, {"authors": authors, "shoppers": self.followers})
            await tx.session.execute(_COUNT, {"authors": authors, "count": FOLLOWERS})
        await self._idle()
        loaded = await self._timelines.load(self.followers[0])

        async def build(shopper_id: int) -> None:
            token = secrets.token_bytes(8)
            await self._store.drop([shopper_id])
            assert await self._store.begin(shopper_id, token) is Claim.CLAIMED
            assert await self._store.finish(shopper_id, token, self._timelines.hour(), loaded)

        for at in range(0, len(self.followers), _BUILDS_AT_ONCE):
            await asyncio.gather(*map(build, self.followers[at : at + _BUILDS_AT_ONCE]))
        return {"built": len(self.followers), "entries": len(loaded.entries)}

    async def _idle(self) -> None:
        """Wait until no job waits."""
        while True:
            async with self._house.database.reading() as session:
                if not (await session.execute(_WAITING)).scalar_one():
                    return
            await asyncio.sleep(0.1)

    async def _push(self) -> Mapping[str, Any]:
        post = PostRecord(
            id=self._house.ids.new(),
            account_id=self.authors[0].id,
            kind=PostKind.NEWS,
            status=PostStatus.PUBLISHED,
            audience=Audience.EVERYONE,
            live=True,
            version=1,
            published_at=self._house.clock.now(),
            fan_out=FanOut.PUSH,
        )
        begun = time.perf_counter()
        pushed = await self._fan_out.push(post)
        return {"pushed": pushed, "seconds": time.perf_counter() - begun}


async def run(servers: Servers) -> None:
    """Register people, tell the client about them, and obey it."""
    async with house_of(servers) as composed:
        people = People(composed.house)
        await people.arrive()
        say(
            Stage(
                web=f"http://127.0.0.1:{servers.web_port}",
                web_bare=f"http://127.0.0.1:{servers.bare_port}",
                pids={name: running.pid for name, running in servers.running.items()},
                cache=["127.0.0.1", servers.cache.port, servers.cache.password],
                authors=people.authors,
                readers=people.readers,
                timelines=[keys_of(each)[0] for each in people.followers],
            )
        )
        await obey(people.obey)
