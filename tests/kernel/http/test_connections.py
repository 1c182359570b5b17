"""Connections of the hot lane: order, ends, bounds, and files to readers of every sort."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.kernel.http import connections
from tests.kernel.http.peers import LARGE, PATIENCE_SECONDS, House, Peer
from tests.served import serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "large").write_bytes(LARGE)
    house = House(tmp_path)
    async with serving(house.front()) as house.url:
        yield house
        house.released.set()


async def test_answers_come_in_the_order_of_the_questions(house: House) -> None:
    peer = await Peer.of(house)
    good = "Authorization: Bearer good"
    peer.ask("/hot?wait=1")
    peer.ask("/early", good)
    peer.ask("/plain")
    peer.ask("/hot", method="POST", body=b"two")
    peer.ask("/file/10")
    peer.ask("/nowhere")
    while not house.asked:
        await asyncio.sleep(0.01)
    house.released.set()
    bodies = [await peer.hear() for _ in range(6)]
    assert [body for _, _, body in bodies[:5]] == [
        b"hot ",
        b"early",
        b"plain",
        b"hot two",
        LARGE[:10],
    ]
    assert bodies[5][0] == 404


async def test_a_burst_is_answered_in_order_and_hot(house: House) -> None:
    """Who does not wait for answers gets each from the hot lane, and no faster than it reads."""
    peer, number = await Peer.of(house), 3_000
    peer.ask("/hot?wait=1")
    for each in range(number):
        peer.ask("/hot", method="POST", body=b"%d" % each)
    while not house.asked:
        await asyncio.sleep(0.01)
    house.released.set()
    assert (await peer.hear())[2] == b"hot "
    for each in range(number):
        assert (await peer.hear())[2] == b"hot %d" % each
    assert house.asked == number + 1


async def test_one_connection_serves_many(house: House) -> None:
    peer = await Peer.of(house)
    for number in range(50):
        peer.ask("/hot", method="POST", body=b"%d" % number)
        status, headers, body = await peer.hear()
        assert (status, body) == (200, b"hot %d" % number)
        assert "connection" not in headers
        assert headers["x-request-id"]


@pytest.mark.parametrize("path", ["/hot", "/early", "/file/10", "/plain"])
async def test_who_wants_to_go_is_let_go(house: House, path: str) -> None:
    for question in (
        f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        f"GET {path} HTTP/1.0\r\n\r\n",
        f"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ):
        peer = await Peer.of(house)
        peer.say(question)
        status, headers, _ = await peer.hear()
        assert status == 200
        assert headers["connection"] == "close"
        assert await peer.is_closed()


async def test_a_body_in_pieces(house: House) -> None:
    peer = await Peer.of(house)
    peer.say("POST /hot HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    await asyncio.sleep(0.05)
    assert house.asked == 0
    peer.say("2\r\nde\r\n0\r\n\r\n")
    assert (await peer.hear())[2] == b"hot abcde"


async def test_a_client_that_asks_before_it_sends(house: House) -> None:
    """`Expect` is uvicorn's, and Litestar has no such route here."""
    peer = await Peer.of(house)
    peer.say("POST /plain HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert (await peer.hear())[0] in (100, 405)


async def test_bodies_have_a_bound(house: House) -> None:
    peer = await Peer.of(house)
    peer.ask("/hot", method="POST", body=b"x" * 5_000)
    status, headers, body = await peer.hear()
    assert (status, json.loads(body)["code"]) == (413, "too_large")
    assert "connection" not in headers
    answer = await asyncio.to_thread(_say_all, house, 20_000_000)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer
    assert house.asked == 0


def _say_all(house: House, length: int) -> bytes:
    """What a client hears that listens only after it has said all."""
    port = int(house.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as peer:
        peer.sendall(b"POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length)
        peer.sendall(b"x" * length)
        return peer.recv(4_096)


async def test_who_has_said_all_still_hears_the_answer(house: House) -> None:
    peer = await Peer.of(house)
    peer.ask("/hot?wait=1")
    peer.ask("/file/large")
    peer.writer.write_eof()
    while not house.asked:
        await asyncio.sleep(0.01)
    house.released.set()
    assert (await peer.hear())[2] == b"hot "
    assert (await peer.hear())[2] == LARGE
    assert await peer.is_closed()


async def test_who_was_refused_may_not_talk_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_CHECK_SECONDS", 0.05)
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.2)
    before = _open_files()
    peer = await Peer.of(house)
    peer.say("what do you mean?\r\n\r\n")
    assert (await peer.hear())[0] == 400
    peer.say("GET /hot HTTP/1.1\r\nHost: x\r\n\r\n")
    await _until(lambda: _open_files() == before + 1)
    assert house.asked == 0
    peer.writer.transport.abort()


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("what do you mean?\r\n\r\n", 400, "malformed_request"),
        ("GET /hot HTTP/1.1\r\n\r\n", 400, "malformed_request"),
        ("GET /plain HTTP/1.1\r\n\r\n", 400, "malformed_request"),
        ("GET /hot HTTP/1.1\r\nno colon\r\n\r\n", 400, "malformed_request"),
        ("GET /hot HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, None),
        (
            "POST /hot HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
            400,
            None,
        ),
        ("GET /hot HTTP/1.1\r\nHost: x\r\nX: " + "x" * 700_000, 431, "head_too_large"),
        ("GET /" + "x" * 700_000, 431, "head_too_large"),
    ],
)
async def test_what_is_not_http_is_a_problem(
    house: House, text: str, status: int, code: str | None
) -> None:
    peer = await Peer.of(house)
    peer.say(text)
    answered, headers, body = await peer.hear()
    assert answered == status
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["code"] == (code or "malformed_request")
    assert await peer.is_closed()
    assert house.asked == 0


@pytest.mark.parametrize(
    "said",
    [
        "",
        "GET /ho",
        "GET /hot HTTP/1.1\r\nHost: x\r\n",
        "POST /hot HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc",
        "GET /hot HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /plain HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_nobody_only_holds_a_connection(
    house: House, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_CHECK_SECONDS", "IDLE_SECONDS", "HEAD_SECONDS"):
        monkeypatch.setattr(connections, name, 0.05)
    peer = await Peer.of(house)
    peer.say(said)
    if said.endswith("\r\n\r\n"):
        await peer.hear()
    assert await peer.is_closed()


async def test_who_does_not_read_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_CHECK_SECONDS", 0.05)
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.2)
    before = _open_files()
    peer = await Peer.of(house)
    for _ in range(40):
        peer.ask("/long")
    # the client's end stays open: it is the server that closes its own
    await _until(lambda: _open_files() == before + 1)
    assert house.asked < 5, "what nobody reads is not even made"
    peer.writer.transport.abort()


async def test_who_waits_for_an_answer_is_not_idle(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_CHECK_SECONDS", "IDLE_SECONDS", "HEAD_SECONDS", "STALLED_SECONDS"):
        monkeypatch.setattr(connections, name, 0.05)
    peer = await Peer.of(house)
    peer.ask("/hot?wait=1")
    await asyncio.sleep(0.4)
    house.released.set()
    assert (await peer.hear())[0] == 200


async def test_who_goes_before_the_answer_is_no_trouble(house: House) -> None:
    peer = await Peer.of(house)
    peer.ask("/hot?wait=1")
    while not house.asked:
        await asyncio.sleep(0.01)
    peer.writer.transport.abort()
    await asyncio.sleep(0.05)
    house.released.set()
    other = await Peer.of(house)
    other.ask("/hot")
    assert (await other.hear())[2] == b"hot "


class TestFiles:
    async def test_slow_readers_get_all_of_it(self, house: House) -> None:
        peer = await Peer.of(house)
        for _ in range(2):
            peer.ask("/file/large")
            await asyncio.sleep(0.2)
            assert (await peer.hear())[2] == LARGE

    async def test_many_readers_at_once(self, house: House) -> None:
        peers = [await Peer.of(house) for _ in range(8)]
        for peer in peers:
            peer.ask("/file/large")
        for _, _, body in await asyncio.gather(*(peer.hear() for peer in peers)):
            assert body == LARGE

    async def test_who_goes_leaves_nothing_open(self, house: House) -> None:
        before = _open_files()
        for _ in range(5):
            peer = await Peer.of(house)
            peer.ask("/file/large")
            await peer.reader.readexactly(1_000)
            peer.writer.transport.abort()
        await _until(lambda: _open_files() <= before)

    async def test_who_takes_nothing_is_given_up(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "_CHECK_SECONDS", 0.05)
        monkeypatch.setattr(connections, "STALLED_SECONDS", 0.2)
        before = _open_files()
        peer = await Peer.of(house)
        peer.ask("/file/large")
        # the client's end stays open: it is the server that closes its two, and the file
        await _until(lambda: _open_files() == before + 1)
        peer.writer.transport.abort()

    async def test_a_file_that_is_gone_is_not_found(self, house: House) -> None:
        peer = await Peer.of(house)
        peer.ask("/file/none")
        status, _, body = await peer.hear()
        assert (status, json.loads(body)["code"]) == (404, "not_found")

    async def test_a_file_shorter_than_said_ends_the_connection(self, house: House) -> None:
        peer = await Peer.of(house)
        peer.ask(f"/file/{len(LARGE) + 1}")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await peer.hear()


async def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
