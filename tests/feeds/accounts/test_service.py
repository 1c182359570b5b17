"""Content accounts through the API."""

from typing import Any

import pytest

from app.identity.interfaces import Actor, Role
from feeds.accounts.interfaces import Accounts
from tests.factories.town import Resident, Town


def names(page: dict[str, Any]) -> list[str]:
    """The accounts of a page, by name."""
    return [item["name"] for item in page["items"]]


async def expert(town: Town, owner: Resident, name: str, kind: str = "expert") -> int:
    """An account that an operator opened for somebody."""
    body = {"kind": kind, "ownerShopperId": owner.id, "name": name, "bio": "懂行"}
    made = await town.good("POST", "/v1/accounts", await town.operator(), json=body)
    return int(made["id"])


class TestOwnAccount:
    async def test_a_shopper_has_one_from_the_first_moment(self, town: Town) -> None:
        who = await town.shopper("小林")
        page = await town.good("GET", f"/v1/accounts/{who.id}")
        assert (page["kind"], page["name"], page["verified"]) == ("shopper", "小林", False)

    async def test_it_shows_the_profile(self, town: Town) -> None:
        who = await town.shopper("旧")
        picture = await town.picture(who)
        body = {"name": "新", "bio": "爱花", "avatarImageId": picture}
        await town.good("PATCH", "/v1/me", who, json=body)
        page = await town.good("GET", f"/v1/accounts/{who.id}")
        assert (page["name"], page["bio"]) == ("新", "爱花")
        assert page["avatar"]["id"] == str(picture)
        assert names(await town.good("GET", "/v1/accounts/search", params={"q": "新"})) == ["新"]
        assert names(await town.good("GET", "/v1/accounts/search", params={"q": "旧"})) == []

    async def test_profile_fields_are_changed_in_the_profile(self, town: Town) -> None:
        who = await town.shopper()
        path = f"/v1/accounts/{who.id}"
        for field, value in (("name", "x"), ("bio", "x"), ("avatarImageId", None)):
            answer = await town.ask("PATCH", path, who, json={field: value})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["pointer"] == f"/{field}"
        cover = await town.picture(who)
        page = await town.good("PATCH", path, who, json={"coverImageId": cover})
        assert page["cover"]["id"] == str(cover)


class TestBrandAccounts:
    async def test_a_brand_has_a_live_one_and_a_twin(self, town: Town) -> None:
        shop = await town.shop("山茶工坊")
        page = await town.good("GET", f"/v1/accounts/{shop.id}")
        assert (page["kind"], page["name"], page["verified"]) == ("brand", "山茶工坊", True)
        key = await town.key(shop, live=False)
        twin = await town.good("GET", f"/v1/accounts/{shop.test_account_id}", key)
        assert (twin["name"], twin["viewer"]["canManage"]) == ("山茶工坊", True)
        params = {"q": "山茶"}
        found = await town.good("GET", "/v1/accounts/search", key, params=params)
        assert [item["id"] for item in found["items"]] == [str(shop.test_account_id)]
        found = await town.good("GET", "/v1/accounts/search", params=params)
        assert [item["id"] for item in found["items"]] == [str(shop.id)]

    async def test_a_new_name_is_on_both(self, town: Town) -> None:
        shop = await town.shop("旧坊")
        await town.good("PATCH", f"/v1/brands/{shop.id}", shop.owner, json={"name": "新坊"})
        key = await town.key(shop, live=False)
        for account_id, who in ((shop.id, None), (shop.test_account_id, key)):
            page = await town.good("GET", f"/v1/accounts/{account_id}", who)
            assert page["name"] == "新坊"
        answer = await town.ask(
            "PATCH", f"/v1/accounts/{shop.id}", shop.owner, json={"name": "别名"}
        )
        assert answer.status_code == 400

    async def test_managers(self, town: Town) -> None:
        shop = await town.shop()
        operations = await town.member(shop.id, Role.OPERATIONS)
        await town.member(shop.id, Role.CLERK)
        owner, stranger = await town.shopper(), await town.shopper()
        account = await expert(town, owner, "大厨")
        accounts = town.house.doors.get(Accounts)
        async with town.house.database.reading() as session:
            managers = await accounts.managers(session, shop.id)
            assert set(managers) == {shop.owner.id, operations.id}
            assert await accounts.managers(session, account) == [owner.id]
            assert await accounts.managers(session, stranger.id) == [stranger.id]
            assert await accounts.managers(session, 1) == []


class TestExperts:
    async def test_an_operator_opens_one_and_its_owner_publishes(self, town: Town) -> None:
        owner, stranger = await town.shopper("本人"), await town.shopper()
        account = await expert(town, owner, "大厨")
        mine = await town.good("GET", "/v1/me/accounts", owner)
        assert names(mine) == ["本人", "大厨"]
        await town.post(owner, accountId=account)
        path = f"/v1/accounts/{account}"
        page = await town.good("PATCH", path, owner, json={"name": "名厨", "bio": "三十年"})
        assert (page["name"], page["bio"], page["counts"]["posts"]) == ("名厨", "三十年", 1)
        answer = await town.ask("PATCH", path, stranger, json={"bio": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")
        answer = await town.ask("PATCH", path, owner, json={"verified": False})
        assert answer.status_code == 403
        page = await town.good("PATCH", path, await town.operator(), json={"verified": False})
        assert page["verified"] is False

    async def test_only_operators_open(self, town: Town) -> None:
        owner, operator = await town.shopper(), await town.operator()
        body = {"kind": "media", "ownerShopperId": owner.id, "name": "日报"}
        assert (await town.ask("POST", "/v1/accounts", owner, json=body)).status_code == 403
        assert (await town.ask("POST", "/v1/accounts", json=body)).status_code == 401
        for wrong in ({"ownerShopperId": "5"}, {"kind": "brand"}, {"kind": "shopper"},
                      {"name": " \u200b\n"}, {"name": "x" * 41}):  # fmt: skip
            answer = await town.ask("POST", "/v1/accounts", operator, json={**body, **wrong})
            assert answer.status_code == 400

    async def test_pictures_are_one_s_own(self, town: Town) -> None:
        owner, other = await town.shopper(), await town.shopper()
        account = await expert(town, owner, "大厨")
        body = {"avatarImageId": await town.picture(other)}
        answer = await town.ask("PATCH", f"/v1/accounts/{account}", owner, json=body)
        assert answer.status_code == 404


class TestFinding:
    async def test_by_any_part_of_the_name(self, town: Town) -> None:
        owner = await town.shopper("甲")
        for name in ("上海花城", "花城日报", "城花", "Flora Café"):
            await expert(town, owner, name)

        async def found(query: str) -> list[str]:
            return names(await town.good("GET", "/v1/accounts/search", params={"q": query}))

        assert await found("花城") == ["花城日报", "上海花城"]
        assert set(await found("花")) == {"花城日报", "上海花城", "城花"}
        assert await found("FLORA") == ["Flora Café"]
        assert await found("ra ca") == ["Flora Café"]
        assert await found("ｆｌｏ") == ["Flora Café"]
        assert await found("没有") == []
        assert await found("%") == []
        assert await found("   ") == []
        answer = await town.ask("GET", "/v1/accounts/search", params={"q": "x" * 41})
        assert answer.status_code == 400

    async def test_who_blocked_me_is_not_found(self, town: Town) -> None:
        one, two = await town.shopper("寻常人"), await town.shopper()
        await town.good("PUT", f"/v1/accounts/{two.id}/block", one)
        params = {"q": "寻常"}
        assert names(await town.good("GET", "/v1/accounts/search", two, params=params)) == []
        found = await town.good("GET", "/v1/accounts/search", params=params)
        assert names(found) == ["寻常人"]

    async def test_suggestions_mix_kinds_and_leave_out_the_known(self, town: Town) -> None:
        owner, newcomer = await town.shopper(), await town.shopper()
        shop = await town.shop("牌")
        media = await expert(town, owner, "报", "media")
        followed, muted, blocked = [await expert(town, owner, n) for n in ("一", "二", "三")]
        rest = await expert(town, owner, "四")
        for end, account in (("follow", followed), ("mute", muted), ("block", blocked)):
            await town.good("PUT", f"/v1/accounts/{account}/{end}", newcomer)
        page = await town.good("GET", "/v1/accounts/suggestions", newcomer)
        assert {int(item["id"]) for item in page["items"]} == {shop.id, media, rest}
        everyone = await town.good("GET", "/v1/accounts/suggestions", params={"limit": 3})
        assert {item["kind"] for item in everyone["items"]} == {"brand", "media", "expert"}
        assert [i["name"] for i in everyone["items"] if i["kind"] == "expert"] == ["一"]
        own = await town.good("GET", "/v1/accounts/suggestions", owner)
        assert {int(item["id"]) for item in own["items"]} == {shop.id}


class TestMine:
    async def test_members_and_keys(self, town: Town) -> None:
        shop = await town.shop("牌")
        clerk = await town.member(shop.id, Role.CLERK)
        mine = await town.good("GET", "/v1/me/accounts", shop.owner)
        assert [int(item["id"]) for item in mine["items"]] == [shop.owner.id, shop.id]
        mine = await town.good("GET", "/v1/me/accounts", clerk)
        assert [int(item["id"]) for item in mine["items"]] == [clerk.id]
        for live, account in ((True, shop.id), (False, shop.test_account_id)):
            key = await town.key(shop, live=live)
            mine = await town.good("GET", "/v1/me/accounts", key)
            assert [int(item["id"]) for item in mine["items"]] == [account]
        assert (await town.ask("GET", "/v1/me/accounts")).status_code == 401

    @pytest.mark.parametrize("role", list(Role))
    async def test_the_door_agrees_with_the_list(self, town: Town, role: Role) -> None:
        shop = await town.shop()
        who = await town.member(shop.id, role)
        accounts = town.house.doors.get(Accounts)
        actor: Actor = who.actor
        async with town.house.database.reading() as session:
            listed = await accounts.publishable(session, actor)
            for account_id in (who.id, shop.id, shop.test_account_id, shop.owner.id):
                may = await accounts.may_publish_as(session, actor, account_id)
                assert may == (account_id in listed)
