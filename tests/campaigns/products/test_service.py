"""Catalogues through the API."""

from typing import Any

import pytest

from app.identity.interfaces import Role
from tests.factories.town import Resident, Shop, Town

CUP = {"title": "瓷杯", "price": {"amountMinor": 4900, "currency": "CNY"}}
HEAD = "externalId,title,priceMinor,currency"


async def catalogue(town: Town, shop: Shop, who: Resident | None = None) -> list[str]:
    """The titles of a shop, the newest first."""
    page = await town.good("GET", f"/v1/brands/{shop.id}/products", who)
    return [item["title"] for item in page["items"]]


async def add(town: Town, shop: Shop, who: Resident | None = None, **fields: Any) -> Any:
    """A product of a shop."""
    path = f"/v1/brands/{shop.id}/products"
    return await town.good("POST", path, who or shop.owner, json={**CUP, **fields})


async def send_csv(town: Town, shop: Shop, text: str, who: Resident | None = None) -> Any:
    """Import a CSV; the answer."""
    path = f"/v1/brands/{shop.id}/products/import/csv"
    headers = {"content-type": "text/csv"}
    return await town.ask("POST", path, who or shop.owner, content=text.encode(), headers=headers)


class TestManaged:
    async def test_the_brand_finds_its_own_numbers_again(self, town: Town) -> None:
        shop, rival = await town.shop(), await town.shop()
        key = await town.key(shop, live=True)
        rows = "".join(f"\nA{n},杯子{n},100,CNY" for n in range(3))
        assert (await send_csv(town, shop, HEAD + rows)).status_code == 200
        plain = await add(town, shop)
        path = f"/v1/brands/{shop.id}/products"
        (gone,) = (await town.good("GET", f"{path}/managed?externalId=A1", key))["items"]
        assert (gone["title"], gone["externalId"]) == ("杯子1", "A1")
        await town.good("DELETE", f"/v1/products/{gone['id']}", shop.owner)
        first = await town.good("GET", f"{path}/managed?limit=2", shop.owner)
        rest = await town.good("GET", f"{path}/managed?cursor={first['nextCursor']}", shop.owner)
        kept = [(each["externalId"], each["archived"]) for each in first["items"] + rest["items"]]
        assert kept == [(None, False), ("A2", False), ("A1", True), ("A0", False)]
        assert first["items"][0]["id"] == plain["id"]
        assert (await town.good("GET", f"{path}/managed?externalId=none", key))["items"] == []
        test_key = await town.key(shop, live=False)
        assert (await town.good("GET", f"{path}/managed", test_key))["items"] == []
        for who, status in ((rival.owner, 404), (await town.shopper(), 404), (None, 401)):
            assert (await town.ask("GET", f"{path}/managed", who)).status_code == status


class TestCreate:
    async def test_all_fields(self, town: Town) -> None:
        shop = await town.shop()
        picture = await town.picture(shop.owner)
        made = await add(
            town,
            shop,
            originalPrice={"amountMinor": 5900, "currency": "CNY"},
            imageId=picture,
            link="https://example.com/cup",
            stock="low",
            externalId="A1",
        )
        card = await town.good("GET", f"/v1/products/{made['id']}")
        assert card["brandId"] == str(shop.id)
        assert card["price"] == {"amountMinor": 4900, "currency": "CNY"}
        assert card["originalPrice"]["amountMinor"] == 5900
        assert card["image"]["id"] == str(picture)
        assert (card["link"], card["stock"]) == ("https://example.com/cup", "low")
        assert "externalId" not in card
        path = f"/v1/brands/{shop.id}/products"
        answer = await town.ask("POST", path, shop.owner, json={**CUP, "externalId": "A1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "external_id_taken")

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"title": ""}, "/title"),
            ({"title": " \u200b"}, "/title"),
            ({"title": "x" * 121}, "/title"),
            ({"price": {"amountMinor": -1, "currency": "CNY"}}, "/price/amountMinor"),
            ({"price": {"amountMinor": 1, "currency": "cny"}}, "/price/currency"),
            ({"price": {"amountMinor": 1, "currency": "ZZZ"}}, "/price/currency"),
            ({"price": {"amountMinor": 1, "currency": "XAU"}}, "/price/currency"),
            ({"originalPrice": {"amountMinor": 1, "currency": "CNY"}}, "/originalPrice"),
            ({"originalPrice": {"amountMinor": 9999, "currency": "USD"}}, "/originalPrice"),
            ({"link": "javascript:alert(1)"}, "/link"),
            ({"link": "https://x\u0000y"}, "/link"),
            ({"externalId": "a\u0000"}, "/externalId"),
            ({"stock": "plenty"}, "/stock"),
            ({"colour": "red"}, ""),
        ],
    )
    async def test_bad_input(self, town: Town, wrong: dict[str, Any], pointer: str) -> None:
        shop = await town.shop()
        path = f"/v1/brands/{shop.id}/products"
        answer = await town.ask("POST", path, shop.owner, json={**CUP, **wrong})
        assert answer.status_code == 400
        assert pointer in {each["pointer"] for each in answer.json()["errors"]}
        assert await catalogue(town, shop) == []

    async def test_pictures_of_others(self, town: Town) -> None:
        shop, other = await town.shop(), await town.shopper()
        picture = await town.picture(other)
        path = f"/v1/brands/{shop.id}/products"
        answer = await town.ask("POST", path, shop.owner, json={**CUP, "imageId": picture})
        assert answer.status_code == 404


class TestRights:
    async def test_every_route(self, town: Town) -> None:
        shop, rival, stranger = await town.shop(), await town.shop(), await town.shopper()
        clerk = await town.member(shop.id, Role.CLERK)
        reader = await town.key(shop, live=True, scopes=["posts:read"])
        product = f"/v1/products/{(await add(town, shop))['id']}"
        rows = {"items": [{**CUP, "externalId": "A1"}]}
        brand = f"/v1/brands/{shop.id}/products"
        for method, path, body in (
            ("POST", brand, CUP),
            ("POST", f"{brand}/import", rows),
            ("PATCH", product, {"stock": "low"}),
            ("DELETE", product, None),
        ):
            for who, status in ((rival.owner, 404), (stranger, 404), (clerk, 403),
                                (reader, 403), (None, 401)):  # fmt: skip
                answer = await town.ask(method, path, who, json=body)
                assert answer.status_code == status, (method, path)
        for who, status in ((rival.owner, 404), (clerk, 403), (reader, 403)):
            answer = await send_csv(town, shop, f"{HEAD}\nA1,x,1,CNY\n", who)
            assert answer.status_code == status
        assert await catalogue(town, shop) == ["瓷杯"]

    async def test_test_and_live_catalogues(self, town: Town) -> None:
        shop = await town.shop()
        trial, real = await town.key(shop, live=False), await town.key(shop, live=True)
        in_test = await add(town, shop, trial, title="试", externalId="A1")
        in_life = await add(town, shop, real, title="真", externalId="A1")
        assert await catalogue(town, shop) == ["真"]
        assert await catalogue(town, shop, trial) == ["试"]
        for product, sees, blind in ((in_test, trial, real), (in_life, real, trial)):
            path = f"/v1/products/{product['id']}"
            assert (await town.ask("GET", path, sees)).status_code == 200
            for method, body in (("GET", None), ("PATCH", {"stock": "low"}), ("DELETE", None)):
                assert (await town.ask(method, path, blind, json=body)).status_code == 404

    @pytest.mark.parametrize("product_id", ["5", str(2**70)])
    async def test_what_is_not_there(self, town: Town, product_id: str) -> None:
        shop = await town.shop()
        path = f"/v1/products/{product_id}"
        for method, body in (("GET", None), ("PATCH", {"stock": "low"}), ("DELETE", None)):
            assert (await town.ask(method, path, shop.owner, json=body)).status_code == 404
        assert (await town.ask("GET", f"/v1/brands/{product_id}/products")).status_code == 404


class TestUpdate:
    async def test_what_is_left_out_stays(self, town: Town) -> None:
        shop = await town.shop()
        original = {"amountMinor": 5900, "currency": "CNY"}
        made = await add(town, shop, originalPrice=original, externalId="A1")
        path = f"/v1/products/{made['id']}"
        changed = await town.good("PATCH", path, shop.owner, json={"stock": "sold_out"})
        assert changed == {**made, "stock": "sold_out", "updatedAt": changed["updatedAt"]}
        body = {"price": {"amountMinor": 6000, "currency": "CNY"}}
        answer = await town.ask("PATCH", path, shop.owner, json=body)
        assert answer.json()["errors"][0]["pointer"] == "/originalPrice"
        changed = await town.good("PATCH", path, shop.owner, json={**body, "originalPrice": None})
        assert changed["originalPrice"] is None
        assert changed["externalId"] == "A1"

    async def test_archived_and_brought_back(self, town: Town) -> None:
        shop = await town.shop()
        made = await add(town, shop, externalId="A1")
        path = f"/v1/products/{made['id']}"
        for _ in range(2):
            assert (await town.ask("DELETE", path, shop.owner)).status_code == 204
        assert (await town.ask("GET", path)).status_code == 404
        assert await catalogue(town, shop) == []
        answer = await send_csv(town, shop, f"{HEAD}\nA1,又来,1,CNY\n")
        assert answer.json() == {"created": 0, "updated": 1, "unchanged": 0}
        assert (await town.good("GET", path))["title"] == "又来"


class TestImport:
    async def test_json_and_csv_find_rows_again(self, town: Town) -> None:
        shop = await town.shop()
        rows = {"items": [{**CUP, "externalId": f"A{n}", "title": f"杯{n}"} for n in range(3)]}
        path = f"/v1/brands/{shop.id}/products/import"
        done = await town.good("POST", path, shop.owner, json=rows)
        assert done == {"created": 3, "updated": 0, "unchanged": 0}
        text = f"{HEAD}\nA0,杯0,4900,CNY\nA1,新杯,4900,CNY\nB1,盘,1,CNY\n"
        done = (await send_csv(town, shop, text)).json()
        assert done == {"created": 1, "updated": 1, "unchanged": 1}
        assert set(await catalogue(town, shop)) == {"杯0", "新杯", "杯2", "盘"}

    async def test_one_bad_row_and_nothing_is_taken(self, town: Town) -> None:
        shop = await town.shop()
        text = f"{HEAD}\nA1,好,1,CNY\nA2,,1,CNY\nA3,坏,x,CNY\n"
        answer = await send_csv(town, shop, text)
        assert (answer.status_code, answer.json()["code"]) == (400, "import_refused")
        pointers = [each["pointer"] for each in answer.json()["errors"]]
        assert pointers == ["/lines/3/title", "/lines/4/priceMinor"]
        path = f"/v1/brands/{shop.id}/products/import"
        good, bad = {**CUP, "externalId": "A1"}, {**CUP, "externalId": "A2", "title": 5}
        for items, pointer in (
            ([good, bad], "/items/1/title"),
            ([good, good], "/items/1/externalId"),
            ([good, {**good, "externalId": "A3", "title": " "}], "/items/1/title"),
            ([], "/items"),
            ([good] * 1001, "/items"),
        ):
            answer = await town.ask("POST", path, shop.owner, json={"items": items})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["pointer"] == pointer
        missing = {**CUP, "externalId": "A4", "imageId": "77"}
        answer = await town.ask("POST", path, shop.owner, json={"items": [good, missing]})
        assert answer.status_code == 404
        assert await catalogue(town, shop) == []

    async def test_too_large_a_file(self, town: Town) -> None:
        shop = await town.shop()
        answer = await send_csv(town, shop, "x" * (1024 * 1024 + 1))
        assert answer.status_code == 413


class TestLists:
    async def test_pages(self, town: Town) -> None:
        shop = await town.shop()
        for n in range(5):
            await add(town, shop, title=f"{n}")
        seen: list[str] = []
        cursor = None
        while True:
            params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = await town.good("GET", f"/v1/brands/{shop.id}/products", params=params)
            seen += [item["title"] for item in page["items"]]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == ["4", "3", "2", "1", "0"]

    async def test_search(self, town: Town) -> None:
        shop, rival = await town.shop(), await town.shop()
        for who, title in ((shop, "青花瓷杯"), (shop, "瓷杯"), (rival, "Cup 瓷"), (rival, "cap")):
            await add(town, who, title=title)

        async def found(query: str, **more: Any) -> list[str]:
            params = {"q": query, **more}
            page = await town.good("GET", "/v1/products/search", params=params)
            return [item["title"] for item in page["items"]]

        assert await found("瓷杯") == ["瓷杯", "青花瓷杯"]
        assert await found("CUP") == ["Cup 瓷"]
        assert await found("瓷", brandId=str(rival.id)) == ["Cup 瓷"]
        assert await found("c_p") == []
        assert len(await found("瓷", limit=1)) == 1
        assert (await town.ask("GET", "/v1/products/search")).status_code == 400
