"""What one transaction has not said yet, another does not guess."""

import asyncio
from typing import Any

from sqlalchemy import text

from app.identity.interfaces import Actor, ActorKind
from app.kernel.database import Transaction
from app.kernel.errors import AppError
from campaigns.benefits.collected.service import CollectedService
from campaigns.benefits.service import CouponService
from tests.campaigns.benefits.coupons import complaints, make
from tests.factories.town import Town

LOOKS_MAX = 1_000
WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def shopper(number: int) -> Actor:
    """Somebody whose id was made at a time of its own."""
    return Actor(kind=ActorKind.SHOPPER, id=number << 22)


async def collects(town: Town, coupon: dict[str, Any], who: Actor) -> str:
    """The code that somebody gets, or why there is none."""
    service: CollectedService = town.composed.service("collected")
    try:
        async with town.house.database.transaction() as tx:
            return (await service.collect(tx, who, int(coupon["id"]))).code
    except AppError as error:
        return error.code


async def waiting(town: Town, task: asyncio.Task[Any]) -> None:
    """Return once the task waits for a lock. Fails where it ends instead."""
    for _ in range(LOOKS_MAX):
        assert not task.done(), f"it did not wait: {task.result()}"
        async with town.house.database.reading() as session:
            if (await session.execute(WAITS)).scalar_one():
                return
        await asyncio.sleep(0.01)
    raise AssertionError("it never waited")


async def test_the_last_one_may_come_back(town: Town) -> None:
    coupon = await make(town, await town.shop(), count=1)
    service: CollectedService = town.composed.service("collected")
    async with town.house.database.reading() as session:
        tx = Transaction(session, town.house.jobs.defer_on)
        await service.collect(tx, shopper(1), int(coupon["id"]))
        second = asyncio.create_task(collects(town, coupon, shopper(2)))
        await waiting(town, second)
        await session.rollback()
    assert len(await second) == 12
    assert await collects(town, coupon, shopper(1)) == "coupon_sold_out"
    assert await complaints(town) == []


async def test_who_comes_while_it_is_closed_comes_too_late(town: Town) -> None:
    shop = await town.shop()
    coupon = await make(town, shop)
    coupons: CouponService = town.composed.service("coupons")
    async with town.house.database.transaction() as tx:
        await coupons.close(tx, shop.owner.actor, shop.id, int(coupon["id"]))
        late = asyncio.create_task(collects(town, coupon, shopper(1)))
        await waiting(town, late)
    assert await late == "coupon_over"
    assert await complaints(town) == []


async def test_closing_waits_for_who_is_being_given_one(town: Town) -> None:
    shop = await town.shop()
    coupon = await make(town, shop)
    collected: CollectedService = town.composed.service("collected")
    coupons: CouponService = town.composed.service("coupons")

    async def close() -> int:
        async with town.house.database.transaction() as tx:
            view = await coupons.close(tx, shop.owner.actor, shop.id, int(coupon["id"]))
            return view.collected

    async with town.house.database.transaction() as tx:
        await collected.collect(tx, shopper(1), int(coupon["id"]))
        closing = asyncio.create_task(close())
        await waiting(town, closing)
    assert await closing == 1
