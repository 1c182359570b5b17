"""Likes, shares and views over HTTP, on both lanes."""

import pytest

from app.composition import Composed
from tests.application import application
from tests.factories.town import Town
from tests.served import talking


async def counts(town: Town, post_id: int) -> dict[str, int]:
    return (await town.good("GET", f"/v1/posts/{post_id}"))["counts"]


class TestLikes:
    async def test_a_like_is_answered_counted_and_shown_to_who_gave_it(self, town: Town):
        author, fan = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/like"
        for _ in range(2):
            assert await town.good("PUT", path, fan) == {"liked": True, "likes": 1}
        seen = await town.good("GET", f"/v1/posts/{post_id}", fan)
        assert seen["viewer"]["liked"] is True
        await town.settle()
        assert (await counts(town, post_id))["likes"] == 1
        for _ in range(2):
            assert await town.good("DELETE", path, fan) == {"liked": False, "likes": 0}

    async def test_who_may_not_see_a_post_may_not_like_it(self, town: Town):
        author, stranger = await town.shopper(), await town.shopper()
        blocked = await town.shopper()
        draft = await town.post_id(author, draft=True)
        inner = await town.post_id(author, audience={"kind": "followers"})
        open_ = await town.post_id(author)
        await town.good("PUT", f"/v1/accounts/{blocked.id}/block", author)
        for post_id, who in ((draft, stranger), (inner, stranger), (open_, blocked), (1, stranger)):
            for action in ("like", "shares", "comments"):
                method = "PUT" if action == "like" else "POST"
                body = {"like": None, "shares": {"channel": "qr"}, "comments": {"text": "hi"}}
                answer = await town.ask(
                    method, f"/v1/posts/{post_id}/{action}", who, json=body[action]
                )
                assert answer.status_code == 404, (post_id, action, answer.text)
        await town.follow(stranger, author.id)
        await town.good("PUT", f"/v1/posts/{inner}/like", stranger)

    async def test_a_withdrawn_post_is_gone(self, town: Town):
        author, fan = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        await town.good("PUT", f"/v1/posts/{post_id}/like", fan)
        await town.good("POST", f"/v1/posts/{post_id}/withdraw", author)
        assert (await town.ask("PUT", f"/v1/posts/{post_id}/like", fan)).status_code == 404

    async def test_keys_and_strangers_cannot_like(self, town: Town):
        shop = await town.shop()
        post_id = await town.post_id(shop.owner, accountId=str(shop.id))
        key = await town.key(shop, live=True)
        path = f"/v1/posts/{post_id}/like"
        assert (await town.ask("PUT", path)).status_code == 401
        assert (await town.ask("PUT", path, key)).status_code == 403

    @pytest.mark.parametrize("path", ["/v1/posts/0/like", "/v1/posts/99999999999999999999/like"])
    async def test_ids_that_cannot_be(self, town: Town, path: str):
        assert (await town.ask("PUT", path, await town.shopper())).status_code in (400, 404)

    async def test_both_lanes_answer_the_same(self, town: Town, composed: Composed):
        author, fan = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        async with talking(application(composed)) as lane:
            for path in (f"/v1/posts/{post_id}/like", "/v1/posts/12/like"):
                for headers in (fan.headers, {}, {"authorization": "Bearer no"}):
                    for method in ("PUT", "DELETE"):
                        hot = await lane.request(method, path, headers=headers)
                        plain = await town.client.request(method, path, headers=headers)
                        assert hot.status_code == plain.status_code
                        ignore = {"requestId": None}
                        assert hot.json() | ignore == plain.json() | ignore


class TestShares:
    async def test_a_share_counts_once_a_channel_and_gives_a_link(self, town: Town):
        author, fan = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/shares"
        for _ in range(2):
            shared = await town.good("POST", path, fan, json={"channel": "wechat"})
            assert shared == {"shares": 1, "url": f"http://testserver/posts/{post_id}"}
        assert (await town.ask("POST", path, fan, json={"channel": "fax"})).status_code == 400
        assert (await town.ask("POST", path, json={"channel": "qr"})).status_code == 401


class TestViews:
    async def test_views_arrive(self, town: Town, composed: Composed):
        author = await town.shopper()
        post_id = await town.post_id(author)
        body = {"postIds": [str(post_id), "999"]}
        assert (await town.ask("POST", "/v1/views", json=body)).status_code == 202

    async def test_views_are_bounded(self, town: Town):
        for ids in ([], ["1"] * 51, ["x"], "1"):
            answer = await town.ask("POST", "/v1/views", json={"postIds": ids})
            assert answer.status_code == 400
