"""Who asks about the same thing in the same turn shares a run, and nothing else with the others."""

import asyncio
from collections.abc import Sequence
from typing import Any

from app.kernel.errors import AppError, Conflict
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.gathering import Gathering


class Server:
    """Notes what is run; answers when told to."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, list[int]]] = []
        self.answers: list[asyncio.Future[Any]] = []
        self.away = False
        self.gathering = Gathering(self.run, self.refused, 3)

    def run(self, about: str, asked: Sequence[int]) -> "asyncio.Future[Any]":
        if self.away:
            raise ValkeyUnavailable
        self.runs.append((about, list(asked)))
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]

    def refused(self, answer: object) -> AppError | None:
        return Conflict("no") if answer == -1 else None


async def told(*waiters: "asyncio.Future[Any]") -> list[Any]:
    """Answers, and errors by their class."""
    found = await asyncio.gather(*waiters, return_exceptions=True)
    return [type(each) if isinstance(each, BaseException) else each for each in found]


async def test_those_of_a_turn_share_a_run_about_one_thing():
    server = Server()
    join = server.gathering.join
    waiters = [join("a", 1), join("b", 2), join("a", 3)]
    assert server.runs == []
    await asyncio.sleep(0)
    later = join("a", 4)
    await asyncio.sleep(0)
    assert server.runs == [("a", [1, 3]), ("b", [2]), ("a", [4])]
    for answer, reply in zip(server.answers, ([10, -1], [20], [-2]), strict=True):
        answer.set_result(reply)
    assert await told(*waiters, later) == [10, 20, Conflict, -2]


async def test_a_full_run_does_not_wait_for_the_turn_to_end():
    server = Server()
    for number in range(7):
        server.gathering.join("a", number)
    assert server.runs == [("a", [0, 1, 2]), ("a", [3, 4, 5])]
    await asyncio.sleep(0)
    assert server.runs[2:] == [("a", [6])]


async def test_one_refusal_or_failure_is_everybodys():
    server = Server()
    join = server.gathering.join
    for end in (-1, -2, ValkeyUnavailable(), None):
        waiters = [join("a", 1), join("a", 2)]
        await asyncio.sleep(0)
        answer = server.answers[-1]
        if isinstance(end, int):
            answer.set_result(end)
        elif end is None:
            answer.cancel()
        else:
            answer.set_exception(end)
        expected = {-1: Conflict, -2: -2}.get(end if isinstance(end, int) else 0, ValkeyUnavailable)
        assert await told(*waiters) == [expected, expected]
    server.away = True
    assert await told(join("a", 1), join("a", 2)) == [ValkeyUnavailable, ValkeyUnavailable]


async def test_who_goes_away_takes_nobody_along():
    server = Server()
    one, other = server.gathering.join("a", 1), server.gathering.join("a", 2)
    await asyncio.sleep(0)
    one.cancel()
    server.answers[0].set_result([-1, 20])
    assert await other == 20
