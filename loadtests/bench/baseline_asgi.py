"""The baseline of `cached_read`: an ASGI callable, one pipelined Valkey call, ready bytes.

Nothing is left out that such a callable needs and nothing is added: calls of the same turn of the
event loop share one write, replies are parsed by hiredis, the body is the very page that the feed
answers, read at the start from the file named in BENCH_BODY. BENCH_VALKEY is "host port password".
"""

import asyncio
import os
from collections import deque
from pathlib import Path
from typing import Any, cast

from hiredis import Reader

from loadtests.bench.raw import pack

BODY = Path(os.environ.get("BENCH_BODY", os.devnull)).read_bytes()
_GET = pack(("GET", "bench:version"))
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(BODY)).encode()),
]


class Pipe(asyncio.Protocol):
    """A connection whose calls of one turn leave together."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = Reader()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._queue: list[bytes] = []
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's
        self._transport = cast("asyncio.WriteTransport", transport)

    def call(self, packed: bytes) -> "asyncio.Future[Any]":
        """Send a packed command with the next write."""
        future = self._loop.create_future()
        self._waiting.append(future)
        if not self._queue:
            self._loop.call_soon(self._flush)
        self._queue.append(packed)
        return future

    def _flush(self) -> None:
        assert self._transport is not None
        self._transport.write(b"".join(self._queue))
        self._queue.clear()

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(reply)


_pipes: list[Pipe] = []


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer the page after one look at its version."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    await _pipes[0].call(_GET)
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": BODY, "more_body": False})


async def _lifespan(receive: Any, send: Any) -> None:
    await receive()
    host, port, password = os.environ["BENCH_VALKEY"].split()
    _, pipe = await asyncio.get_running_loop().create_connection(Pipe, host, int(port))
    await pipe.call(pack(("AUTH", password)))
    await pipe.call(pack(("SET", "bench:version", "1")))
    _pipes.append(pipe)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
