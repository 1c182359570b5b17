"""Servers die under grabs: an outside log of what was acknowledged is compared with the ledger."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from app.kernel.embedded.process import Running
from app.kernel.errors import AppError
from app.kernel.valkey.settle import SettleWorker
from campaigns.ledger.interfaces import AccountKind
from games.claims.interfaces import Grant
from games.packets.interfaces import CloseReason, PacketRecord
from tests.games.conftest import Fair
from tests.servers import Servers, Valkeys

LUCKY = {"form": "lucky", "count": 20_000, "totalMinor": 5_000_000}


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers, since they are killed and started again."""
    return servers.singles


class Crowd:
    """Shoppers who grab, and what each was told."""

    def __init__(self, fair: Fair, record: PacketRecord) -> None:
        self.fair, self.record = fair, record
        self.told: dict[int, Grant] = {}
        self.unanswered: set[int] = set()
        self.stopped = False

    async def shopper(self, first: int, step: int) -> None:
        number = first
        while not self.stopped:
            try:
                async with asyncio.timeout(20):
                    grant = await self.fair.give(self.record, number)
            except AppError:
                self.unanswered.add(number)
                await asyncio.sleep(0.02)
                continue  # the same shopper asks again: the same share, if there was one
            assert grant is not None
            self.told[number] = grant
            number += step

    async def progress(self) -> None:
        before = len(self.told)
        async with asyncio.timeout(60):
            while len(self.told) < before + 60:
                await asyncio.sleep(0.02)


@pytest.fixture
async def worker(fair: Fair) -> AsyncIterator[asyncio.Task[None]]:
    """A worker that settles until the test is over, whatever dies."""
    house = fair.house
    settlers = [s for wiring in fair.town.composed.wirings for s in wiring.settlers]
    settle = SettleWorker(house.live, house.database, house.metrics, settlers, name="survivor")
    task = asyncio.create_task(settle.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("victims", [("live",), ("postgres",), ("live", "postgres", "cache")])
async def test_nothing_acknowledged_is_lost(
    fair: Fair, servers: Servers, worker: asyncio.Task[None], victims: tuple[str, ...]
):
    rng = random.Random(len(victims))
    shop = await fair.rich_shop(10**9)
    packet_id = await fair.open(shop, LUCKY)
    crowd = Crowd(fair, await fair.record(packet_id))
    shoppers = [asyncio.create_task(crowd.shopper(n, 8)) for n in range(1, 9)]
    for _ in range(2):
        for victim in victims:
            await crowd.progress()
            running: Running = servers.running[victim]
            await asyncio.sleep(rng.random() / 5)
            running.kill()
            await asyncio.sleep(rng.random() / 2)
            # in this thread: a server dies with the thread that started it
            servers.start_one(victim)
    await crowd.progress()
    crowd.stopped = True
    await asyncio.gather(*shoppers)
    assert not worker.done()
    await fair.claims.close(crowd.record.id, CloseReason.ENDED)
    async with asyncio.timeout(60):
        while (await fair.record(packet_id)).returned_minor is None:
            await asyncio.sleep(0.05)
    rows = {row.shopper_id: row for row in await fair.rows(packet_id)}
    wallets = await fair.wallets()
    for number, grant in crowd.told.items():
        assert (rows[number].share, rows[number].amount_minor) == grant[:2], number
        assert wallets[number] == grant.amount_minor
    assert set(rows) - set(crowd.told) <= crowd.unanswered
    total = sum(row.amount_minor for row in rows.values())
    assert await fair.money(shop, packet_id) == [10**9 - total, 0]
    assert await fair.balance(AccountKind.LOSS, 0) == 0
    assert await fair.quarantined() == []
    assert await fair.audit() == []
