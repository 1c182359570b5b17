"""Those who ask about the same thing in the same turn of the event loop share one run of a script.

A script that decides about many reads what they have in common once, and writes it once: a crowd
before one packet costs the server a third of what its shoppers cost one by one. The script is given
them in their order and answers with a list as long as theirs, or with one refusal for all.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar, cast

from app.kernel.errors import AppError
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.pipeline import Reply

About = TypeVar("About", bound=Hashable)
One = TypeVar("One")


class Gathering(Generic[About, One]):
    """`run` sends a script for those who ask about one thing; `refused` finds the error that an
    answer stands for. Never more than `together_max` share a run: a script stops its server."""

    def __init__(
        self,
        run: Callable[[About, Sequence[One]], "asyncio.Future[Reply]"],
        refused: Callable[[Reply], AppError | None],
        together_max: int,
    ) -> None:
        self._run = run
        self._refused = refused
        self._together_max = together_max
        self._gathered: dict[About, _Crowd[One]] = {}

    def join(self, about: About, one: One) -> "asyncio.Future[Reply]":
        """The answer to one, in a future of one's own: a cancelled caller takes nobody along.
        Raises what the answer stands for, and for all of a run what the run raised."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Reply] = loop.create_future()
        crowd = self._gathered.get(about)
        if crowd is None:
            if not self._gathered:
                loop.call_soon(self._send_all)
            crowd = self._gathered[about] = _Crowd()
        crowd.asked.append(one)
        crowd.waiters.append(waiter)
        if len(crowd.asked) == self._together_max:
            self._send(about, self._gathered.pop(about))
        return waiter

    def _send_all(self) -> None:
        gathered, self._gathered = self._gathered, {}
        for about, crowd in gathered.items():
            self._send(about, crowd)

    def _send(self, about: About, crowd: "_Crowd[One]") -> None:
        try:
            answered = self._run(about, crowd.asked)
        except Exception as error:
            crowd.fail(error)
            return
        answered.add_done_callback(lambda done: self._tell(crowd, done))

    def _tell(self, crowd: "_Crowd[One]", answered: "asyncio.Future[Reply]") -> None:
        error = ValkeyUnavailable() if answered.cancelled() else answered.exception()
        if error is not None:
            crowd.fail(error)
            return
        reply = answered.result()
        alone: list[Reply] = [reply] * len(crowd.asked)
        answers = cast("list[Reply]", reply) if isinstance(reply, list) else alone
        for waiter, answer in zip(crowd.waiters, answers, strict=True):
            if waiter.done():
                continue
            refused = self._refused(answer) if type(answer) is int else None
            if refused is None:
                waiter.set_result(answer)
            else:
                waiter.set_exception(refused)


class _Crowd(Generic[One]):
    """Those of one turn, and who waits for each answer."""

    __slots__ = ("asked", "waiters")

    def __init__(self) -> None:
        self.asked: list[One] = []
        self.waiters: list[asyncio.Future[Reply]] = []

    def fail(self, error: BaseException) -> None:
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_exception(error)
