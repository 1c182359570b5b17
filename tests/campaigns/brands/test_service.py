"""Brands through the API."""

import pytest

from app.identity.interfaces import Role
from tests.factories.town import Town


class TestCreate:
    async def test_operators_make_brands(self, town: Town) -> None:
        operator, shopper, shop = await town.operator(), await town.shopper(), await town.shop()
        made = await town.good("POST", "/v1/brands", operator, json={"name": " 山茶  工坊 "})
        assert made["name"] == "山茶 工坊"
        assert made["accountId"] == made["id"]
        assert made["testAccountId"] not in (None, made["id"])
        for who, status in ((shopper, 403), (shop.owner, 403), (None, 401)):
            answer = await town.ask("POST", "/v1/brands", who, json={"name": "x"})
            assert answer.status_code == status

    async def test_two_names_that_read_the_same(self, town: Town) -> None:
        operator, _ = await town.operator(), await town.shop("Flora")
        answer = await town.ask("POST", "/v1/brands", operator, json={"name": "ＦＬＯＲＡ"})
        assert (answer.status_code, answer.json()["code"]) == (409, "brand_name_taken")

    @pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 41, 5, None])
    async def test_bad_names(self, town: Town, name: object) -> None:
        answer = await town.ask("POST", "/v1/brands", await town.operator(), json={"name": name})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "/name"

    async def test_the_same_key_makes_one_brand(self, town: Town) -> None:
        operator = await town.operator()
        headers = {"idempotency-key": "once"}
        body = {"name": "一次"}
        first = await town.good("POST", "/v1/brands", operator, json=body, headers=headers)
        second = await town.good("POST", "/v1/brands", operator, json=body, headers=headers)
        assert first == second
        body = {"name": "两次"}
        answer = await town.ask("POST", "/v1/brands", operator, json=body, headers=headers)
        assert answer.status_code == 422


class TestRename:
    async def test_who_may(self, town: Town) -> None:
        shop, rival = await town.shop("甲"), await town.shop("乙")
        operations = await town.member(shop.id, Role.OPERATIONS)
        clerk = await town.member(shop.id, Role.CLERK)
        key = await town.key(shop, live=True)
        stranger = await town.shopper()
        path = f"/v1/brands/{shop.id}"
        for n, (who, status) in enumerate(
            (
                (shop.owner, 200), (operations, 200), (await town.operator(), 200),
                (clerk, 403), (key, 403), (rival.owner, 404), (stranger, 404), (None, 401),
            )
        ):  # fmt: skip
            answer = await town.ask("PATCH", path, who, json={"name": f"名{n}"})
            assert answer.status_code == status
        answer = await town.ask("PATCH", path, shop.owner, json={"name": "乙"})
        assert answer.status_code == 409
        answer = await town.ask("PATCH", "/v1/brands/5", await town.operator(), json={"name": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "brand_not_found")


class TestShow:
    async def test_one_and_all(self, town: Town) -> None:
        shops = [await town.shop() for _ in range(3)]
        page = await town.good("GET", "/v1/brands", params={"limit": 2})
        seen = [int(item["id"]) for item in page["items"]]
        page = await town.good("GET", "/v1/brands", params={"cursor": page["nextCursor"]})
        seen += [int(item["id"]) for item in page["items"]]
        assert seen == [shop.id for shop in shops[::-1]]
        assert page["nextCursor"] is None
        path = f"/v1/brands/{shops[0].id}"
        assert (await town.good("GET", path))["testAccountId"] is None
        assert (await town.good("GET", path, shops[1].owner))["testAccountId"] is None
        own = await town.good("GET", path, shops[0].owner)
        assert own["testAccountId"] == str(shops[0].test_account_id)
        assert (await town.ask("GET", "/v1/brands/5")).status_code == 404
