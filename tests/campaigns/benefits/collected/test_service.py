"""Coupons in the hands of shoppers, and at the counter."""

import asyncio
from collections import Counter
from typing import Any

import msgspec
import pytest

from app.identity.interfaces import Actor, ActorKind, Role
from app.kernel.errors import AppError
from app.kernel.settings import Settings
from campaigns.benefits.collected.service import WRONG_CODES_PER_MINUTE, CollectedService
from campaigns.benefits.rules import ALPHABET
from campaigns.benefits.schemas import RedemptionCreate
from tests.campaigns.benefits.coupons import (
    age,
    at,
    collect,
    complaints,
    make,
    path_of,
    redeem,
    refused,
)
from tests.factories.town import Town

MINE = "/v1/me/coupons"
AT_ONCE = 24


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As many connections as there are transactions at once."""
    return msgspec.structs.replace(settings, database_pool_size=AT_ONCE)


async def crowd(town: Town, coupon: dict[str, Any], shoppers: list[int]) -> Counter[str]:
    """All of them collect at once: how often each code was given, and each refusal said."""
    service: CollectedService = town.composed.service("collected")
    # a connection is waited for as long as it takes, however busy the machine is
    room = asyncio.Semaphore(AT_ONCE - 2)

    async def one(shopper_id: int) -> str:
        try:
            async with room, town.house.database.transaction() as tx:
                actor = Actor(kind=ActorKind.SHOPPER, id=shopper_id)
                return (await service.collect(tx, actor, int(coupon["id"]))).code
        except AppError as error:
            return error.code

    return Counter(await asyncio.gather(*(one(each) for each in shoppers)))


class TestCollect:
    async def test_one_a_shopper(self, town: Town) -> None:
        shop, ann, ben = await town.shop("山茶工坊"), await town.shopper(), await town.shopper()
        coupon = await make(town, shop)
        held = await collect(town, coupon, ann)
        assert held == await collect(town, coupon, ann)
        assert held["coupon"]["brandName"] == "山茶工坊"
        assert held["coupon"]["minimum"] == coupon["minimum"]
        assert (held["state"], held["redeemedAt"]) == ("usable", None)
        assert len(held["code"]) == 12
        assert set(held["code"]) <= set(ALPHABET)
        assert (await collect(town, coupon, ben))["code"] != held["code"]
        view = await town.good("GET", f"/v1/coupons/{coupon['id']}", ann)
        assert (view["mine"], view["left"], view["state"]) == (held, "in_stock", "open")
        assert (await town.good("GET", f"/v1/coupons/{coupon['id']}"))["mine"] is None

    async def test_only_in_its_window(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        coupon = await make(town, shop, collectFrom=at(hours=1))
        assert await refused(town, coupon, ann) == (409, "coupon_not_open")
        await age(town, coupon, hours=2)
        held = await collect(town, coupon, ann)
        await age(town, coupon, hours=24)
        assert await refused(town, coupon, await town.shopper()) == (409, "coupon_over")
        assert (await collect(town, coupon, ann))["code"] == held["code"]

    async def test_the_last_is_the_last(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        coupon = await make(town, shop, count=2)
        for _ in range(2):
            await collect(town, coupon, await town.shopper())
        assert await refused(town, coupon, ann) == (409, "coupon_sold_out")
        assert (await town.good("GET", f"/v1/coupons/{coupon['id']}"))["state"] == "sold_out"

    async def test_who_and_what(self, town: Town) -> None:
        shop = await town.shop()
        coupon = await make(town, shop)
        key = await town.key(shop, live=True, scopes=["coupons:redeem"])
        assert (await refused(town, coupon, None))[0] == 401
        assert (await refused(town, coupon, key))[0] == 403
        nothing = {"id": "1234567890123"}
        assert await refused(town, nothing, await town.shopper()) == (404, "coupon_not_found")

    async def test_two_hundred_at_once_for_thirty_seven(self, town: Town) -> None:
        coupon = await make(town, await town.shop(), count=37)
        got = await crowd(town, coupon, [number << 22 for number in range(1, 201)])
        assert got.pop("coupon_sold_out") == 163
        assert len(got) == 37
        assert set(got.values()) == {1}
        assert await complaints(town) == []

    async def test_nobody_goes_without_while_there_is_one(self, town: Town) -> None:
        coupon = await make(town, await town.shop(), count=60)
        got = await crowd(town, coupon, [number << 22 for number in range(1, 61)])
        assert set(got.values()) == {1}
        assert (len(got), "coupon_sold_out" in got) == (60, False)

    async def test_one_shopper_at_twenty_places(self, town: Town) -> None:
        coupon = await make(town, await town.shop(), count=50)
        got = await crowd(town, coupon, [7 << 22] * 20)
        assert list(got.values()) == [20]
        assert await complaints(town) == []

    async def test_closing_and_collecting_at_once(self, town: Town) -> None:
        shop = await town.shop()
        coupon = await make(town, shop, count=1_000)
        given, _ = await asyncio.gather(
            crowd(town, coupon, [number << 22 for number in range(1, 101)]),
            town.good("POST", f"{path_of(shop, coupon)}/close", shop.owner),
        )
        given.pop("coupon_over", None)
        after = await town.good("GET", path_of(shop, coupon), shop.owner)
        assert after["collected"] == len(given)
        assert await complaints(town) == []

    async def test_adding_and_collecting_at_once(self, town: Town) -> None:
        shop = await town.shop()
        coupon = await make(town, shop, count=50)
        ids = [number << 22 for number in range(1, 101)]
        given, _ = await asyncio.gather(
            crowd(town, coupon, ids),
            town.good("PATCH", path_of(shop, coupon), shop.owner, json={"count": 80}),
        )
        given.pop("coupon_sold_out", None)
        assert len(given) <= 80
        assert await complaints(town) == []
        more = await crowd(town, coupon, ids)
        more.pop("coupon_sold_out")
        assert len(more) == 80


class TestMine:
    async def test_by_state_and_page(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        coupons = [await make(town, shop, title=f"券{n}") for n in range(4)]
        held = [await collect(town, each, ann) for each in coupons]
        await collect(town, coupons[0], await town.shopper())
        assert (await redeem(town, shop, held[1]["code"]))[0] == 200
        await age(town, coupons[2], days=8)
        pages = {
            state: (await town.good("GET", f"{MINE}?state={state}", ann))["items"]
            for state in ("usable", "used", "expired")
        }
        titles = {
            state: [each["coupon"]["title"] for each in items] for state, items in pages.items()
        }
        assert titles == {"usable": ["券3", "券0"], "used": ["券1"], "expired": ["券2"]}
        for state, items in pages.items():
            assert {each["state"] for each in items} == {state}
        first = await town.good("GET", f"{MINE}?limit=3", ann)
        rest = await town.good("GET", f"{MINE}?limit=3&cursor={first['nextCursor']}", ann)
        codes = [each["code"] for each in first["items"] + rest["items"]]
        assert codes == [each["code"] for each in reversed(held)]
        assert rest["nextCursor"] is None
        assert (await town.ask("GET", f"{MINE}?state=lost", ann)).status_code == 400

    async def test_are_mine_alone(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        await collect(town, await make(town, shop), ann)
        assert (await town.good("GET", MINE, await town.shopper()))["items"] == []
        assert (await town.ask("GET", MINE)).status_code == 401


class TestRedeem:
    async def test_once_for_ever(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        code = (await collect(town, await make(town, shop), ann))["code"]
        clerk = await town.member(shop.id, Role.CLERK)
        typed = f"{code[:4]}-{code[4:8]} {code[8:]}".lower()
        status, done = await redeem(town, shop, typed, clerk)
        assert (status, done["code"], done["orderId"]) == (200, code, None)
        assert "shopper" not in str(done)
        status, problem = await redeem(town, shop, code, clerk)
        assert (status, problem["code"]) == (409, "coupon_already_redeemed")
        assert done["redeemedAt"] in problem["detail"]
        (mine,) = (await town.good("GET", MINE, ann))["items"]
        assert (mine["state"], mine["redeemedAt"]) == ("used", done["redeemedAt"])

    async def test_the_same_order_again_is_the_same(self, town: Town) -> None:
        shop = await town.shop()
        coupon = await make(town, shop)
        code = (await collect(town, coupon, await town.shopper()))["code"]
        key = await town.key(shop, live=True, scopes=["coupons:redeem"])
        first = await redeem(town, shop, code, key, orderId="A-1")
        assert first[0] == 200
        await age(town, coupon, days=30)
        assert (await redeem(town, shop, code, key, orderId="A-1"))[1]["orderId"] == "A-1"
        for more in ({}, {"orderId": "A-2"}):
            assert (await redeem(town, shop, code, key, **more))[0] == 409
        assert await complaints(town) == []

    async def test_the_same_key_again_is_the_same(self, town: Town) -> None:
        shop = await town.shop()
        code = (await collect(town, await make(town, shop), await town.shopper()))["code"]
        same = {"idempotency-key": "till 4, 17:03"}
        first = await redeem(town, shop, code, headers=same)
        assert first[0] == 200
        assert await redeem(town, shop, code, headers=same) == first
        assert (await redeem(town, shop, code, headers={"idempotency-key": "other"}))[0] == 409

    async def test_twenty_counters_at_once(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        code = (await collect(town, await make(town, shop), ann))["code"]
        service: CollectedService = town.composed.service("collected")

        async def one(order: int) -> str:
            try:
                async with town.house.database.transaction() as tx:
                    asked = RedemptionCreate(code=code, order_id=f"o{order}")
                    await service.redeem(tx, shop.owner.actor, shop.id, asked)
            except AppError as error:
                return error.code
            return "redeemed"

        said = Counter(await asyncio.gather(*(one(order) for order in range(20))))
        assert said == {"redeemed": 1, "coupon_already_redeemed": 19}
        assert await complaints(town) == []

    async def test_not_when_it_is_too_late(self, town: Town) -> None:
        shop = await town.shop()
        coupon = await make(town, shop)
        code = (await collect(town, coupon, await town.shopper()))["code"]
        await age(town, coupon, days=8)
        status, problem = await redeem(town, shop, code)
        assert (status, problem["code"]) == (409, "coupon_expired")
        fixed = await make(town, shop, validUntil=at(days=2), validDays=...)
        code = (await collect(town, fixed, await town.shopper()))["code"]
        await age(town, fixed, days=1.5)
        assert (await redeem(town, shop, code))[0] == 200

    @pytest.mark.parametrize("text", ["\0", "7KQM\x002VXA9RT", "-", "券" * 12, "ﬀ" * 12, "ß" * 32])
    async def test_what_can_be_no_code_is_none(self, town: Town, text: str) -> None:
        status, problem = await redeem(town, await town.shop(), text)
        assert (status, problem["code"]) == (404, "coupon_code_not_found")

    async def test_another_brands_code_is_none(self, town: Town) -> None:
        shop, rival = await town.shop(), await town.shop()
        code = (await collect(town, await make(town, shop), await town.shopper()))["code"]
        assert (await redeem(town, rival, code))[1]["code"] == "coupon_code_not_found"
        assert (await redeem(town, shop, code, rival.owner))[0] == 404
        assert (await redeem(town, shop, "2" * 12))[0] == 404
        assert (await redeem(town, shop, code))[0] == 200

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.CLERK, 200),
            (Role.MANAGER, 200),
            (Role.OPERATIONS, 200),
            (Role.SERVICE, 403),
        ],
    )
    async def test_who_may(self, town: Town, role: Role, status: int) -> None:
        shop = await town.shop()
        code = (await collect(town, await make(town, shop), await town.shopper()))["code"]
        assert (await redeem(town, shop, code, await town.member(shop.id, role)))[0] == status

    async def test_a_key_needs_the_scope(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        code = (await collect(town, await make(town, shop), ann))["code"]
        weak = await town.key(shop, live=True, scopes=["coupons:write"])
        assert (await redeem(town, shop, code, weak))[0] == 403
        assert (await redeem(town, shop, code, ann))[0] == 404

    async def test_guessing_ends_soon(self, town: Town) -> None:
        shop = await town.shop()
        code = (await collect(town, await make(town, shop), await town.shopper()))["code"]
        clerk = await town.member(shop.id, Role.CLERK)
        for _ in range(WRONG_CODES_PER_MINUTE):
            assert (await redeem(town, shop, "2" * 12, clerk))[0] == 404
        assert (await redeem(town, shop, code, clerk))[0] == 429
        assert (await redeem(town, shop, code))[0] == 200

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"code": ""}, "/code"),
            ({"code": "A" * 33}, "/code"),
            ({"orderId": ""}, "/orderId"),
            ({"orderId": "a b"}, "/orderId"),
            ({"orderId": "x" * 65}, "/orderId"),
        ],
    )
    async def test_bad_input(self, town: Town, wrong: dict[str, Any], pointer: str) -> None:
        shop = await town.shop()
        asked = {"code": "2" * 12, **wrong}
        answer = await town.ask("POST", f"{path_of(shop)}/redemptions", shop.owner, json=asked)
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
