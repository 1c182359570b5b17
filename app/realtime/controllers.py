"""The two ways to be connected: a WebSocket, and a stream of server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec
import structlog
from litestar import Request, WebSocket, get, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from app.kernel.actors import Actor, Authenticator
from app.kernel.errors import AppError, Forbidden, Invalid, TooMany, Unauthorized
from app.kernel.metrics import Metrics
from app.kernel.structs import ID_MAX
from app.realtime.hub import Hub
from app.realtime.line import BAD_MESSAGE, NORMAL, OVERLOADED, SIGNED_OUT, TOO_MUCH, TOO_SLOW, Line
from app.realtime.messages import (
    MESSAGE_BYTES_MAX,
    PONG,
    WATCHED_MAX,
    Hello,
    Ping,
    Seen,
    Token,
    Watch,
    read_message,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger("realtime")

HELLO_SECONDS = 10.0
SEND_SECONDS = 10.0
"""How long one message may take to leave; a client that does not read for so long is closed."""
CLOSE_SECONDS = 2.0
MESSAGES_MAX, MESSAGES_SECONDS = 60, 10.0
HEARTBEAT_SECONDS = 15.0

_Socket = WebSocket[Any, Any, Any]


class Door:
    """Lets clients in: who they are, and until when."""

    def __init__(self, hub: Hub, authenticator: Authenticator) -> None:
        self.hub = hub
        self._authenticator = authenticator

    async def line_for(self, token: str) -> Line:
        """A line for the owner of an access token. Raises Unauthorized, and Forbidden for keys."""
        header = f"Bearer {token}"
        actor = await self._authenticator.authenticate(header)
        return self.line_of(actor, header)

    def line_of(self, actor: Actor, header: str) -> Line:
        """A line for an actor who was authenticated by this header."""
        expires_seconds = self._authenticator.expires_seconds(header)
        if actor.shopper_id is None or expires_seconds is None:
            raise Forbidden("API keys cannot listen; it takes a person")
        return Line(actor, actor.shopper_id, expires_seconds)

    async def renew(self, line: Line, token: str) -> None:
        """Listen on with another token of the same person. Raises Unauthorized."""
        renewed = await self.line_for(token)
        if renewed.shopper_id != line.shopper_id:
            raise Unauthorized
        line.actor, line.expires_seconds = renewed.actor, renewed.expires_seconds


@websocket("/v1/realtime")
async def realtime(
    socket: _Socket, realtime_door: NamedDependency[Door], metrics: NamedDependency[Metrics]
) -> None:
    """The live channel, see `messages`. Closes with 4401 when the sign-in ends."""
    await socket.accept()
    try:
        hello = await asyncio.wait_for(_receive(socket), HELLO_SECONDS)
        if not isinstance(hello, Hello):
            raise Invalid("Say hello first")
        line = await realtime_door.line_for(hello.access_token)
    except TimeoutError:
        await _close(socket, TOO_SLOW)
        return
    except (AppError, msgspec.DecodeError) as error:
        known = isinstance(error, Unauthorized | Forbidden)
        await _close(socket, SIGNED_OUT if known else BAD_MESSAGE)
        return
    except WebSocketDisconnect:
        return
    refused = realtime_door.hub.admit(line)
    if refused is not None:
        await _close(socket, refused)
        return
    gauge = metrics.sockets.labels("websocket")
    gauge.inc()
    try:
        await _converse(socket, realtime_door, line, hello)
    finally:
        gauge.dec()
        realtime_door.hub.leave(line)


async def _converse(socket: _Socket, door: Door, line: Line, hello: Hello) -> None:
    """Listen and talk until one of the two ends."""
    talking = asyncio.create_task(_talk(socket, line))
    listening = asyncio.create_task(_listen(socket, door, line))
    try:
        await door.hub.greet(line, hello.head, hello.last_event_id)
    except AppError as error:
        line.close(BAD_MESSAGE if error.status < 500 else OVERLOADED)
    try:
        await asyncio.wait((talking, listening), return_when=asyncio.FIRST_COMPLETED)
        line.close(NORMAL)
        await asyncio.wait((talking,), timeout=CLOSE_SECONDS)
    finally:
        for task in (talking, listening):
            task.cancel()
        await asyncio.gather(talking, listening, return_exceptions=True)
        await _close(socket, line.closing or NORMAL)


async def _talk(socket: _Socket, line: Line) -> None:
    """Send what the line has to say, until it is to be closed."""
    while True:
        messages = await line.next_messages()
        for outgoing in messages:
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send_data(outgoing.message, mode="text")
        if line.closing is not None:
            return


async def _listen(socket: _Socket, door: Door, line: Line) -> None:
    """Do what the client says, within its rate."""
    loop = asyncio.get_running_loop()
    allowed, since = MESSAGES_MAX, loop.time()
    while True:
        try:
            message = await _receive(socket)
        except WebSocketDisconnect:
            return
        except (Invalid, msgspec.DecodeError):
            line.close(BAD_MESSAGE)
            return
        now = line.heard_at = loop.time()
        allowed = min(MESSAGES_MAX, allowed + (now - since) * MESSAGES_MAX / MESSAGES_SECONDS) - 1
        since = now
        if allowed < 0:
            line.close(TOO_MUCH)
            return
        try:
            await _obey(door, line, message)
        except Unauthorized:
            line.close(SIGNED_OUT)
            return
        except Invalid:
            line.close(BAD_MESSAGE)
            return


async def _obey(door: Door, line: Line, message: object) -> None:
    match message:
        case Watch(post_ids=post_ids):
            door.hub.watch(line, frozenset(map(int, post_ids)))
        case Seen(head=head):
            await door.hub.show(line, head)
        case Token(access_token=token):
            await door.renew(line, token)
        case Ping():
            line.say(PONG)
        case _:
            raise Invalid("Hello is said once")


async def _receive(socket: _Socket) -> object:
    """The next message. Raises Invalid, DecodeError and WebSocketDisconnect."""
    text = await socket.receive_data(mode="text")
    if len(text) > MESSAGE_BYTES_MAX:
        raise Invalid("Too long")
    return read_message(text)


async def _close(socket: _Socket, code: int) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await socket.close(code=code)
    except Exception as error:
        log.debug("socket_gone", error=repr(error))


@get(
    "/v1/realtime/events",
    operation_id="streamEvents",
    summary="The live channel as server-sent events",
    tags=("realtime",),
    media_type="text/event-stream",
)
async def events(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    realtime_door: NamedDependency[Door],
    metrics: NamedDependency[Metrics],
    post_ids: Annotated[
        str | None,
        QueryParameter(name="postIds", max_length=1_100, description="Posts to watch, by commas"),
    ] = None,
    head: Annotated[
        str | None, QueryParameter(max_length=80, description="Where the shown feed begins")
    ] = None,
    last_event_id: Annotated[
        str | None, HeaderParameter(name="last-event-id", max_length=40)
    ] = None,
) -> Stream:
    """The same messages as over the WebSocket, one a `data:` line; notifications carry an `id:`,
    and come again from `Last-Event-ID` on. For networks that let no WebSocket through."""
    line = realtime_door.line_of(actor, request.headers["authorization"])
    watched = _posts_of(post_ids)
    if realtime_door.hub.admit(line) is not None:
        raise TooMany("Too many connections", retry_after_seconds=5)
    try:
        realtime_door.hub.watch(line, watched)
        await realtime_door.hub.greet(line, head, last_event_id)
    except BaseException:
        realtime_door.hub.leave(line)
        raise
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(_stream(realtime_door.hub, line, metrics), headers=headers)


async def _stream(hub: Hub, line: Line, metrics: Metrics) -> AsyncGenerator[bytes]:
    gauge = metrics.sockets.labels("sse")
    gauge.inc()
    loop = asyncio.get_running_loop()
    try:
        while True:
            # an answer one way only: nobody pings, so writing is how the client is found gone
            line.heard_at = loop.time()
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    messages = await line.next_messages()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            for message, event_id in messages:
                if event_id is not None:
                    yield b"id: %b\ndata: %b\n\n" % (event_id.encode(), message)
                else:
                    yield b"data: %b\n\n" % message
            if line.closing is not None:
                return
    finally:
        gauge.dec()
        hub.leave(line)


def _posts_of(text: str | None) -> frozenset[int]:
    """The ids of a list by commas. Raises Invalid."""
    parts = [part for part in (text or "").split(",") if part]
    good = [p for p in parts if p.isascii() and p.isdigit() and len(p) <= 19]
    ids = frozenset(map(int, good))
    if len(good) < len(parts) or len(ids) > WATCHED_MAX or any(id_ > ID_MAX for id_ in ids):
        raise Invalid.field("#query/postIds", f"At most {WATCHED_MAX} ids, separated by commas")
    return ids
