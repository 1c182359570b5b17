"""A replica took over without the last writes: nobody goes on as if it had them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.kernel.database import Database
from app.kernel.embedded.cluster import ValkeyCluster, start_cluster
from app.kernel.embedded.process import free_ports
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.settings import Settings
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import NEW_EPOCHS, cut
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import bucket_key
from app.kernel.valkey.promotions import FORGET
from tests.kernel.valkey.failing import Failover
from tests.kernel.valkey.settling import Ground
from tests.kernel.valkey.test_changes import reader
from tests.servers import Servers


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[ValkeyCluster]:
    """A cluster of the test's own: its nodes die."""
    cluster = start_cluster(tmp_path / "doomed", secrets.token_hex(8))
    yield cluster
    cluster.stop()


@asynccontextmanager
async def client(cluster: ValkeyCluster, remedy: Any) -> AsyncIterator[Valkey]:
    valkey = Valkey(cluster.url, remedy=remedy)
    yield valkey
    await valkey.close()


async def eventually(attempt: Callable[[], Awaitable[Any]]) -> Any:
    """Try until the cluster answers again."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await attempt()
            except ValkeyUnavailable:
                await asyncio.sleep(0.05)


async def test_no_decision_id_is_given_twice(
    doomed: ValkeyCluster, settings: Settings, tables: None
):
    async def no_jobs(*_: Any) -> None:
        raise AssertionError("settling defers no job here")

    async with client(doomed, NEW_EPOCHS) as live:
        ground = Ground(live, Database(settings, no_jobs))
        worker, failover = ground.worker(), Failover(doomed, 3)
        await ground.like(3, 1)
        failover.part()
        lost = [await ground.like(3, shopper) for shopper in (2, 3)]
        await ground.settle_all(worker)
        failover.lose()
        fresh = [await eventually(lambda who=who: ground.like(3, who)) for who in (4, 5, 6)]
        assert not set(lost) & set(fresh)
        await ground.settle_all(worker)
        assert len(await ground.likes()) == 6, "what SQL held stays, what came later is added"
        epoch = (await cut(live, 3)).epoch
        async with client(doomed, NEW_EPOCHS) as another:
            assert (await cut(another, 3)).epoch == epoch, "once is enough"
        await ground.database.close()


async def test_no_copy_outlives_a_change_that_was_lost(doomed: ValkeyCluster, servers: Servers):
    async with client(doomed, FORGET) as web, client(doomed, FORGET) as worker:
        failover = Failover(doomed, 0)
        writer = Changes(worker)
        await writer.append("post", 1)
        failover.part()
        await writer.append("post", 2)
        changes, copies = await reader(web)
        failover.lose()
        await eventually(lambda: writer.append("post", 3))
        await eventually(changes.sync)
        assert copies.seen == ["reset"]


async def test_a_cache_forgets_what_may_be_older_than_sql(doomed: ValkeyCluster):
    async with client(doomed, FORGET) as cache:
        failover, pushed = Failover(doomed, 5), bucket_key(5, "timeline")
        await cache.call("RPUSH", pushed, "seen")
        failover.part()
        await cache.call("LPUSH", pushed, "lost")
        failover.lose()
        assert await eventually(lambda: cache.call("LRANGE", pushed, 0, -1)) == []
        await cache.call("LPUSH", pushed, "new")
        async with client(doomed, FORGET) as another:
            assert await another.call("LRANGE", pushed, 0, -1) == [b"new"], "once is enough"


async def test_the_first_primaries_are_trusted(servers: Servers):
    for url in (servers.singles.cache, servers.cluster().url):
        for _ in range(2):
            cache = Valkey(url, remedy=FORGET)
            kept = await cache.call("GET", bucket_key(5, "kept"))
            await cache.call("SET", bucket_key(5, "kept"), "x")
            await cache.close()
        assert kept == b"x"


async def test_a_promoted_replica_outside_of_a_cluster_is_no_different(tmp_path: Path):
    password, kept = secrets.token_hex(8), bucket_key(5, "kept")
    ports = free_ports(2)
    primary, replica = (
        ValkeyServer(kind="cache", folder=tmp_path / str(port), port=port, password=password)
        for port in ports
    )
    replica = msgspec.structs.replace(replica, extra={"replicaof": f"127.0.0.1 {ports[0]}"})
    running = [each.start(tmp_path / f"{each.port}.log") for each in (primary, replica)]
    try:
        async with asyncio.timeout(60):
            while replica.call("ROLE")[3] != b"connected":
                await asyncio.sleep(0.05)
        primary.call("SET", kept, "x")
        primary.call("WAIT", 1, 5_000)
        replica.call("REPLICAOF", "NO", "ONE")
        for remedy, found in (((), b"x"), (FORGET, None)):
            cache = Valkey(replica.url, remedy=remedy)
            assert await cache.call("GET", kept) == found
            await cache.close()
    finally:
        for each in running:
            each.kill()
