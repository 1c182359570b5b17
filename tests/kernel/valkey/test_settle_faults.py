"""Either side dies under load: every decision still becomes a row, and none goes to quarantine."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.kernel.database import Database
from app.kernel.settings import Settings
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.errors import ValkeyUnavailable
from tests.kernel.valkey.settling import Ground
from tests.servers import Servers


@pytest.fixture
async def ground(servers: Servers, settings: Settings, tables: None) -> AsyncIterator[Ground]:
    async def no_jobs(*_: Any) -> None:
        raise AssertionError("settling defers no job here")

    live, database = Valkey(servers.live.url), Database(settings, no_jobs)
    yield Ground(live, database)
    await database.close()
    await live.close()


async def crowd(ground: Ground, seed: int) -> None:
    """Shoppers who change their minds, until cancelled."""
    dice = random.Random(seed)
    while True:
        try:
            await ground.like(dice.randrange(8), dice.randrange(50), dice.randrange(2))
        except ValkeyUnavailable:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.01)


async def further(ground: Ground) -> None:
    """Return when more has reached SQL than now, and no less: for that both sides must live."""
    before = await ground.rows("SELECT count(*) FROM settle_test_seen")
    while await ground.rows("SELECT count(*) FROM settle_test_seen") <= before:
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("victim", ["postgres", "live"])
async def test_kill_under_load_loses_no_decision(ground: Ground, servers: Servers, victim: str):
    workers = [asyncio.create_task(ground.worker(name=f"w{n}").run()) for n in range(2)]
    people = [asyncio.create_task(crowd(ground, n)) for n in range(10)]
    async with asyncio.timeout(90):
        for _ in range(2):
            await further(ground)
            servers.running[victim].kill()
            await asyncio.sleep(1)
            servers.start_one(victim)  # not in a thread: a child dies with the thread that made it
            await further(ground)
        for task in people:
            assert not task.done(), task.exception()
            task.cancel()
        await asyncio.wait(people)
        while await ground.unsettled():
            await asyncio.sleep(0.1)
    for task in workers:
        assert not task.done(), task.exception()
        task.cancel()
    await asyncio.wait(workers)
    assert await ground.likes() == await ground.live_likes()
    assert await ground.quarantined() == []
