"""What every Valkey promises its callers, whatever stands behind the URL."""

import asyncio
from contextlib import suppress

import pytest
from msgspec.structs import replace

from app.kernel.errors import NotFound
from app.kernel.settings import Settings
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.errors import ValkeyError, ValkeyUnavailable
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.pipeline import Wire
from app.kernel.valkey.scripts import Script

KEYS = [bucket_key(bucket, "k") for bucket in range(BUCKETS)]


async def commands_run(valkey: Valkey, name: str) -> int:
    """How often the servers ran a command, by their own account."""
    total = 0
    for reply in await valkey.everywhere("INFO", "commandstats"):
        for line in reply.decode().splitlines():
            if line.startswith(f"cmdstat_{name}:calls="):
                total += int(line.split("=")[1].split(",")[0])
    return total


class TestCall:
    async def test_replies_are_plain(self, valkey: Valkey):
        assert await valkey.call("SET", KEYS[0], "x") == b"OK"
        assert await valkey.call("GET", KEYS[0]) == b"x"
        assert await valkey.call("GET", KEYS[1]) is None
        assert await valkey.call("INCRBY", KEYS[1], 5) == 5
        assert await valkey.call("HSET", KEYS[2], "a", 1, "b", 2.5) == 2
        assert await valkey.call("HGETALL", KEYS[2]) == [b"a", b"1", b"b", b"2.5"]

    async def test_every_bucket_is_reached(self, valkey: Valkey):
        await asyncio.gather(*(valkey.call("SET", key, n) for n, key in enumerate(KEYS)))
        found = await asyncio.gather(*(valkey.call("GET", key) for key in KEYS))
        assert found == [str(n).encode() for n in range(BUCKETS)]

    async def test_calls_of_one_turn_are_one_write_a_node(
        self, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
    ):
        await valkey.ping()
        await asyncio.gather(*(valkey.call("GET", key) for key in KEYS))
        writes: list[int] = []
        send = Wire.send
        monkeypatch.setattr(
            Wire, "send", lambda wire, calls: (writes.append(len(calls)), send(wire, calls))
        )
        await asyncio.gather(*(valkey.call("GET", key) for key in KEYS))
        assert sum(writes) == BUCKETS
        assert len(writes) == len(await valkey.everywhere("PING"))

    async def test_an_error_is_its_own_caller_s_alone(self, valkey: Valkey):
        await valkey.call("SET", KEYS[0], "text")
        good, bad, late = await asyncio.gather(
            valkey.call("GET", KEYS[0]),
            valkey.call("LPUSH", KEYS[0], "x"),
            valkey.call("GET", KEYS[0]),
            return_exceptions=True,
        )
        assert good == late == b"text"
        assert isinstance(bad, ValkeyError)
        assert bad.kind == "WRONGTYPE"

    async def test_what_cannot_be_sent_fails_at_the_caller(self, valkey: Valkey):
        with pytest.raises(TypeError):
            valkey.call("SET", KEYS[0], object())  # pyright: ignore[reportArgumentType]
        assert await valkey.call("GET", KEYS[0]) is None

    async def test_a_cancelled_caller_takes_nobody_along(self, valkey: Valkey):
        await valkey.call("MSET", KEYS[0], "0")
        calls = [asyncio.ensure_future(valkey.call("INCR", KEYS[0])) for _ in range(20)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        assert await asyncio.gather(*calls[1::2]) == list(range(2, 21, 2))
        assert await valkey.call("GET", KEYS[0]) == b"20"

    async def test_a_big_value_passes(self, valkey: Valkey):
        value = bytes(range(256)) * 40_000
        await asyncio.gather(*(valkey.call("SET", key, value) for key in KEYS[:4]))
        assert await asyncio.gather(*(valkey.call("GET", key) for key in KEYS[:4])) == [value] * 4

    async def test_a_full_queue_refuses_at_once(self, url: str, settings: Settings):
        valkey = Valkey(url, replace(settings, valkey_queue_max=10))
        results = await asyncio.gather(
            *(valkey.call("GET", KEYS[0]) for _ in range(50)), return_exceptions=True
        )
        assert [type(each) for each in results[:10]] == [type(None)] * 10
        assert all(isinstance(each, ValkeyUnavailable) for each in results[10:])
        assert await valkey.call("GET", KEYS[0]) is None
        await valkey.close()

    async def test_a_call_in_the_very_moment_of_a_loss_does_not_hang(
        self, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
    ):
        await asyncio.gather(*(valkey.call("GET", key) for key in KEYS))
        calls: list[asyncio.Future[object]] = []
        connection_lost = Wire.connection_lost

        def lose(wire: Wire, error: Exception | None) -> None:
            connection_lost(wire, error)
            calls.extend(valkey.call("GET", key) for key in KEYS)

        monkeypatch.setattr(Wire, "connection_lost", lose)
        with suppress(ValkeyUnavailable):
            await valkey.everywhere("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")
        async with asyncio.timeout(15):
            while not calls:
                await asyncio.sleep(0.01)
            results = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(each) for each in results} <= {type(None), ValkeyUnavailable}
        monkeypatch.undo()

    async def test_close_leaves_no_caller_hanging(self, url: str):
        valkey = Valkey(url)
        waiting = [asyncio.ensure_future(valkey.call("GET", key)) for key in KEYS]
        await asyncio.sleep(0)
        await valkey.close()
        done, pending = await asyncio.wait(waiting, timeout=5)
        assert not pending
        assert {type(each.exception()) for each in done} <= {ValkeyUnavailable, type(None)}
        with pytest.raises(ValkeyUnavailable):
            await valkey.call("GET", KEYS[0])


class TestShared:
    async def test_one_turn_asks_once(self, valkey: Valkey):
        await valkey.call("SET", KEYS[0], "x")
        before = await commands_run(valkey, "get")
        answers = await asyncio.gather(*(valkey.shared("GET", KEYS[0]) for _ in range(100)))
        assert answers == [b"x"] * 100
        assert await commands_run(valkey, "get") == before + 1

    async def test_the_next_turn_asks_again(self, valkey: Valkey):
        assert await valkey.shared("GET", KEYS[0]) is None
        await valkey.call("SET", KEYS[0], "new")
        async with asyncio.timeout(15):
            assert await valkey.shared("GET", KEYS[0]) == b"new"

    async def test_a_cancelled_sharer_takes_nobody_along(self, valkey: Valkey):
        await valkey.call("SET", KEYS[0], "x")
        calls = [asyncio.ensure_future(valkey.shared("GET", KEYS[0])) for _ in range(3)]
        calls[0].cancel()
        assert await asyncio.gather(*calls[1:]) == [b"x", b"x"]

    async def test_a_refusal_reaches_all(self, url: str, settings: Settings):
        valkey = Valkey(url, replace(settings, valkey_queue_max=1))
        first = valkey.call("GET", KEYS[1])
        calls = [valkey.shared("GET", KEYS[1]) for _ in range(3)]
        results = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 15)
        assert {type(each) for each in results} == {ValkeyUnavailable}
        assert await first is None
        await valkey.close()

    async def test_an_error_reaches_all(self, valkey: Valkey):
        await valkey.call("SET", KEYS[0], "x")
        results = await asyncio.gather(
            *(valkey.shared("LLEN", KEYS[0]) for _ in range(3)), return_exceptions=True
        )
        assert all(isinstance(each, ValkeyError) for each in results)


class TestMget:
    async def test_keeps_the_order_over_all_nodes(self, valkey: Valkey):
        keys = [bucket_key(n % 5, "k", n) for n in range(40)]
        await asyncio.gather(*(valkey.call("SET", key, n) for n, key in enumerate(keys) if n % 3))
        expected = [str(n).encode() if n % 3 else None for n in range(40)]
        assert await valkey.mget(keys) == expected
        assert await valkey.mget([*keys[::-1], keys[1]]) == [*expected[::-1], b"1"]
        assert await valkey.mget([]) == []


ECHO = Script("echo", "return {KEYS[1], ARGV[1]}")
REFUSE = Script("refuse", "return tonumber(ARGV[1])", {-10: NotFound})


class TestRun:
    async def test_an_unknown_script_is_taught_on_every_node(self, valkey: Valkey):
        for _ in range(2):
            await valkey.everywhere("SCRIPT", "FLUSH")
            replies = await asyncio.gather(*(valkey.run(ECHO, [key], ["x"]) for key in KEYS))
            assert replies == [[key.encode(), b"x"] for key in KEYS]

    async def test_a_known_script_is_sent_by_hash(self, valkey: Valkey):
        await asyncio.gather(*(valkey.run(ECHO, [key], ["x"]) for key in KEYS))
        before = await commands_run(valkey, "eval")
        await asyncio.gather(*(valkey.run(ECHO, [key], ["x"]) for key in KEYS))
        assert await commands_run(valkey, "eval") == before

    async def test_only_the_call_without_script_is_sent_again(self, valkey: Valkey):
        count = Script("count", "return redis.call('INCR', KEYS[1])")
        await valkey.everywhere("SCRIPT", "FLUSH")
        replies = await asyncio.gather(
            valkey.call("INCR", KEYS[5]), valkey.run(count, [KEYS[5]]), valkey.call("INCR", KEYS[5])
        )
        assert sorted(replies) == [1, 2, 3]

    async def test_a_refusal_is_the_declared_error(self, valkey: Valkey):
        with pytest.raises(NotFound):
            await valkey.run(REFUSE, [KEYS[0]], [-10])
        with pytest.raises(ValkeyUnavailable):
            await valkey.run(REFUSE, [KEYS[0]], [-1])
        assert await valkey.run(REFUSE, [KEYS[0]], [-2]) == -2
        assert await valkey.run(REFUSE, [KEYS[0]], [7]) == 7

    async def test_a_failing_script_is_a_defect(self, valkey: Valkey):
        with pytest.raises(ValkeyError):
            await valkey.run(Script("bad", "return redis.call('NOPE')"), [KEYS[0]])


class TestServer:
    async def test_time_and_ping(self, valkey: Valkey):
        first = await valkey.time()
        assert (await valkey.time()) >= first
        await valkey.ping()

    async def test_unsafe_settings_are_named(self, valkey: Valkey):
        previous = (await valkey.everywhere("CONFIG", "GET", "appendfsync"))[0][1]
        await valkey.everywhere("CONFIG", "SET", "appendfsync", "everysec")
        try:
            problems = await valkey.unsafe_settings()
            assert any("appendfsync everysec" in each for each in problems)
        finally:
            await valkey.everywhere("CONFIG", "SET", "appendfsync", previous)

    async def test_the_live_server_is_safe(self, servers):
        valkey = Valkey(servers.live.url)
        assert await valkey.unsafe_settings() == []
        await valkey.close()

    @pytest.mark.parametrize("url", ["http://h:1", "valkey://h", "valkey://h:x/0"])
    def test_a_wrong_url_is_refused_without_its_password(self, url: str):
        with pytest.raises(ValueError, match="Valkey") as refused:
            Valkey(url.replace("://", "://:hunter2@"))
        assert "hunter2" not in str(refused.value)
