"""What many look at is read once a second."""

import asyncio
from collections.abc import Collection
from types import SimpleNamespace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from games.polls.repository import PollRepository
from games.polls.showing import board
from tests.factories.town import Town
from tests.games.polls.test_service import act, ask, numbers, pass_by, seen, vote


async def test_viewers_share_a_copy_and_voters_see_their_vote(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "FRESH_SECONDS", 3_600.0)
    shop, ann = await town.shop(), await town.shopper()
    poll = await ask(town, shop, results="always")
    assert numbers(await seen(town, poll)) == [0, 0, 0]
    assert numbers((await vote(town, poll, ann)).json()) == [1, 0, 0]
    assert numbers(await seen(town, poll)) == [0, 0, 0], "nobody reads the counts for each look"
    monkeypatch.setattr(board, "FRESH_SECONDS", 0.0)
    assert numbers(await seen(town, poll)) == [1, 0, 0]


async def test_a_closed_poll_shows_its_last_counts(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "FRESH_SECONDS", 3_600.0)
    shop = await town.shop()
    polls = [await ask(town, shop, results="always") for _ in range(2)]
    for poll in polls:
        assert numbers(await seen(town, poll)) == [0, 0, 0]
        await vote(town, poll, await town.shopper())
    await act(town, shop, polls[0], "POST", way="/close")
    await pass_by(town, polls[1], 601)
    for poll in polls:
        assert numbers(await seen(town, poll)) == [1, 0, 0], "viewers do not ask again"


class Slow(PollRepository):
    """Counts that are as many as were asked for, once the gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked = 0

    async def counts(
        self, session: AsyncSession, poll_ids: Collection[int]
    ) -> dict[int, dict[int, int]]:
        self.asked += 1
        asked = self.asked
        await self.gate.wait()
        return {each: {1: asked} for each in poll_ids}


@pytest.mark.parametrize(("age", "shown"), [(1.5, 1), (60.0, 3)])
async def test_while_one_reads_others_see_what_is_hardly_older(
    town: Town, monkeypatch: pytest.MonkeyPatch, age: float, shown: int
) -> None:
    slow, now = Slow(), [100.0]
    monkeypatch.setattr(board, "time", SimpleNamespace(monotonic=lambda: now[0]))
    held = board.Board(slow)
    async with town.house.database.reading() as session:
        slow.gate.set()
        assert await held.counts(session, 7, closed=False) == {1: 1}
        slow.gate.clear()
        now[0] += age
        first = asyncio.create_task(held.counts(session, 7, closed=False))
        await asyncio.sleep(0)
        second = asyncio.create_task(held.counts(session, 7, closed=False))
        await asyncio.sleep(0)
        slow.gate.set()
        assert (await first, await second) == ({1: 2}, {1: shown})
