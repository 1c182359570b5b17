"""Servers die under load: nobody waits for ever, nothing acknowledged is lost, all heals."""

import asyncio
import os
import secrets
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from app.kernel.embedded.cluster import ValkeyCluster, start_cluster
from app.kernel.embedded.process import Program, Running, free_ports
from app.kernel.embedded.valkey import ValkeyServer, binary
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.errors import ValkeyError, ValkeyUnavailable
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.routes import slot_of
from app.realtime.channel import Channel

KEYS = [bucket_key(bucket, "count") for bucket in range(BUCKETS)]
PASSWORD = secrets.token_hex(8)


def server(folder: Path, **extra: str) -> ValkeyServer:
    (port,) = free_ports(1)
    return ValkeyServer(kind="live", folder=folder, port=port, password=PASSWORD, extra=extra)


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[tuple[ValkeyServer, Running]]:
    """A durable server that a test may kill."""
    one = server(tmp_path / "lone")
    running = one.start(tmp_path / "lone.log")
    yield one, running
    running.kill()


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyCluster]:
    """A cluster of this suite's own: its nodes die and its slots move."""
    cluster = start_cluster(tmp_path_factory.mktemp("doomed"), PASSWORD)
    yield cluster
    cluster.stop()


async def eventually(attempt: Callable[[], Awaitable[Any]], seconds: float = 60) -> None:
    """Try until it works."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(ValkeyUnavailable):
                await attempt()
                return
            await asyncio.sleep(0.05)


class Load:
    """Callers that count up, and remember what they were told."""

    def __init__(self, valkey: Valkey) -> None:
        self.valkey = valkey
        self.acknowledged = Counter[str]()
        self.unknown = Counter[str]()

    async def caller(self, key: str) -> None:
        while True:
            try:
                async with asyncio.timeout(15):  # far above every bound of the client
                    await self.valkey.call("INCR", key)
                self.acknowledged[key] += 1
            except ValkeyUnavailable:
                self.unknown[key] += 1
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.caller(key)) for key in KEYS for _ in range(2)]
        yield
        done, _ = await asyncio.wait(tasks, timeout=0)
        assert not done, done.pop().exception()  # a caller that waited for ever
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def progress(self) -> None:
        """Return when every key has been counted further."""
        before = Counter(self.acknowledged)
        async with asyncio.timeout(60):
            while any(self.acknowledged[key] <= before[key] for key in KEYS):
                await asyncio.sleep(0.02)

    async def check_durable(self) -> None:
        """What was acknowledged is there; what was not may be, once."""
        for key, value in zip(KEYS, await self.valkey.mget(KEYS), strict=True):
            stored = int(value or 0)
            in_flight = 2  # callers that were cancelled at the end
            assert self.acknowledged[key] <= stored
            assert stored <= self.acknowledged[key] + self.unknown[key] + in_flight


class TestServer:
    async def test_kill_under_load_loses_nothing_acknowledged(
        self, lone: tuple[ValkeyServer, Running], tmp_path: Path
    ):
        one, running = lone
        valkey = Valkey(one.url)
        load = Load(valkey)
        async with load.running():
            for _ in range(3):
                await load.progress()
                running.kill()
                await asyncio.sleep(0.5)
                running.start()
                await load.progress()
        await load.check_durable()
        assert sum(load.unknown.values()) > 0
        await valkey.close()

    async def test_a_server_away_for_long_refuses_and_is_found_again(
        self, lone: tuple[ValkeyServer, Running], tmp_path: Path
    ):
        one, running = lone
        valkey = Valkey(one.url)
        await valkey.ping()
        running.kill()
        calls = [valkey.call("GET", key) for key in KEYS]
        refused = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 15)
        assert {type(each) for each in refused} == {ValkeyUnavailable}
        with pytest.raises(ValkeyUnavailable):
            await asyncio.wait_for(valkey.call("GET", KEYS[0]), 15)
        running.start()
        await eventually(valkey.ping)
        await valkey.close()

    async def test_a_frozen_server_is_given_up_and_found_again(
        self, lone: tuple[ValkeyServer, Running]
    ):
        one, running = lone
        valkey = Valkey(one.url)
        await valkey.call("SET", KEYS[0], "x")
        os.kill(running.pid, signal.SIGSTOP)
        try:
            waiting = [asyncio.ensure_future(valkey.call("INCR", key)) for key in KEYS[1:]]
            done, pending = await asyncio.wait(waiting, timeout=30)
            assert not pending
            assert {type(each.exception()) for each in done} == {ValkeyUnavailable}
        finally:
            os.kill(running.pid, signal.SIGCONT)
        await eventually(valkey.ping)
        assert await valkey.call("GET", KEYS[0]) == b"x"
        await valkey.close()

    async def test_a_server_that_refuses_writes_is_unavailable(
        self, lone: tuple[ValkeyServer, Running]
    ):
        valkey = Valkey(lone[0].url)
        await valkey.call("CONFIG", "SET", "maxmemory", 1)
        with pytest.raises(ValkeyUnavailable):
            await valkey.call("SET", KEYS[0], "x")
        assert await valkey.call("GET", KEYS[0]) is None
        await valkey.close()

    async def test_a_wrong_password_is_unavailable_not_a_hang(
        self, lone: tuple[ValkeyServer, Running]
    ):
        valkey = Valkey(lone[0].url.replace(PASSWORD, "wrong"))
        with pytest.raises(ValkeyUnavailable):
            async with asyncio.timeout(15):
                await valkey.ping()
        await valkey.close()

    async def test_the_channel_tells_of_the_gap(self, lone: tuple[ValkeyServer, Running]):
        one, running = lone
        valkey = Valkey(one.url)
        await hears_again(valkey, running.kill, running.start)
        await valkey.close()


async def hears_again(
    valkey: Valkey, kill: Callable[[], Any], revive: Callable[[], Any] = lambda: None
) -> None:
    """Kill a server under a listening channel: it tells of the gap, then hears again."""
    heard: list[str] = []
    gaps: list[bool] = []
    channel = Channel(valkey)
    channel.listen(lambda topic, _: heard.append(topic), lambda: gaps.append(True))
    async with channel.listening():
        await asyncio.wait_for(channel.wait_whole(), 30)
        kill()
        await asyncio.sleep(0.1)
        revive()
        async with asyncio.timeout(60):
            while not gaps:
                await asyncio.sleep(0.02)
            await channel.wait_whole()
        for topic in map(str, range(64)):
            await eventually(lambda topic=topic: channel.publish(topic, b"x"))
        async with asyncio.timeout(30):
            while not {str(n) for n in range(64)} <= set(heard):
                await asyncio.sleep(0.02)


class TestCluster:
    async def test_moving_slots_are_followed(self, doomed: ValkeyCluster):
        """ASK while a slot moves, MOVED after it did; the caller notices nothing."""
        await eventually(lambda: _covered(doomed))
        valkey, key = Valkey(doomed.url), "{b7}:moving"
        await valkey.call("SET", key, 1)
        here, there = _from_and_to(doomed, key)
        _begin_move(here, there, key)
        assert await asyncio.gather(*(valkey.call("INCR", key) for _ in range(3))) == [2, 3, 4]
        _end_move(here, there, key)
        assert await asyncio.gather(*(valkey.call("INCR", key) for _ in range(3))) == [5, 6, 7]
        assert there.call("GET", key) == b"7"
        await valkey.close()

    async def test_a_server_of_a_cluster_used_alone_is_an_error_not_a_hang(
        self, doomed: ValkeyCluster
    ):
        await eventually(lambda: _covered(doomed))
        valkey = Valkey(doomed.nodes[0].url)
        calls = [valkey.call("GET", key) for key in KEYS]
        results = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 15)
        assert {type(each) for each in results} == {type(None), ValkeyError}
        await valkey.close()

    async def test_the_channel_follows_a_moved_slot(self, doomed: ValkeyCluster):
        await eventually(lambda: _covered(doomed))
        key = bucket_key(0, "channel", 0)
        here, there = _from_and_to(doomed, key)

        def move() -> None:
            here.call("DEL", key)
            _begin_move(here, there, key)
            _end_move(here, there, key)

        valkey = Valkey(doomed.url)
        await hears_again(valkey, move)
        await valkey.close()

    async def test_kill_of_a_primary_under_load_heals(self, doomed: ValkeyCluster):
        await eventually(lambda: _covered(doomed))
        valkey = Valkey(doomed.url)
        load = Load(valkey)
        async with load.running():
            await load.progress()
            victim = _primary(doomed)
            doomed.running[victim].kill()
            await asyncio.sleep(0.5)  # its last replies may still be on their way
            await load.progress()
            doomed.running[victim].start()
            await load.progress()
        await valkey.close()

    async def test_the_channel_follows_a_failover(self, doomed: ValkeyCluster):
        await eventually(lambda: _covered(doomed))
        valkey = Valkey(doomed.url)
        victim = doomed.running[_primary(doomed)]
        await hears_again(valkey, victim.kill)
        victim.start()
        await valkey.close()

    async def test_a_cluster_away_from_the_start_is_unavailable_not_a_hang(self):
        ports = free_ports(2)
        valkey = Valkey("valkey+cluster://" + ",".join(f"127.0.0.1:{port}" for port in ports))
        results = await asyncio.wait_for(
            asyncio.gather(*(valkey.call("GET", key) for key in KEYS), return_exceptions=True), 30
        )
        assert {type(each) for each in results} == {ValkeyUnavailable}
        await valkey.close()


def _from_and_to(cluster: ValkeyCluster, key: str) -> tuple[ValkeyServer, ValkeyServer]:
    """The primary that has a key's slot, and another."""
    primaries = [node for node in cluster.nodes if node.call("ROLE")[0] == b"master"]
    (here,) = [node for node in primaries if _owns(node, slot_of(key))]
    return here, next(node for node in primaries if node is not here)


def _begin_move(here: ValkeyServer, there: ValkeyServer, key: str) -> None:
    """From now on `here` answers ASK for the slot."""
    slot = slot_of(key)
    there.call("CLUSTER", "SETSLOT", slot, "IMPORTING", here.call("CLUSTER", "MYID"))
    here.call("CLUSTER", "SETSLOT", slot, "MIGRATING", there.call("CLUSTER", "MYID"))
    here.call("MIGRATE", "127.0.0.1", there.port, "", 0, 5000, "AUTH", PASSWORD, "KEYS", key)


def _end_move(here: ValkeyServer, there: ValkeyServer, key: str) -> None:
    """From now on `here` answers MOVED."""
    for node in (there, here):
        node.call("CLUSTER", "SETSLOT", slot_of(key), "NODE", there.call("CLUSTER", "MYID"))


def _owns(node: ValkeyServer, slot: int) -> bool:
    for line in node.call("CLUSTER", "NODES").decode().splitlines():
        words = line.split(" ")
        if "myself" in words[2] and "master" in words[2]:
            ranges = [word.split("-") for word in words[8:] if not word.startswith("[")]
            return any(int(each[0]) <= slot <= int(each[-1]) for each in ranges)
    return False


def _primary(cluster: ValkeyCluster) -> int:
    """A primary that has a living replica to take over."""
    for index, node in enumerate(cluster.nodes):
        if not cluster.running[index].alive:
            continue
        role = node.call("ROLE")
        if role[0] == b"master" and role[2]:
            return index
    raise AssertionError("no primary has a replica")


async def _covered(cluster: ValkeyCluster) -> None:
    """Every node lives, the cluster is whole, and each replica is in step with its primary."""
    for node, running in zip(cluster.nodes, cluster.running, strict=True):
        if not running.alive:
            running.start()
        try:
            role = await asyncio.to_thread(node.call, "ROLE")
            whole = b"cluster_state:ok" in await asyncio.to_thread(node.call, "CLUSTER", "INFO")
        except Exception as error:
            raise ValkeyUnavailable from error
        in_step = bool(role[2]) if role[0] == b"master" else role[3] == b"connected"
        if not (whole and in_step):
            raise ValkeyUnavailable


class TestSentinel:
    async def test_a_promoted_replica_is_found(self, tmp_path: Path):
        primary = server(tmp_path / "primary")
        replica = server(tmp_path / "replica", replicaof=f"127.0.0.1 {primary.port}")
        running = [
            each.start(tmp_path / f"{name}.log")
            for name, each in (("primary", primary), ("replica", replica))
        ]
        sentinel, url = _sentinel(tmp_path, primary)
        running.append(sentinel)
        valkey = Valkey(url)
        try:
            await eventually(lambda: valkey.call("SET", KEYS[0], "before"))
            async with asyncio.timeout(60):  # until the sentinel knows the replica
                while await valkey.call("WAIT", 1, 100) < 1 or not _sees_replica(url):
                    await asyncio.sleep(0.1)
            running[0].kill()
            await eventually(lambda: valkey.call("SET", KEYS[1], "after"))
            assert replica.call("GET", KEYS[1]) == b"after"
            assert await valkey.call("GET", KEYS[0]) == b"before"
        finally:
            await valkey.close()
            for each in running:
                each.kill()


def _sentinel(folder: Path, primary: ValkeyServer) -> tuple[Running, str]:
    (port,) = free_ports(1)
    configuration = folder / "sentinel.conf"
    configuration.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {folder}\n"
        f"sentinel monitor shop 127.0.0.1 {primary.port} 1\n"
        f"sentinel auth-pass shop {PASSWORD}\n"
        "sentinel down-after-milliseconds shop 1000\n"
        "sentinel failover-timeout shop 5000\n"
    )
    argv = (str(binary()), str(configuration), "--sentinel")
    running = Running(
        Program(name="sentinel", argv=argv, directory=folder), folder / "sentinel.log"
    )
    running.start()
    return running, f"valkey+sentinel://:{PASSWORD}@127.0.0.1:{port}/shop"


def _sees_replica(url: str) -> bool:
    import redis

    port = int(url.rpartition("/")[0].rpartition(":")[2])
    with redis.Redis(port=port) as connection:
        return bool(connection.execute_command("SENTINEL", "REPLICAS", "shop"))
