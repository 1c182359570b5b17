"""Reports through the API."""

from tests.factories.town import Town


class TestReport:
    async def test_posts_and_accounts(self, town: Town) -> None:
        who, author = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        made: list[str] = []
        for kind, target in (("post", post_id), ("account", author.id)):
            body = {"targetKind": kind, "targetId": target, "reason": "spam", "detail": "广告"}
            made.append((await town.good("POST", "/v1/reports", who, json=body))["id"])
            body["reason"] = "fake"
            assert (await town.good("POST", "/v1/reports", who, json=body))["id"] == made[-1]
        operator = await town.operator()
        page = await town.good("GET", "/v1/reports", operator, params={"limit": 1})
        assert [item["id"] for item in page["items"]] == [made[1]]
        assert page["items"][0]["reason"] == "fake"
        more = {"cursor": page["nextCursor"]}
        page = await town.good("GET", "/v1/reports", operator, params=more)
        assert [item["id"] for item in page["items"]] == [made[0]]
        assert (await town.ask("GET", "/v1/reports", who)).status_code == 403

    async def test_what_is_not_there_for_the_caller(self, town: Town) -> None:
        who, author, shop = await town.shopper(), await town.shopper(), await town.shop()
        private = await town.post_id(author, audience={"kind": "followers"})
        for kind, target in (("post", private), ("post", author.id), ("comment", author.id),
                             ("account", private), ("account", shop.test_account_id)):  # fmt: skip
            body = {"targetKind": kind, "targetId": target, "reason": "abuse"}
            answer = await town.ask("POST", "/v1/reports", who, json=body)
            assert answer.status_code == 404

    async def test_bad_input(self, town: Town) -> None:
        who = await town.shopper()
        good = {"targetKind": "account", "targetId": who.id, "reason": "other"}
        for wrong in ({"reason": "dull"}, {"targetKind": "brand"}, {"detail": "x" * 501},
                      {"targetId": "x"}, {"more": 1}):  # fmt: skip
            answer = await town.ask("POST", "/v1/reports", who, json={**good, **wrong})
            assert answer.status_code == 400
        assert (await town.ask("POST", "/v1/reports", json=good)).status_code == 401
