"""What happened, told to every process at once: sharded pub/sub over sixteen channels.

A topic always travels on the same channel, so its messages stay in order. Every process hears all
channels and routes to its own sockets. Nothing is kept: after a lost connection `on_gap` tells the
holders of state to read it again.

redis-py's own listeners were left aside: on a cluster its `get_sharded_message` polls node by
node, and Litestar's channels fail there. One small protocol does the same on a server, behind
sentinels and on a cluster: a connection a node, for the channels that live there.
"""

import asyncio
import random
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import structlog
from hiredis import HiredisError, Reader, ReplyError

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.pipeline import Address, Arg, pack

log: structlog.stdlib.BoundLogger = structlog.get_logger("channel")

SHARDS = 16
TOPIC_BYTES_MAX = 255
_NAMES = tuple(bucket_key(shard * BUCKETS // SHARDS, "channel", shard) for shard in range(SHARDS))
_CONNECT_SECONDS = 2.0
_PING_SECONDS = 5.0
_RETRY_SECONDS_MAX = 1.0

OnMessage = Callable[[str, bytes], None]
OnGap = Callable[[], None]


def shard_of(topic: str) -> int:
    """The channel a topic travels on; the same in every process and release."""
    return zlib.crc32(topic.encode()) % SHARDS


class Channel:
    """One process's mouth and ears. `publish` works at any time, `listening` for its context."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._listeners: list[tuple[OnMessage, OnGap]] = []
        self._ears: dict[Address, _Ear] = {}
        self._heard: set[str] = set()
        self._whole = asyncio.Event()

    def listen(self, on_message: OnMessage, on_gap: OnGap) -> None:
        """Call `on_message(topic, payload)` for every message of every process, ours included, and
        `on_gap()` when some may have been missed. Both are plain functions and quick."""
        self._listeners.append((on_message, on_gap))

    async def publish(self, topic: str, payload: bytes) -> None:
        """Tell every process that listens now. Raises `ValkeyUnavailable`, and ValueError for a
        topic of more than 255 bytes."""
        name = topic.encode()
        if len(name) > TOPIC_BYTES_MAX:
            raise ValueError("the topic is too long")
        message = bytes((len(name),)) + name + payload
        await self._valkey.call("SPUBLISH", _NAMES[shard_of(topic)], message)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Hear messages for as long as the context lasts; lost servers are found again."""
        keeper = asyncio.create_task(self._keep_listening())
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            ears, self._ears = list(self._ears.values()), {}
            for ear in ears:
                ear.close()
            await asyncio.gather(*(ear.lost for ear in ears))
            self._heard.clear()
            self._whole.clear()

    async def wait_whole(self) -> None:
        """Return when all channels are heard."""
        await self._whole.wait()

    async def _keep_listening(self) -> None:
        attempts = 0
        while True:
            try:
                await self._match(await self._places())
            except Exception as error:
                log.warning("channel_not_heard", error=repr(error))
                pause = min(_RETRY_SECONDS_MAX, 0.02 * 2**attempts)
                attempts = min(attempts + 1, 10)
            else:
                attempts, pause = 0, 0.02
                self._whole.set()
                await self._until_lost()
                self._whole.clear()
            await asyncio.sleep(random.uniform(0, pause))

    async def _places(self) -> dict[Address, frozenset[str]]:
        """Where each channel lives now."""
        addresses = await asyncio.gather(*(self._valkey.address_of(name) for name in _NAMES))
        places: dict[Address, set[str]] = {}
        for address, name in zip(addresses, _NAMES, strict=True):
            places.setdefault(address, set()).add(name)
        return {address: frozenset(names) for address, names in places.items()}

    async def _match(self, places: dict[Address, frozenset[str]]) -> None:
        """Make the ears fit the places; those that fit already go on hearing. Raises when a server
        cannot be reached, after trying them all."""
        for address, ear in list(self._ears.items()):
            if ear.lost.done() or places.get(address) != ear.names:
                ear.close()
                del self._ears[address]
        missing = [address for address in places if address not in self._ears]
        opening = (self._open(address, places[address]) for address in missing)
        results = await asyncio.gather(*opening, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _open(self, address: Address, names: frozenset[str]) -> None:
        ear = _Ear(names, self._told)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await loop.create_connection(lambda: ear, *address)
                ear.say(*self._valkey.login_commands, *(("SSUBSCRIBE", name) for name in names))
                await ear.ready
        except BaseException:
            ear.close()
            raise
        self._ears[address] = ear
        missed = bool(self._heard & names)
        self._heard |= names
        if missed:
            for _, on_gap in self._listeners:
                on_gap()

    async def _until_lost(self) -> None:
        """Return when a connection is lost, or a server has not answered a ping for a while."""
        while True:
            for ear in self._ears.values():
                ear.ping()
            lost = [ear.lost for ear in self._ears.values()]
            done, _ = await asyncio.wait(
                lost, timeout=_PING_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            silent = [ear for ear in self._ears.values() if ear.silent]
            for ear in silent:
                ear.close()
            if done or silent:
                return

    def _told(self, message: bytes) -> None:
        end = 1 + message[0]
        topic, payload = message[1:end].decode(), message[end:]
        for on_message, _ in self._listeners:
            try:
                on_message(topic, payload)
            except Exception:
                log.exception("listener_failed", topic=topic)


class _Ear(asyncio.Protocol):
    """A connection that hears some of the channels."""

    def __init__(self, names: frozenset[str], told: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.names = names
        self.ready: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self.silent = False
        self._awaited = {name.encode() for name in names}
        self._told = told
        self._reader = Reader(notEnoughData=Ellipsis)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.Transport", transport)

    def say(self, *commands: tuple[Arg, ...]) -> None:
        """Send commands; answers are sorted out as they come."""
        if self._transport is not None:
            self._transport.write(b"".join(pack(command) for command in commands))

    def ping(self) -> None:
        """Count as silent until something is heard."""
        self.silent = True
        self.say(("PING",))

    def close(self) -> None:
        """Drop the connection."""
        if self._transport is not None:
            self._transport.abort()
        elif not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        self.silent = False
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not ...:
                self._hear(reply)
        except (HiredisError, UnicodeDecodeError, IndexError) as error:
            self._give_up(error)

    def _hear(self, reply: Any) -> None:
        match reply:
            case [b"smessage", _, message]:
                self._told(message)
            case [b"ssubscribe", name, _]:
                self._awaited.discard(name)
                if not self._awaited and not self.ready.done():
                    self.ready.set_result(None)
            case [b"sunsubscribe", _, _]:
                self._give_up(ConnectionError("the channel moved to another server"))
            case ReplyError():
                self._give_up(ConnectionError(str(reply)))
            case _:
                pass  # OK of AUTH, PONG

    def _give_up(self, error: Exception) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)
        self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the server closed the connection"))
            self.ready.exception()  # nobody may be waiting any more
        if not self.lost.done():
            self.lost.set_result(None)
