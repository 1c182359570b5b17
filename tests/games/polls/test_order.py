"""Votes and changes of one poll come one after the other, whichever is first."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app.kernel.database import Transaction
from games.polls import repository
from games.polls.service import PollService
from tests.factories.town import Resident, Shop, Town
from tests.games.polls.test_service import act, ask, audit, managed, vote

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
)


async def wait_or_end(town: Town, *tasks: asyncio.Task[Any]) -> None:
    """Until each waits for another's lock in this PostgreSQL database, or has not had to."""
    while running := sum(not task.done() for task in tasks):
        async with town.house.database.reading() as session:
            if await session.scalar(_WAITING) == running:
                return
        await asyncio.sleep(0.01)


async def voted(town: Town, tx: Transaction, poll: dict[str, Any], who: Resident) -> None:
    """A vote whose transaction goes on."""
    polls: PollService = town.composed.service("polls")
    await polls.vote(tx, who.actor, int(poll["id"]), int(poll["options"][0]["id"]))


@pytest.fixture
async def shop(town: Town) -> Shop:
    return await town.shop()


async def test_who_closes_it_counts_the_votes_that_were_first(town: Town, shop: Shop) -> None:
    poll, ann = await ask(town, shop), await town.shopper()
    async with town.house.database.transaction() as tx:
        await voted(town, tx, poll, ann)
        closing = asyncio.create_task(act(town, shop, poll, "POST", way="/close"))
        await wait_or_end(town, closing)
    assert (await closing).json()["votes"] == 1


async def test_who_changes_it_is_told_of_the_vote_that_was_first(town: Town, shop: Shop) -> None:
    poll, ann = await ask(town, shop), await town.shopper()
    async with town.house.database.transaction() as tx:
        await voted(town, tx, poll, ann)
        change = {"options": ["饺子", "粽子"]}
        changing = asyncio.create_task(act(town, shop, poll, "PATCH", json=change))
        await wait_or_end(town, changing)
    assert (await changing).json()["code"] == "poll_voted"
    assert (await managed(town, shop, poll))["options"] == poll["options"]


async def test_who_votes_is_told_of_the_closing_that_was_first(town: Town, shop: Shop) -> None:
    poll, ann = await ask(town, shop), await town.shopper()
    polls: PollService = town.composed.service("polls")
    async with town.house.database.transaction() as tx:
        closed = await polls.close(tx, shop.owner.actor, shop.id, int(poll["id"]))
        voting = asyncio.create_task(vote(town, poll, ann))
        await wait_or_end(town, voting)
    assert (await voting).json()["code"] == "poll_closed"
    assert (await managed(town, shop, poll))["votes"] == closed.votes == 0


async def test_who_votes_twice_at_once_has_one_vote_and_is_told_it(town: Town, shop: Shop) -> None:
    poll, ann = await ask(town, shop), await town.shopper()
    async with town.house.database.transaction() as tx:
        await voted(town, tx, poll, ann)
        again = asyncio.create_task(vote(town, poll, ann, 1))
        await wait_or_end(town, again)
    told = (await again).json()
    assert told["myOptionId"] == poll["options"][0]["id"]
    assert (await managed(town, shop, poll))["votes"] == told["votes"] == 1
    assert await audit(town) == []


async def test_two_who_meet_in_one_part_of_the_count_are_two(
    town: Town, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "PARTS_MAX", 1)
    poll, ann, bob = await ask(town, shop), await town.shopper(), await town.shopper()
    async with town.house.database.transaction() as tx:
        await voted(town, tx, poll, ann)
        other = asyncio.create_task(vote(town, poll, bob))
        await wait_or_end(town, other)
    assert (await other).json()["votes"] == 2
    assert await audit(town) == []


async def test_nobody_waits_for_another_voter(town: Town, shop: Shop) -> None:
    poll, people = await ask(town, shop), [await town.shopper() for _ in range(5)]
    await vote(town, poll, people[0])
    async with town.house.database.transaction() as tx:
        await voted(town, tx, poll, people[1])
        votes = [asyncio.create_task(vote(town, poll, who)) for who in people[2:]]
        await wait_or_end(town, *votes)
        # chance may give one of them the part of the count that is held
        assert any(each.done() for each in votes), "everybody waited for one voter"
    assert {each.status_code for each in await asyncio.gather(*votes)} == {200}
    assert (await managed(town, shop, poll))["votes"] == 5
    assert await audit(town) == []
