"""Connections that answer a decision only once a second server's disk has it.

With `CARNIVAL_DURABILITY=replicated` the decisions of a pipeline wait together, for one WAITAOF on
their own connection: the primary and one replica have fsynced. Calls that decide nothing do not
wait for it, and while one waits nothing is sent, so a busy server makes larger pipelines.

Two traps were found by trying, on Valkey 9:

- WAITAOF waits for what its own connection wrote. Who asks again over another one reads an answer
  that may be nowhere else yet. So a pipeline that decides ends with a write: what it read lies
  before that.
- Sent together with the pipeline, WAITAOF takes a whole second: its question reaches the replica
  with the data, is answered before the fsync, and is not answered again until the next second. So
  it follows once the pipeline is answered; and should the replica have read both at once all the
  same, it asks again after some milliseconds.

A decision that no replica has in time stands: its caller gets `NotReplicated` (503), and whoever
asks again gets it, as soon as a replica has it.
"""

import asyncio
from collections.abc import Callable

import structlog
from hiredis import ReplyError

from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import fence_key
from app.kernel.valkey.pipeline import REDIRECTS_NONE, Call, Lane, Reply, Wire, pack

log: structlog.stdlib.BoundLogger = structlog.get_logger("valkey")

_FIRST_WAIT_SECONDS = 0.02
"""Above what a replica's fsync takes; then it is asked again, and every time twice as long."""


class NotReplicated(ValkeyUnavailable):
    """It was decided, and no second server's disk had it in time."""

    def __init__(self) -> None:
        super().__init__("It is being written to a second server; asking again gives the answer")


class ReplicatedWire(Wire):
    """A connection whose decisions are held back until a replica has them, up to `seconds`."""

    def __init__(self, lane: Lane, seconds: float) -> None:
        super().__init__(lane)
        self._seconds = seconds
        self._held: list[tuple[Call, Reply]] = []
        """Decided, and not told yet."""
        self._room = True
        self._waiting = False
        """Whether a pipeline that decides is under way."""
        self._deadline = 0.0

    def send(self, calls: list[Call]) -> None:
        decides = next((c.run for c in calls if c.run is not None and c.run.script.decides), None)
        if decides is None:
            super().send(calls)
            return
        self._waiting, self.writable = True, False
        write = ("SET", fence_key(decides.keys[0]), 1)
        super().send([*calls, self._own(pack(write), self._answered)])

    def pause_writing(self) -> None:
        self._room = self.writable = False

    def resume_writing(self) -> None:
        self._room = True
        if not self._waiting:
            super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        held, self._held = self._held, []
        for call, _ in held:
            call.fail(ValkeyUnavailable())
        super().connection_lost(exc)

    def judge(self, call: Call, reply: Reply) -> None:
        """Errors are told at once: nothing was decided."""
        if call.run is not None and call.run.script.decides and type(reply) is not ReplyError:
            self._held.append((call, reply))
        else:
            super().judge(call, reply)

    def _own(self, packed: bytes, then: Callable[[Reply], None]) -> Call:
        self.lane.count_own()
        call = Call(packed, _Then(then, self._refused))
        call.redirects = REDIRECTS_NONE
        return call

    def _answered(self, _: Reply) -> None:
        """The pipeline was answered: now its replica is asked."""
        if not self._held:
            self._go_on()  # all of it were errors
            return
        self._deadline = asyncio.get_running_loop().time() + self._seconds
        self._ask(_FIRST_WAIT_SECONDS)

    def _ask(self, seconds: float) -> None:
        left = self._deadline - asyncio.get_running_loop().time()
        if left <= 0:
            self._refused(TimeoutError())
            return
        wait_ms = max(1, round(min(seconds, left) * 1000))

        def judge(reply: Reply) -> None:
            here, replicas = reply
            if here and replicas:
                self._tell()
            else:
                self._ask(seconds * 2)

        super().send([self._own(pack(("WAITAOF", 1, 1, wait_ms)), judge)])

    def _tell(self) -> None:
        held, self._held = self._held, []
        for call, reply in held:
            super().judge(call, reply)
        self._go_on()

    def _refused(self, error: BaseException) -> None:
        held, self._held = self._held, []
        if held:
            log.warning("decisions_not_replicated", decisions=len(held), error=repr(error))
        for call, _ in held:
            call.fail(NotReplicated())
        self._go_on()

    def _go_on(self) -> None:
        self._waiting = False
        if self._room:
            super().resume_writing()


class _Then:
    """What happens with the reply to a command of the connection's own: stands where a call's
    future would."""

    __slots__ = ("_failed", "_then")

    def __init__(
        self, then: Callable[[Reply], None], failed: Callable[[BaseException], None]
    ) -> None:
        self._then, self._failed = then, failed

    def done(self) -> bool:
        return False

    def set_result(self, result: Reply, /) -> None:
        self._then(result)

    def set_exception(self, exception: BaseException, /) -> None:
        self._failed(exception)
