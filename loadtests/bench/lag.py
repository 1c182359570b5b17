"""How far behind the rows are at a steady rate of grabs.

Arrivals are open: a grab is sent when its moment comes, whether or not earlier ones were answered.
The lag is the age of the oldest decision that waits, looked at ten times a second from outside, so
it is never less than what any decision of that moment will have waited.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from loadtests.bench.harness import Row
from loadtests.bench.raw import Raw
from loadtests.bench.stage import Stage

RATE = 3_000
SECONDS = 60
_SHARES = 60_000
_CONNECTIONS = 64
_TICK_SECONDS = 0.005
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 30.0
_GOOD = b"HTTP/1.1 200 "


class _Line(asyncio.Protocol):
    """A connection that counts its answers."""

    def __init__(self) -> None:
        self.good = 0
        self.answered = 0
        self.transport: Any = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        seen = self._rest + data  # a head may come in two pieces
        self.good += seen.count(_GOOD)
        self.answered += seen.count(_GOOD[:9]) - self._rest.count(_GOOD[:9])
        self._rest = seen[1 - len(_GOOD) :]


def settle_lag(on: Stage) -> Row:
    """The row of the lag. Raises RuntimeError when grabs failed."""
    packets = [on.do("packet", count=_SHARES) for _ in range(RATE * SECONDS // _SHARES)]
    requests = chain.from_iterable(_requests(on, packet) for packet in packets)
    with on.valkey("live") as valkey:
        lags, failed = asyncio.run(_offer(on, valkey, packets, requests))
    if failed:
        raise RuntimeError(f"{failed} of {RATE * SECONDS} grabs were not granted")
    p99 = statistics.quantiles(lags, n=100, method="inclusive")[98] * 1000
    on.do("settled")
    return Row("settle_lag_p99_ms", round(p99, 1), "ms", None, None, "< 1000 ms", p99 < 1000)


def _requests(on: Stage, packet: Any) -> Iterator[bytes]:
    host = urlsplit(str(on.facts["web"])).netloc
    with Path(on.facts["tokens"]).open() as tokens, Path(packet["tickets"]).open() as tickets:
        for token, ticket in zip(tokens, tickets, strict=True):
            body = f'{{"ticket":"{ticket.strip()}"}}'
            yield (
                f"POST /v1/packets/{packet['packet']}/grab HTTP/1.1\r\nHost: {host}\r\n"
                f"Authorization: Bearer {token.strip()}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()


async def _offer(
    on: Stage, valkey: Raw, packets: list[Any], requests: Iterator[bytes]
) -> tuple[list[float], int]:
    """Send them at their moments. Returns the lags seen, in seconds, and how many failed."""
    web = urlsplit(str(on.facts["web"]))
    loop = asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(_Line, str(web.hostname), int(web.port or 80)))[1]
        for _ in range(_CONNECTIONS)
    ]
    streams = [f"{{b{packet['bucket']}}}:settle" for packet in packets]
    looking = asyncio.create_task(asyncio.to_thread(_look, valkey, streams))
    begun, sent = loop.time(), 0
    while sent < RATE * SECONDS:
        due = min(RATE * SECONDS, int((loop.time() - begun) * RATE))
        for number in range(sent, due):
            lines[number % _CONNECTIONS].transport.write(next(requests))
        sent = max(sent, due)
        await asyncio.sleep(_TICK_SECONDS)
    lags = await looking
    deadline = loop.time() + _PATIENCE_SECONDS
    while sum(line.answered for line in lines) < sent and loop.time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(_TICK_SECONDS)
    for line in lines:
        line.transport.close()
    return lags, sent - sum(line.good for line in lines)


def _look(valkey: Raw, streams: list[str]) -> list[float]:
    """The age of the oldest decision that waits, again and again."""
    lags: list[float] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        oldest = valkey.pipeline(("XRANGE", stream, "-", "+", "COUNT", 1) for stream in streams)
        now_ms = time.time() * 1000
        ages = [now_ms - int(entries[0][1][5]) for entries in oldest if entries]
        lags.append(max([0.0, *ages]) / 1000)
        time.sleep(_LOOK_SECONDS)
    return lags
