"""The stage of a benchmark: servers, processes and people, for a client that measures.

`python -m app.stage FOLDER` starts embedded servers in a folder, two web processes (one as in
production, one that holds nothing in memory) and a worker, registers shoppers, writes one line of
JSON about all that, and then obeys one line of JSON at a time until its input ends:

{"do": "build"}  everybody follows the authors, and everybody's timeline is made
{"do": "push"}   one entry into everybody's timeline, by the real job; answers {"seconds": …}
"""

import asyncio
import os
import secrets
import shutil
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text

from app.composition import alive, compose
from app.identity.interfaces import ShopperRegistry, SignIns
from app.kernel.embedded.postgres import PostgresServer
from app.kernel.embedded.process import Program, Running, free_ports, port_is_open
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.house import House
from app.kernel.logs import configure_logs
from app.kernel.settings import load_settings
from app.migrations import upgrade
from app.realtime.interfaces import Teller
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


class Servers:
    """The embedded servers and our processes, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        password = secrets.token_hex(16)
        ports = free_ports(5)
        self.live = ValkeyServer(kind="live", folder=folder / "l", port=ports[0], password=password)
        self.cache = ValkeyServer(
            kind="cache",
            folder=folder / "c",
            port=ports[1],
            password=password,
            extra={"maxmemory": "2gb"},
        )
        self.postgres = PostgresServer(
            folder=folder / "p",
            port=ports[2],
            admin_password=password,
            owner_password=password,
            app_password=password,
        )
        self.web_port, self.bare_port = ports[3:]
        self.running: dict[str, Running] = {}
        (folder / "objects").mkdir(parents=True)

    def environment(self, port: int) -> dict[str, str]:
        """The settings of one of our processes."""
        return {
            "CARNIVAL_SECRET": "a secret of the stage, long enough to be one",
            "VALKEY_URL": self.live.url,
            "VALKEY_CACHE_URL": self.cache.url,
            "DATABASE_URL": self.postgres.url,
            "OBJECT_STORE_URL": f"file://{self.folder / 'objects'}",
            "CARNIVAL_PORT": str(port),
            "CARNIVAL_RATE_LIMIT_PER_MINUTE": "1000000000",
            "CARNIVAL_LOG_LEVEL": "warning",
        }

    def start(self) -> None:
        """Servers, schema, web, worker."""
        self.running["valkey-live"] = self.live.start(self.folder / "live.log")
        self.running["valkey-cache"] = self.cache.start(self.folder / "cache.log")
        self.running["postgres"] = self.postgres.start(self.folder / "postgres.log")
        upgrade(self.postgres.owner_url)
        bare = {"CARNIVAL_FEED_HELD_BYTES_MAX": "0", "CARNIVAL_POSTS_HELD_MAX": "0"}
        self._start("web", "web", self.environment(self.web_port))
        self._start("web-bare", "web", self.environment(self.bare_port) | bare)
        self._start("worker", "worker", self.environment(self.web_port))
        for name, port in (("web", self.web_port), ("web-bare", self.bare_port)):
            self.running[name].wait_until(lambda port=port: port_is_open(port), 60.0)

    def _start(self, name: str, command: str, environment: Mapping[str, str]) -> None:
        program = Program(
            name=name,
            argv=(sys.executable, "-m", "app.cli", command),
            directory=Path(__file__).parent.parent,
            environment=environment,
        )
        self.running[name] = Running(program, self.folder / f"{name}.log")
        self.running[name].start()

    def stop(self) -> None:
        """Our processes first, then the servers; the folder goes too."""
        for running in reversed(self.running.values()):
            running.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@asynccontextmanager
async def _people(servers: Servers) -> AsyncGenerator[People]:
    os.environ.update(servers.environment(servers.web_port))
    composed = compose(load_settings())
    async with alive(composed.house):
        people = People(composed.house)
        await people.arrive()
        yield people


async def _run(servers: Servers) -> None:
    async with _people(servers) as people:
        stage = Stage(
            web=f"http://127.0.0.1:{servers.web_port}",
            web_bare=f"http://127.0.0.1:{servers.bare_port}",
            pids={name: running.pid for name, running in servers.running.items()},
            cache=["127.0.0.1", servers.cache.port, servers.cache.password],
            authors=people.authors,
            readers=people.readers,
            timelines=[keys_of(each)[0] for each in people.followers],
        )
        _say(stage)
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            _say(await people.obey(msgspec.json.decode(line)))


def _say(value: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Set the stage in the folder given as the only argument."""
    configure_logs("warning", as_json=False)
    servers = Servers(Path(sys.argv[1]).resolve())
    try:
        servers.start()
        asyncio.run(_run(servers))
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
