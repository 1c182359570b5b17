"""`CARNIVAL_DURABILITY=replicated`: answered means on two disks, so a failover loses nothing."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.kernel.embedded.cluster import ValkeyCluster, start_cluster
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import NEW_EPOCHS, decide, stream_key
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import bucket_key
from app.kernel.valkey.replicated import NotReplicated
from tests.kernel.valkey.failing import Failover
from tests.kernel.valkey.settling import LIKE

BUCKET = 3


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyCluster]:
    """A durable cluster of this suite's own: its nodes die."""
    cluster = start_cluster(tmp_path_factory.mktemp("doomed"), secrets.token_hex(8), "live")
    yield cluster
    cluster.stop()


@asynccontextmanager
async def client(cluster: ValkeyCluster, seconds: float | None = 0.4) -> AsyncIterator[Valkey]:
    valkey = Valkey(cluster.url, remedy=NEW_EPOCHS, replicated_seconds=seconds)
    yield valkey
    await valkey.close()


def like(live: Valkey, shopper: int, bucket: int = BUCKET) -> "asyncio.Future[Any]":
    return decide(live, LIKE, bucket, [bucket_key(bucket, "likers")], [shopper, 1])


def asked(cluster: ValkeyCluster, node: int) -> int:
    """How many WAITAOF a node was sent."""
    found = cluster.nodes[node].call("INFO", "commandstats")
    assert isinstance(found, dict)
    return found.get("cmdstat_waitaof", {}).get("calls", 0)


async def test_decisions_of_one_pipeline_wait_together(doomed: ValkeyCluster):
    failover = Failover(doomed, BUCKET)
    async with client(doomed) as live:
        await like(live, 1)
        before = asked(doomed, failover.primary)
        replies = await asyncio.gather(*(like(live, shopper) for shopper in range(2, 300)))
        assert len(set(replies)) == 298
        await live.call("GET", bucket_key(BUCKET, "nothing"))
        # more than one only if the replica was slower than the milliseconds it is given at first
        assert 1 <= asked(doomed, failover.primary) - before <= 4
        assert await live.unreplicated() == 0
    async with client(doomed, None) as live:
        before = asked(doomed, failover.primary)
        await asyncio.gather(*(like(live, shopper) for shopper in range(300, 320)))
        assert asked(doomed, failover.primary) == before


async def test_a_decision_without_a_second_disk_stands_and_is_not_answered(doomed: ValkeyCluster):
    replica = doomed.running[Failover(doomed, BUCKET).replica].pid
    async with client(doomed) as one, client(doomed) as other:
        await asyncio.gather(like(one, 1000), like(other, 1002))
        os.kill(replica, signal.SIGSTOP)
        try:
            with pytest.raises(NotReplicated):
                await like(one, 1001)
            assert await one.call("XLEN", stream_key(BUCKET)), "what decides nothing goes on"
            # nor is who asks again told earlier, over whatever connection
            for live in (one, other):
                with pytest.raises(NotReplicated):
                    await like(live, 1001)
            assert await one.unreplicated() == 1
        finally:
            os.kill(replica, signal.SIGCONT)
        assert await like(other, 1001) == 0, "it was decided before"


async def test_a_script_that_refuses_and_one_that_is_unknown(doomed: ValkeyCluster):
    async with client(doomed) as live:
        await live.everywhere("SCRIPT", "FLUSH")
        with pytest.raises(ValkeyUnavailable):
            await decide(
                live, LIKE, BUCKET, [bucket_key(BUCKET, "likers")], [1003, 1], unsettled_max=0
            )
        assert await asyncio.gather(*(like(live, 2000 + n, n % 64) for n in range(128)))


async def test_a_failover_loses_nothing_that_was_answered(doomed: ValkeyCluster):
    failover = Failover(doomed, BUCKET)
    told: dict[int, Any] = {}
    over = False

    async def shopper(live: Valkey, number: int) -> None:
        while not over:
            try:
                told[number] = await like(live, number)
            except ValkeyUnavailable:
                await asyncio.sleep(0.01)
            else:
                number += 16

    async with client(doomed) as live:
        crowd = [asyncio.create_task(shopper(live, 10_000 + n)) for n in range(16)]
        while len(told) < 200:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(failover.part)
        await asyncio.sleep(0.1)
        doomed.running[failover.primary].kill()
        known = set(told)
        await asyncio.to_thread(failover.lose)
        # the heir has no replica itself until the old primary is back
        doomed.running[failover.primary].start()
        until = asyncio.get_running_loop().time() + 60
        while len(told) < len(known) + 50:
            assert asyncio.get_running_loop().time() < until, "the crowd is not served again"
            await asyncio.sleep(0.05)
        over = True
        await asyncio.gather(*crowd)
        entries = await live.call("XRANGE", stream_key(BUCKET), "-", "+")
        stands = {entry_id for entry_id, _ in entries}
        gone = [number for number in sorted(known) if told[number] not in stands]
        assert not gone, f"{len(gone)} of {len(known)} answers are gone"
