"""Every suite here runs twice, on single Valkeys and on clusters. `ground` has the slices that
decide, with their neighbours stood in for."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from app.kernel.database import Database
from app.kernel.events import Events
from app.kernel.ids import Ids
from app.kernel.metrics import Metrics
from app.kernel.settings import Settings
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import epoch_key
from app.kernel.valkey.keys import BUCKETS
from app.kernel.valkey.settle import Settler, SettleWorker
from feeds.comments.repository import CommentRepository
from feeds.comments.service import CommentService
from feeds.comments.store import CommentStore
from feeds.figures.repository import TallyRepository
from feeds.figures.service import Announcer, FigureBoard, TallyService, ViewService
from feeds.figures.store import ViewStore
from feeds.reactions.repository import ReactionRepository
from feeds.reactions.service import Likes, PostGate, ReactionService
from feeds.reactions.store import LikedStore, ReactionStore
from feeds.threads.service import ThreadService
from tests.feeds.doubles import KnownAccounts, KnownPosts, KnownRelations
from tests.servers import Servers, Valkeys


class Ground:
    """One process that decides, and workers that settle."""

    def __init__(self, live: Valkey, cache: Valkey, database: Database) -> None:
        self.live, self.cache, self.database = live, cache, database
        self.posts, self.accounts, self.relations = KnownPosts(), KnownAccounts(), KnownRelations()
        self.events, self.changes = Events(), Changes(cache)
        self.tally_rows, self.reaction_rows = TallyRepository(), ReactionRepository()
        self.board = FigureBoard(database, self.tally_rows)
        self.changes.listen(self.board)
        self.announcer = Announcer(self.changes, self.board)
        self.tallies = TallyService(self.tally_rows, self.board, self.announcer)
        posts: Any = self.posts
        accounts: Any = self.accounts
        relations: Any = self.relations
        self.views = ViewService(database, ViewStore(cache), self.tally_rows, self.announcer, posts)
        self.liked_store = LikedStore(cache)
        self.reaction_store = ReactionStore(live)
        self.reactions = ReactionService(
            database,
            live,
            self.reaction_store,
            self.liked_store,
            self.reaction_rows,
            self.tallies,
            posts,
            self.events,
            self.changes,
        )
        self.likes = Likes(database, self.liked_store, self.reaction_rows, self.tallies)
        self.gate = PostGate(database, posts, relations)
        self.comment_rows, self.comment_store = CommentRepository(), CommentStore(live)
        self.comments = CommentService(
            database,
            live,
            self.comment_store,
            self.comment_rows,
            self.tallies,
            posts,
            accounts,
            self.events,
            Ids(7),
        )
        self.reader = ThreadService(
            database, self.comment_store, self.comment_rows, posts, accounts, relations
        )
        self._worker = self.worker("w0")
        self._wipes = 0

    def worker(self, name: str) -> SettleWorker:
        settlers = [
            Settler("reaction", self.reactions.settle),
            Settler("comment", self.comments.settle),
        ]
        metrics = Metrics(CollectorRegistry())
        return SettleWorker(self.live, self.database, metrics, settlers, name=name)

    async def settle(self) -> int:
        """Until nothing waits. Returns how many entries were settled."""
        total = 0
        while count := await self._worker.settle_once():
            total += count
        return total

    async def wipe_live(self) -> None:
        """As after the loss of the live Valkey's disk, some time later: epochs are in seconds."""
        await self.live.everywhere("FLUSHALL")
        self._wipes += 1
        epoch = int(time.time()) - 1_704_067_200 + 100 * self._wipes
        for bucket in range(BUCKETS):
            await self.live.call("SET", epoch_key(bucket), epoch)

    async def scalar(self, statement: Any) -> Any:
        async with self.database.reading() as session:
            return await session.scalar(statement)


async def _no_defer(*_: Any) -> None:
    raise AssertionError("nothing is deferred here")


@pytest.fixture(params=["single", "cluster"])
def valkeys(request: pytest.FixtureRequest, servers: Servers) -> Valkeys:
    """What touches Valkey here is tested on single servers and on real clusters of six nodes."""
    return servers.singles if request.param == "single" else servers.clusters


@pytest.fixture
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """Everything of one process."""
    live, cache = Valkey(settings.valkey_url), Valkey(settings.valkey_cache_url)
    database = Database(settings, _no_defer)
    yield Ground(live, cache, database)
    await asyncio.gather(live.close(), cache.close(), database.close())
