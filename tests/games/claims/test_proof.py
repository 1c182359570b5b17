"""The ledger's proof holds at every moment, and names the packet that is wrong."""

import asyncio
import random
from typing import Any

from sqlalchemy import text

from app.kernel.errors import AppError
from games.packets.interfaces import CloseReason
from tests.games.conftest import Fair

LUCKY = {"form": "lucky", "count": 400, "totalMinor": 100_000}


async def test_it_holds_under_grabs_settling_and_closings(fair: Fair):
    rng = random.Random(4)
    shop = await fair.rich_shop()
    packets = [await fair.record(await fair.open(shop, LUCKY)) for _ in range(3)]
    done = asyncio.Event()

    async def shoppers() -> None:
        for number in range(1, 401):
            record = rng.choice(packets)
            try:
                await asyncio.gather(*(fair.give(record, number * 10 + n) for n in range(3)))
            except AppError:
                continue
            if number == 250:
                await fair.claims.close(packets[0].id, CloseReason.ENDED)
        done.set()

    async def worker() -> None:
        while not done.is_set():
            await fair.town.settle()
            await asyncio.sleep(rng.random() / 20)

    async def auditor() -> int:
        looks = 0
        while not done.is_set():
            proof: Any = await fair.town.good(
                "GET", f"/v1/brands/{shop.id}/ledger/proof", shop.owner
            )
            assert (proof["holds"], proof["problems"]) == (True, []), proof
            assert len(proof["drops"]) == 3
            looks += 1
        return looks

    _, _, looks = await asyncio.gather(shoppers(), worker(), auditor())
    assert looks > 1
    await fair.town.settle()
    await fair.sweep()
    assert await fair.audit() == []


async def test_it_names_the_packet_that_is_wrong(fair: Fair):
    shop = await fair.rich_shop()
    right, wrong = await fair.open(shop, LUCKY), await fair.open(shop, LUCKY)
    for packet_id in (right, wrong):
        await fair.give(await fair.record(packet_id), 1)
    await fair.town.settle()
    async with fair.house.database.transaction() as tx:
        await tx.session.execute(
            text("DELETE FROM packet_claims WHERE packet_id = :id"), {"id": int(wrong)}
        )
    found = await fair.audit()
    assert found
    assert all(wrong in sentence for sentence in found)
    assert not any(right in sentence for sentence in found)
