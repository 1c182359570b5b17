"""A brand and its coupons, through the API."""

from typing import Any

import pytest
from sqlalchemy import text

from app.identity.interfaces import Role
from tests.campaigns.benefits.coupons import (
    A_FIFTH_OFF,
    TEN_OFF,
    age,
    at,
    body,
    collect,
    complaints,
    make,
    path_of,
    redeem,
    refused,
    yuan,
)
from tests.factories.town import Town


class TestCreate:
    async def test_all_fields(self, town: Town) -> None:
        shop = await town.shop()
        until, valid = at(days=3), at(days=9)
        made = await make(
            town,
            shop,
            title="  八折 ",
            discount={**A_FIFTH_OFF, "cap": yuan(5_000)},
            count=1_000_000,
            collectFrom=at(days=1),
            collectUntil=until,
            validUntil=valid,
            validDays=...,
        )
        assert made["title"] == "八折"
        assert made["discount"] == {"type": "percent", "percent": 20, "cap": yuan(5_000)}
        assert made["minimum"] == yuan(10_000)
        assert (made["collectUntil"], made["validUntil"]) == (until, valid)
        assert (made["count"], made["left"], made["collected"]) == (1_000_000, 1_000_000, 0)
        assert (made["state"], made["validDays"], made["live"]) == ("upcoming", None, True)
        assert await town.good("GET", path_of(shop, made), shop.owner) == made

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"title": ""}, "/title"),
            ({"title": "x" * 61}, "/title"),
            ({"title": "\u200b"}, "/title"),
            ({"count": 0}, "/count"),
            ({"count": 1_000_001}, "/count"),
            ({"discount": {"type": "percent", "percent": 100}}, "/discount/percent"),
            ({"discount": {"type": "amount", "amount": yuan(0)}}, "/discount/amount/amountMinor"),
            ({"discount": {"type": "gift"}}, "/discount/type"),
            ({"minimum": yuan(999)}, "/minimum/amountMinor"),
            ({"collectUntil": at(days=-1)}, "/collectUntil"),
            ({"collectUntil": "9999-12-31T23:59:59Z"}, "/collectUntil"),
            ({"validDays": 0}, "/validDays"),
            ({"validDays": ...}, "/validUntil"),
            ({"colour": "red"}, ""),
        ],
    )
    async def test_bad_input(self, town: Town, wrong: dict[str, Any], pointer: str) -> None:
        shop = await town.shop()
        answer = await town.ask("POST", path_of(shop), shop.owner, json=body(**wrong))
        assert answer.status_code == 400
        assert pointer in {each["pointer"] for each in answer.json()["errors"]}
        assert (await town.good("GET", path_of(shop), shop.owner))["items"] == []

    async def test_twice_with_one_key_is_once(self, town: Town) -> None:
        shop = await town.shop()
        asked = body()
        headers = {"idempotency-key": "one"}
        made = [
            await town.good("POST", path_of(shop), shop.owner, json=asked, headers=headers)
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert len((await town.good("GET", path_of(shop), shop.owner))["items"]) == 1


class TestPage:
    async def test_the_newest_first_with_figures(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        made = [await make(town, shop, title=f"券{n}") for n in range(3)]
        held = await collect(town, made[1], ann)
        assert (await redeem(town, shop, held["code"]))[0] == 200
        first = await town.good("GET", f"{path_of(shop)}?limit=2", shop.owner)
        rest = await town.good("GET", f"{path_of(shop)}?cursor={first['nextCursor']}", shop.owner)
        items = first["items"] + rest["items"]
        assert [each["title"] for each in items] == ["券2", "券1", "券0"]
        figures = [(each["collected"], each["redeemed"], each["left"]) for each in items]
        assert figures == [(0, 0, 5), (1, 1, 4), (0, 0, 5)]
        assert rest["nextCursor"] is None


class TestUpdate:
    async def test_before_anybody_has_one_everything(self, town: Town) -> None:
        shop = await town.shop()
        made = await make(town, shop, count=40)
        change = {"discount": A_FIFTH_OFF, "minimum": None, "count": 3, "validDays": 1}
        changed = await town.good("PATCH", path_of(shop, made), shop.owner, json=change)
        assert changed["discount"] == {**A_FIFTH_OFF, "cap": None}
        assert (changed["minimum"], changed["count"], changed["left"]) == (None, 3, 3)
        assert changed["title"] == made["title"]
        for _ in range(3):
            await collect(town, made, await town.shopper())
        assert (await refused(town, made, await town.shopper()))[1] == "coupon_sold_out"
        assert await complaints(town) == []

    async def test_afterwards_it_only_grows(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        made = await make(town, shop, count=1)
        held = await collect(town, made, ann)
        path = path_of(shop, made)
        for change, pointer in (
            ({"discount": A_FIFTH_OFF}, "/discount"),
            ({"minimum": yuan(20_000)}, "/minimum"),
            ({"validDays": 6}, "/validDays"),
            ({"collectUntil": at(hours=1)}, "/collectUntil"),
        ):
            answer = await town.ask("PATCH", path, shop.owner, json=change)
            assert answer.status_code == 400, change
            assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
        change = {"title": "新名", "count": 3, "validDays": 14, "collectUntil": at(days=2)}
        changed = await town.good("PATCH", path, shop.owner, json=change)
        assert (changed["collected"], changed["left"], changed["title"]) == (1, 2, "新名")
        assert await complaints(town) == []
        longer = await collect(town, made, ann)
        assert longer["code"] == held["code"]
        assert longer["expiresAt"] > held["expiresAt"]

    async def test_closed_is_for_ever(self, town: Town) -> None:
        shop, ann, ben = await town.shop(), await town.shopper(), await town.shopper()
        made = await make(town, shop)
        held = await collect(town, made, ann)
        closed = await town.good("POST", f"{path_of(shop, made)}/close", shop.owner)
        assert closed["state"] == "over"
        assert closed == await town.good("POST", f"{path_of(shop, made)}/close", shop.owner)
        assert await refused(town, made, ben) == (409, "coupon_over")
        assert (await collect(town, made, ann))["code"] == held["code"]
        longer = {"collectUntil": at(days=3)}
        answer = await town.ask("PATCH", path_of(shop, made), shop.owner, json=longer)
        assert answer.status_code == 400
        assert (await redeem(town, shop, held["code"]))[0] == 200

    async def test_a_title_of_one_that_is_over(self, town: Town) -> None:
        shop = await town.shop()
        made = await make(town, shop)
        await age(town, made, days=2)
        changed = await town.good("PATCH", path_of(shop, made), shop.owner, json={"title": "旧"})
        assert (changed["title"], changed["state"]) == ("旧", "over")


class TestRights:
    async def test_every_route(self, town: Town) -> None:
        shop, rival, stranger = await town.shop(), await town.shop(), await town.shopper()
        made = await make(town, shop)
        clerk = await town.member(shop.id, Role.CLERK)
        reader = await town.key(shop, live=True, scopes=["coupons:read"])
        routes = [
            ("POST", path_of(shop), body()),
            ("PATCH", path_of(shop, made), {"title": "x"}),
            ("POST", f"{path_of(shop, made)}/close", None),
            ("GET", path_of(shop, made), None),
            ("GET", path_of(shop), None),
        ]
        for method, path, asked in routes:
            reads = method == "GET"
            for who, status in (
                (None, 401),
                (stranger, 404),
                (rival.owner, 404),
                (clerk, 403),
                (reader, 200 if reads else 403),
            ):
                answer = await town.ask(method, path, who, json=asked)
                assert answer.status_code == status, (method, path, status)
        rivals = path_of(rival, made)
        assert (await town.ask("GET", rivals, rival.owner)).status_code == 404

    async def test_test_keys_have_coupons_of_their_own(self, town: Town) -> None:
        shop, ann = await town.shop(), await town.shopper()
        scopes = ["coupons:read", "coupons:write", "coupons:redeem"]
        key = await town.key(shop, live=False, scopes=scopes)
        real, trial = await make(town, shop), await make(town, shop, key, discount=TEN_OFF)
        assert [each["id"] for each in (await town.good("GET", path_of(shop), key))["items"]] == [
            trial["id"]
        ]
        seen = await town.good("GET", path_of(shop), shop.owner)
        assert [each["id"] for each in seen["items"]] == [real["id"]]
        for coupon, who, status in (
            (real, key, 404),
            (trial, key, 200),
            (trial, ann, 404),
            (trial, None, 404),
            (real, None, 200),
        ):
            answer = await town.ask("GET", f"/v1/coupons/{coupon['id']}", who)
            assert answer.status_code == status
        assert await refused(town, trial, ann) == (404, "coupon_not_found")
        held = await collect(town, real, ann)
        assert (await redeem(town, shop, held["code"], key))[0] == 404
        assert (await redeem(town, shop, held["code"]))[0] == 200


class TestAudit:
    @pytest.mark.parametrize(
        "damage",
        [
            'UPDATE coupon_shards SET "left" = "left" + 1 WHERE number = 0',
            "UPDATE coupon_shards SET redeemed = redeemed + 1 WHERE number = 0",
            "DELETE FROM collected_coupons",
            "UPDATE collected_coupons SET redeemed_at = now()",
        ],
    )
    async def test_it_notices(self, town: Town, damage: str) -> None:
        shop, ann = await town.shop(), await town.shopper()
        made = await make(town, shop)
        await collect(town, made, ann)
        assert await complaints(town) == []
        async with town.house.database.transaction() as tx:
            await tx.session.execute(text(damage))
        (said,) = await complaints(town)
        assert made["id"] in said
