"""The live channel as clients meet it: real web processes, real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.composition import Composed
from app.kernel.settings import Settings
from app.realtime.interfaces import PACKET_OVER
from tests.factories.town import Resident, Town
from tests.realtime.web import Ear, WebProcess
from tests.servers import Servers

PACKET = 4_000_000_000_007


@pytest.fixture
def web(settings: Settings, servers: Servers) -> Iterator[tuple[WebProcess, WebProcess]]:
    """Two web processes."""
    both = [WebProcess(settings, servers.folder / f"web-{n}.log") for n in range(2)]
    try:
        for process in both:
            process.wait_until_ready()
        yield both[0], both[1]
    finally:
        for process in both:
            process.terminate()
        for process in both:
            process.stop()


@pytest.fixture(autouse=True)
async def background(composed: Composed, town: Town) -> AsyncIterator[None]:
    """What turns in the background of a worker: it tells of new figures."""
    async with AsyncExitStack() as stack:
        for wiring in composed.wirings:
            for part in wiring.worker_lifespan:
                await stack.enter_async_context(part())
        yield


@asynccontextmanager
async def listening(process: WebProcess, who: Resident, **hello: Any) -> AsyncIterator[Ear]:
    async with process.connect() as socket:
        ear = Ear(socket)
        ear.welcome = await ear.hello(who, **hello)
        yield ear


async def happened(town: Town) -> None:
    await town.settle()
    await town.run_jobs()


async def head_of(town: Town, who: Resident) -> str:
    return (await town.good("GET", "/v1/feed", who))["head"]


class TestSockets:
    async def test_a_day(self, town: Town, web: tuple[WebProcess, WebProcess]):
        """One test, because two processes take seconds to start: everything a client hears."""
        author, reader = await town.shopper(), await town.shopper()
        await town.follow(reader, author.id)
        post_id = await town.post_id(author)
        await happened(town)
        head = await head_of(town, reader)
        async with (
            listening(web[0], reader, head=head) as one,
            listening(web[1], reader, head=head) as two,
            listening(web[1], author) as publisher,
        ):
            await self._new_posts(town, author, reader, one, two)
            await self._figures(town, reader, post_id, one, two)
            await self._notifications(town, reader, post_id, publisher)
            await self._gone(town, author, post_id, one)
            await self._followers_change(town, author, reader, one)
        await self._replay(town, author, reader, web)

    async def _new_posts(self, town: Town, author: Resident, reader: Resident, *ears: Ear) -> None:
        for number in (1, 2):
            await town.post_id(author)
            await happened(town)
            for ear in ears:
                assert (await ear.hear("feed.new"))["count"] == number
        head = await head_of(town, reader)
        for ear in ears:
            await ear.say(type="seen", head=head)
            assert await ear.heard_until_pong() == []
        await town.post_id(author)
        await happened(town)
        for ear in ears:
            assert (await ear.hear("feed.new"))["count"] == 1

    async def _figures(self, town: Town, reader: Resident, post_id: int, *ears: Ear) -> None:
        for ear in ears:
            await ear.say(type="watch", postIds=[str(post_id), str(PACKET)])
            await ear.heard_until_pong()
        for packet_id in (PACKET + 1, PACKET):
            await town.house.changes.append(PACKET_OVER, packet_id, b"sold_out")
        for ear in ears:
            over = await ear.hear("packet.over")
            assert (over["packetId"], over["status"]) == (str(PACKET), "sold_out")
            # who begins to look hears of it as well
            await ear.say(type="watch", postIds=[str(post_id), str(PACKET + 1)])
            assert (await ear.hear("packet.over"))["packetId"] == str(PACKET + 1)
        await town.good("PUT", f"/v1/posts/{post_id}/like", reader)
        await town.settle()
        for ear in ears:
            message = await ear.hear("post.counts")
            assert message["postId"] == str(post_id)
            assert message["counts"]["likes"] == 1

    async def _notifications(
        self, town: Town, reader: Resident, post_id: int, publisher: Ear
    ) -> None:
        path = f"/v1/posts/{post_id}/comments"
        await town.good("POST", path, reader, json={"text": "你好"})
        await happened(town)
        kinds: dict[str, Any] = {}
        while "comment" not in kinds:
            message = await publisher.hear("notification")
            kinds[message["item"]["kind"]] = message
        assert kinds["comment"]["item"]["excerpt"] == "你好"
        assert kinds["comment"]["unread"] == publisher.welcome["unread"] + len(kinds)

    async def _gone(self, town: Town, author: Resident, post_id: int, ear: Ear) -> None:
        await town.good("POST", f"/v1/posts/{post_id}/withdraw", author)
        assert (await ear.hear("post.gone"))["postId"] == str(post_id)

    async def _followers_change(
        self, town: Town, author: Resident, reader: Resident, ear: Ear
    ) -> None:
        other = await town.shopper()
        await town.good("DELETE", f"/v1/accounts/{author.id}/follow", reader)
        await town.follow(reader, other.id)
        await happened(town)
        # what was new by the account that is not followed any more does not count
        assert (await ear.hear("feed.new"))["count"] == 0
        await town.post_id(author)
        await town.post_id(other)
        await happened(town)
        assert (await ear.hear("feed.new"))["count"] == 1

    async def _replay(
        self,
        town: Town,
        author: Resident,
        reader: Resident,
        web: tuple[WebProcess, WebProcess],
    ) -> None:
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        async with listening(web[0], author) as ear:
            await town.good("POST", path, reader, json={"text": "heard"})
            await happened(town)
            last = (await ear.hear("notification"))["id"]
        missed = ["first missed", "second missed"]
        for text in missed:
            await town.good("POST", path, reader, json={"text": text})
            await happened(town)
        async with listening(web[1], author, lastEventId=last) as ear:
            again = [(await ear.hear("notification"))["item"]["excerpt"] for _ in missed]
            assert again == missed
            assert await ear.heard_until_pong() == []
        async with listening(web[1], author, lastEventId="nonsense") as ear:
            assert ear.welcome["unread"] >= 3
            assert await ear.heard_until_pong() == []


class TestLeaving:
    async def test_doors_close(self, town: Town, web: tuple[WebProcess, WebProcess]):
        """One test, because two processes take seconds to start: every way a socket ends."""
        await self._without_good_token(town, web[0])
        await self._bad_messages(town, web[0])
        await self._too_many(town, web[0])
        await self._signed_out(town, web)
        await self._renewed(town, web[0])
        await self._drained(town, web[0])

    async def _without_good_token(self, town: Town, process: WebProcess) -> None:
        shop = await town.shop()
        key = await town.key(shop, live=True)
        for token in ("nonsense", key.headers["authorization"].removeprefix("Bearer ")):
            async with process.connect() as socket:
                await Ear(socket).say(type="hello", accessToken=token)
                assert await Ear(socket).closed() == 4401

    async def _bad_messages(self, town: Town, process: WebProcess) -> None:
        someone = await town.shopper()
        for text in ("{", "[]", '{"type":"sing"}', '{"type":"ping"}', "x" * 9000):
            async with process.connect() as socket:
                await socket.send(text)
                assert await Ear(socket).closed() == 1008
        for message in (
            {"type": "watch", "postIds": ["1"] * 51},
            {"type": "watch", "postIds": [1]},
            {"type": "seen", "head": "nonsense"},
            {"type": "hello", "accessToken": "x"},
        ):
            async with listening(process, someone) as ear:
                await ear.say(**message)
                assert await ear.closed() == 1008
        async with listening(process, someone) as ear:
            for _ in range(200):
                await ear.say(type="ping")
            assert await ear.closed() == 4429

    async def _too_many(self, town: Town, process: WebProcess) -> None:
        someone = await town.shopper()
        sockets = [await process.connect() for _ in range(11)]
        try:
            for socket in sockets[:10]:
                await Ear(socket).hello(someone)
            token = someone.headers["authorization"].removeprefix("Bearer ")
            await Ear(sockets[10]).say(type="hello", accessToken=token)
            assert await Ear(sockets[10]).closed() == 4429
        finally:
            for socket in sockets:
                await socket.close()

    async def _signed_out(self, town: Town, web: tuple[WebProcess, WebProcess]) -> None:
        someone, other = await town.shopper(), await town.shopper()
        async with (
            listening(web[0], someone) as one,
            listening(web[1], someone) as two,
            listening(web[1], other) as stays,
        ):
            assert (
                await town.ask("DELETE", "/v1/auth/sessions/current", someone)
            ).status_code == 204
            for ear in (one, two):
                await ear.hear("session.revoked")
                assert await ear.closed() == 4401
            assert await stays.heard_until_pong() == []
        async with web[0].connect() as socket:
            token = someone.headers["authorization"].removeprefix("Bearer ")
            await Ear(socket).say(type="hello", accessToken=token)
            assert await Ear(socket).closed() == 4401

    async def _renewed(self, town: Town, process: WebProcess) -> None:
        someone, other = await town.shopper(), await town.shopper()
        own = someone.headers["authorization"].removeprefix("Bearer ")
        others = other.headers["authorization"].removeprefix("Bearer ")
        async with listening(process, someone) as ear:
            await ear.say(type="token", accessToken=own)
            assert await ear.heard_until_pong() == []
            await ear.say(type="token", accessToken=others)
            assert await ear.closed() == 4401

    async def _drained(self, town: Town, process: WebProcess) -> None:
        someone = await town.shopper()
        async with listening(process, someone) as ear:
            events = asyncio.create_task(read_stream(process, someone))
            await asyncio.sleep(1)
            process.terminate()
            assert await ear.closed() == 1012
            assert '"welcome"' in await events
        process.stop()


async def read_stream(process: WebProcess, who: Resident) -> str:
    """All of an event stream, until the server ends it."""
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.get(f"{process.url}/v1/realtime/events", headers=who.headers)
        assert answer.status_code == 200, answer.text
        return answer.text


class TestStream:
    async def test_the_same_over_an_event_stream(
        self, town: Town, settings: Settings, servers: Servers
    ):
        process = WebProcess(settings, servers.folder / "web-stream.log")
        author, reader = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        try:
            process.wait_until_ready()
            async with opened(process, author, postIds=str(post_id)) as events:
                assert (await events("welcome"))[1]["unread"] == 0
                await town.good("PUT", f"/v1/posts/{post_id}/like", reader)
                await town.settle()
                assert (await events("post.counts"))[1]["counts"]["likes"] == 1
                await town.good("POST", path, reader, json={"text": "one"})
                await happened(town)
                last = None
                while last is None or last[1]["item"]["kind"] != "comment":
                    last = await events("notification")
                assert last[0] == last[1]["id"]
            await town.good("POST", path, reader, json={"text": "two"})
            await happened(town)
            async with opened(process, author, last_event_id=last[0]) as events:
                assert (await events("notification"))[1]["item"]["excerpt"] == "two"
            await self._left(process, author)
            await self._refused(process, author)
        finally:
            process.stop()

    async def _left(self, process: WebProcess, who: Resident) -> None:
        """Streams that clients left make room: a shopper has ten."""
        for _ in range(15):
            async with asyncio.timeout(40):
                while True:
                    try:
                        async with opened(process, who) as events:
                            await events("welcome")
                        break
                    except AssertionError:
                        await asyncio.sleep(0.2)

    async def _refused(self, process: WebProcess, who: Resident) -> None:
        url = f"{process.url}/v1/realtime/events"
        async with httpx.AsyncClient() as client:
            assert (await client.get(url)).status_code == 401
            for query in (
                "postIds=x",
                "postIds=" + ",".join("1" * n for n in range(1, 30)),
                "head=x",
            ):
                answer = await client.get(f"{url}?{query}", headers=who.headers)
                assert answer.status_code == 400, (query, answer.text)


@asynccontextmanager
async def opened(
    process: WebProcess, who: Resident, last_event_id: str | None = None, **query: str
) -> AsyncIterator[Any]:
    """An event stream; call what it gives with a type for the next such (id, message)."""
    headers = dict(who.headers) | ({"last-event-id": last_event_id} if last_event_id else {})
    url = f"{process.url}/v1/realtime/events"
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("GET", url, params=query, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        lines = answer.aiter_lines()

        async def next_of(kind: str) -> tuple[str | None, dict[str, Any]]:
            event_id: str | None = None
            async with asyncio.timeout(20):
                async for line in lines:
                    if line.startswith("id: "):
                        event_id = line.removeprefix("id: ")
                    elif line.startswith("data: "):
                        message = json.loads(line.removeprefix("data: "))
                        if message["type"] == kind:
                            return event_id, message
                        event_id = None
            raise AssertionError("the stream ended")

        yield next_of


class TestExpiry:
    async def test_a_socket_ends_with_its_token(
        self, town: Town, settings: Settings, servers: Servers
    ):
        process = WebProcess(settings, servers.folder / "web-expiry.log")
        try:
            process.wait_until_ready()
            town.house.clock.shift(timedelta(seconds=4 - settings.access_token_seconds))
            short = await town.shopper()
            async with listening(process, short) as ear:
                assert await ear.closed() == 4401
        finally:
            process.stop()
