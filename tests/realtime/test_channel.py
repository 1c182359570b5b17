"""What one process says every process hears, in order, and knows when it may have missed some."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from app.kernel.valkey.client import Valkey
from app.realtime.channel import SHARDS, TOPIC_BYTES_MAX, Channel, shard_of

TOPICS = [f"post:{n}" for n in range(60)]


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.messages: dict[str, list[bytes]] = defaultdict(list)
        self.gaps = 0

    def on_message(self, topic: str, payload: bytes) -> None:
        self.messages[topic].append(payload)

    def on_gap(self) -> None:
        self.gaps += 1

    @property
    def count(self) -> int:
        return sum(map(len, self.messages.values()))


@asynccontextmanager
async def process(valkey: Valkey) -> AsyncGenerator[tuple[Channel, Heard]]:
    """A process that hears all channels."""
    channel, heard = Channel(valkey), Heard()
    channel.listen(heard.on_message, heard.on_gap)
    async with channel.listening():
        async with asyncio.timeout(10):
            await channel.wait_whole()
        yield channel, heard


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def connections(valkey: Valkey) -> int:
    """Listening connections, as the servers count them."""
    lists = await valkey.everywhere("CLIENT", "LIST", "TYPE", "pubsub")
    return sum(len(each.splitlines()) for each in lists)


class TestChannel:
    def test_topics_use_every_shard_and_stay_there(self):
        assert {shard_of(f"shopper:{n}") for n in range(500)} == set(range(SHARDS))
        assert [shard_of(topic) for topic in ("post:1", "shopper:7", "brand:3")] == [3, 11, 6]

    async def test_every_process_hears_each_topic_in_order(self, valkey: Valkey):
        async with process(valkey) as (one, first), process(valkey) as (_, second):
            said = [bytes([n]) for n in range(20)]
            for each in said:
                await asyncio.gather(*(one.publish(topic, each) for topic in TOPICS))
            await until(lambda: first.count == second.count == 20 * len(TOPICS))
            for heard in (first, second):
                assert set(heard.messages) == set(TOPICS)
                assert all(told == said for told in heard.messages.values())
                assert heard.gaps == 0

    async def test_any_bytes_and_topics_pass(self, valkey: Valkey):
        topic = "专题:" + "x" * (TOPIC_BYTES_MAX - 7)
        async with process(valkey) as (channel, heard):
            await channel.publish(topic, b"\x00\xff\r\n" * 50_000)
            await channel.publish(topic, b"")
            await until(lambda: heard.count == 2)
            assert heard.messages[topic] == [b"\x00\xff\r\n" * 50_000, b""]
            with pytest.raises(ValueError, match="too long"):
                await channel.publish(topic + "x", b"")

    async def test_publishing_needs_no_listening(self, valkey: Valkey):
        async with process(valkey) as (_, heard):
            await Channel(valkey).publish("post:1", b"hello")
            await until(lambda: heard.count == 1)

    async def test_a_failing_listener_stops_nobody(self, valkey: Valkey):
        async with process(valkey) as (channel, heard):

            def broken(topic: str, payload: bytes) -> None:
                raise RuntimeError("broken")

            channel.listen(broken, lambda: None)
            channel.listen(heard.on_message, heard.on_gap)
            await channel.publish("post:1", b"x")
            await until(lambda: heard.count == 2)

    async def test_nothing_leaks(self, valkey: Valkey):
        await valkey.ping()
        tasks = len(asyncio.all_tasks())
        for _ in range(5):
            async with process(valkey) as (channel, heard):
                await channel.publish("post:1", b"x")
                await until(lambda heard=heard: heard.count == 1)
        assert len(asyncio.all_tasks()) <= tasks
        async with asyncio.timeout(5):
            while await connections(valkey):
                await asyncio.sleep(0.05)

    async def test_a_lost_connection_is_a_gap_and_heals(self, valkey: Valkey):
        async with process(valkey) as (channel, heard):
            await valkey.everywhere("CLIENT", "KILL", "TYPE", "pubsub")
            await until(lambda: heard.gaps > 0)
            async with asyncio.timeout(10):
                await channel.wait_whole()
            await asyncio.gather(*(channel.publish(topic, b"x") for topic in TOPICS))
            await until(lambda: heard.count == len(TOPICS))
            assert await connections(valkey) <= SHARDS

    async def test_a_server_away_at_the_start_is_found_later(self, valkey: Valkey):
        await valkey.everywhere("CONFIG", "SET", "maxclients", 1)
        try:
            channel, heard = Channel(valkey), Heard()
            channel.listen(heard.on_message, heard.on_gap)
            async with channel.listening():
                await asyncio.sleep(0.3)
                await valkey.everywhere("CONFIG", "SET", "maxclients", 10_000)
                async with asyncio.timeout(10):
                    await channel.wait_whole()
                await channel.publish("post:1", b"x")
                await until(lambda: heard.count == 1)
                assert heard.gaps == 0
        finally:
            await valkey.everywhere("CONFIG", "SET", "maxclients", 10_000)
