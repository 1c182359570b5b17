"""One server's pipeline: calls of the same turn of the event loop leave as one write.

`Lane` is the queue before one server and outlives its connections; `Wire` is one connection.
redis-py was measured as the base and left for what it is best at (topology, sentinels): on two
cores a call costs 16.7 µs of CPU through its pipeline, 15.4 through its raw connection, and 2.3
through a bare protocol with hiredis, the parser redis-py itself uses.

A call ends in one of three ways: with its reply, with an error of its own, or, when the
connection is lost or overdue, with `ValkeyUnavailable`. What was sent is never sent again by us:
nobody can know whether it ran.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import hiredis
import structlog
from hiredis import HiredisError, Reader, ReplyError

from app.kernel.settings import Settings
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.promotions import Command, distrust

if TYPE_CHECKING:
    from app.kernel.valkey.scripts import Script

log: structlog.stdlib.BoundLogger = structlog.get_logger("valkey")

Arg = str | bytes | int | float
Reply = Any
"""bytes, int, None or a list of them: RESP2, so that types never depend on the server."""
Address = tuple[str, int]

pack: Callable[[tuple[Arg, ...]], bytes] = cast("Any", hiredis).pack_command
"""A command as the server reads it. Raises TypeError for what is no `Arg`."""

REDIRECTS_NONE = 1_000
"""So many redirects are behind a call that none is followed any more."""
_TICK_SECONDS = 0.25
_RETRY_SECONDS_MAX = 1.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of a lane."""

    timeout_seconds: float = 2.0
    """From the call to its reply; also for connecting."""
    patience_seconds: float = 1.0
    """How long calls wait for a lost server before they, and all new ones, fail at once."""
    queue_max: int = 20_000
    """Calls without a reply; more are refused."""
    wire: "Callable[[Lane], Wire] | None" = None
    """What makes connections, where they are of another kind."""

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The bounds an installation chose."""
        return cls(
            timeout_seconds=settings.valkey_timeout_seconds, queue_max=settings.valkey_queue_max
        )


@dataclass(frozen=True, kw_only=True)
class Login:
    """What is said first on a new connection."""

    username: str | None = None
    password: str | None = None
    database: int = 0
    remedy: tuple[Command, ...] = ()
    """What a server that was promoted is told before anything else, see `promotions`."""

    def commands(self) -> list[tuple[Arg, ...]]:
        """AUTH and SELECT where needed. PING last: a server still loading answers with an error."""
        commands: list[tuple[Arg, ...]] = []
        if self.password is not None:
            names = (self.username,) if self.username else ()
            commands.append(("AUTH", *names, self.password))
        if self.database:
            commands.append(("SELECT", self.database))
        return [*commands, ("PING",)]


class Waiter(Protocol):
    """The part of a Future that a lane uses."""

    def done(self) -> bool: ...
    def set_result(self, result: Any, /) -> None: ...
    def set_exception(self, exception: BaseException, /) -> None: ...


class Judge(Protocol):
    """Decides what a reply means where it is not simply the result."""

    def __call__(self, call: "Call", reply: Reply, lane: "Lane", /) -> None: ...


class Run(NamedTuple):
    """A script with what it was given, kept to send it whole to a server that does not know it."""

    script: "Script"
    keys: Sequence[str]
    args: Sequence[Arg]


class Call:
    """A command on its way: its bytes, who waits, and, for a script, how to judge the reply."""

    __slots__ = ("packed", "redirects", "run", "waiter")

    def __init__(self, packed: bytes, waiter: Waiter, run: Run | None = None) -> None:
        self.packed = packed
        self.waiter = waiter
        self.run = run
        self.redirects = 0

    def succeed(self, reply: Reply) -> None:
        """Give the reply, unless the caller has gone."""
        if not self.waiter.done():
            self.waiter.set_result(reply)

    def fail(self, error: BaseException) -> None:
        """Give an error, unless the caller has gone."""
        if not self.waiter.done():
            self.waiter.set_exception(error)


class Wire(asyncio.Protocol):
    """One connection: what was sent, in order, and the replies, in the same order."""

    def __init__(self, lane: "Lane") -> None:
        self.lane = lane
        self._reader = Reader(notEnoughData=Ellipsis)
        self._flight: deque[Call] = deque()
        self._transport: asyncio.Transport | None = None
        self.writable = True
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.Transport", transport)

    def send(self, calls: list[Call]) -> None:
        """Write the calls as one pipeline."""
        assert self._transport is not None
        self._flight.extend(calls)
        self._transport.write(b"".join([call.packed for call in calls]))

    def data_received(self, data: bytes) -> None:
        reader, flight, lane = self._reader, self._flight, self.lane
        answered = 0
        try:
            reader.feed(data)
            while (reply := reader.gets()) is not ...:
                call = flight.popleft()
                answered += 1
                if call.run is not None or type(reply) is ReplyError:
                    self.judge(call, reply)
                elif not call.waiter.done():
                    call.waiter.set_result(reply)
        except (HiredisError, IndexError):
            self.abort()  # not RESP, or more replies than commands: nothing after it can be trusted
        lane.answered += answered

    def judge(self, call: Call, reply: Reply) -> None:
        """Have a script's reply or an error told to its caller."""
        try:
            self.lane.judge(call, reply, self.lane)
        except Exception as error:  # whatever an answer does to us, its caller must not wait
            call.fail(error)

    def pause_writing(self) -> None:
        self.writable = False

    def resume_writing(self) -> None:
        self.writable = True
        self.lane.flush()

    def abort(self) -> None:
        """Drop the connection now; what is in flight fails."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lane.leave(self)
        lost, self._flight = self._flight, deque()
        self.lane.answered += len(lost)
        for call in lost:
            call.fail(ValkeyUnavailable())
        if not self.lost.done():
            self.lost.set_result(None)


class Lane:
    """The bounded queue before one server, and the task that keeps it connected.

    `locate` names the server's address anew for every attempt (a sentinel's answer changes);
    `on_trouble` is told of every loss and failed attempt (a cluster's topology may have changed).
    """

    def __init__(
        self,
        locate: Callable[[], Awaitable[Address]],
        login: Login,
        limits: Limits,
        judge: Judge,
        on_trouble: Callable[[], None] = lambda: None,
    ) -> None:
        self.judge = judge
        self.answered = 0
        self._locate = locate
        self._login = login
        self._limits = limits
        self._on_trouble = on_trouble
        self._loop = asyncio.get_running_loop()
        self._queue: list[Call] = []
        self._pushed = 0
        self._flush_due = False
        self._wire: Wire | None = None
        self._refusing = False
        self._pushed_at_tick: deque[int] = deque(
            maxlen=max(2, int(limits.timeout_seconds / _TICK_SECONDS))
        )
        self._keeper = self._loop.create_task(self._keep_connected())

    def push(self, call: Call) -> None:
        """Queue a call for the pipeline of this turn. When the lane is full or its server has been
        away for a while the call fails at once."""
        if self._refusing or self._pushed - self.answered >= self._limits.queue_max:
            call.fail(ValkeyUnavailable())
            return
        self._pushed += 1
        self._queue.append(call)
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send what is queued; without a ready connection it stays queued."""
        self._flush_due = False
        wire = self._wire
        if wire is None or not wire.writable or not self._queue:
            return
        queue, self._queue = self._queue, []
        wire.send(queue)

    def leave(self, wire: Wire) -> None:
        """A connection is gone: nothing more goes over it, for nobody would fail those calls."""
        if self._wire is wire:
            self._wire = None

    def drop(self) -> None:
        """Give up the present connection, for a server that turned out to be the wrong one."""
        if self._wire is not None:
            self._wire.abort()

    async def close(self) -> None:
        """Fail what is waiting and disconnect."""
        self._refusing = True
        wire = self._wire
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        self._fail_queue()
        if wire is not None:
            await wire.lost

    async def _keep_connected(self) -> None:
        trouble_since = self._loop.time()
        attempts = 0
        while True:
            wire = await self._connect()
            if wire is not None:
                attempts, self._refusing = 0, False
                await self._serve(wire)
                trouble_since = self._loop.time()
            self._on_trouble()
            if self._loop.time() - trouble_since >= self._limits.patience_seconds:
                self._refusing = True
                self._fail_queue()
            pause = min(_RETRY_SECONDS_MAX, 0.02 * 2**attempts)
            attempts = min(attempts + 1, 10)
            await asyncio.sleep(random.uniform(pause / 2, pause))

    async def _connect(self) -> Wire | None:
        """A connection that is logged in and whose server is ready, or None."""
        wire: Wire | None = None
        try:
            async with asyncio.timeout(self._limits.timeout_seconds):
                host, port = await self._locate()
                make = self._limits.wire or Wire
                _, wire = await self._loop.create_connection(lambda: make(self), host, port)
                commands = self._login.commands()
                await asyncio.gather(*(self._ask(wire, each) for each in commands))
                if self._login.remedy:
                    await distrust(partial(self._ask, wire), self._login.remedy)
        except Exception as error:
            log.warning("valkey_not_reached", error=repr(error))
            if wire is not None:
                wire.abort()
            return None
        except asyncio.CancelledError:
            if wire is not None:
                wire.abort()
            raise
        return wire

    def _ask(self, wire: Wire, command: Command) -> "asyncio.Future[Reply]":
        """Ask this very server; it cannot send us elsewhere."""
        reply: asyncio.Future[Reply] = self._loop.create_future()
        call = Call(pack(command), reply)
        call.redirects = REDIRECTS_NONE
        wire.send([call])
        self.count_own()
        return reply

    def count_own(self) -> None:
        """A command goes over the connection that no caller pushed."""
        self._pushed += 1

    async def _serve(self, wire: Wire) -> None:
        """Use a connection until it is lost or its server stops answering.

        Age is counted in ticks of the very loop that reads the replies, so a process that was
        itself stopped for a while does not blame the server.
        """
        self._wire = wire
        self._pushed_at_tick.clear()
        self.flush()
        try:
            while not wire.lost.done():
                await asyncio.wait((wire.lost,), timeout=_TICK_SECONDS)
                full = len(self._pushed_at_tick) == self._pushed_at_tick.maxlen
                if full and self.answered < self._pushed_at_tick[0]:
                    log.warning("valkey_overdue", waiting=self._pushed - self.answered)
                    self._fail_queue()
                    wire.abort()
                    break
                self._pushed_at_tick.append(self._pushed)
        finally:
            self._wire = None
            wire.abort()

    def _fail_queue(self) -> None:
        queue, self._queue = self._queue, []
        self.answered += len(queue)
        for call in queue:
            call.fail(ValkeyUnavailable())
