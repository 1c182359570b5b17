"""Passing posts on, and keeping hands off other people's."""

from typing import Any

import pytest

from app.identity.interfaces import Role
from tests.factories.town import Town


def problem(answer: Any) -> tuple[int, str, set[str]]:
    """Status, code and pointers of a problem."""
    body = answer.json()
    return answer.status_code, body["code"], {each["pointer"] for each in body["errors"]}


class TestRepost:
    async def test_a_repost_of_a_repost_shows_the_original(self, town: Town) -> None:
        author, second, third = [await town.shopper() for _ in range(3)]
        original = await town.post_id(author, text="the original")
        repost = await town.post_id(second, kind="repost", text="see", repostOfId=original)
        made = await town.post(third, kind="repost", text="", repostOfId=repost)
        assert made["post"]["repostOf"]["id"] == str(original)
        assert made["post"]["repostOf"]["text"] == "the original"
        assert made["post"]["repostOf"]["repostOf"] is None

    async def test_what_is_not_for_everyone_stays(self, town: Town) -> None:
        author, fan = await town.shopper(), await town.shopper()
        await town.follow(fan, author.id)
        post_id = await town.post_id(author, audience={"kind": "followers"})
        body = {"kind": "repost", "repostOfId": post_id}
        answer = await town.ask("POST", "/v1/posts", fan, json=body)
        assert problem(answer)[:2] == (409, "not_repostable")
        stranger = await town.shopper()
        answer = await town.ask("POST", "/v1/posts", stranger, json=body)
        assert problem(answer)[:2] == (404, "post_not_found")

    async def test_nothing_of_its_own(self, town: Town) -> None:
        who = await town.shopper()
        original, picture = await town.post_id(who), await town.picture(who)
        body = {"kind": "repost", "repostOfId": original, "pictureIds": [picture]}
        answer = await town.ask("POST", "/v1/posts", who, json=body)
        assert problem(answer) == (400, "post_incomplete", {"/pictureIds"})


class TestForeignPosts:
    @pytest.mark.parametrize(
        ("method", "end", "body"),
        [
            ("PATCH", "", {"text": "mine now"}),
            ("POST", "/publish", None),
            ("POST", "/withdraw", None),
            ("PUT", "/pin", None),
            ("DELETE", "/pin", None),
        ],
    )
    async def test_another_s_post_does_not_exist(
        self, town: Town, method: str, end: str, body: Any
    ) -> None:
        author, stranger, shop = await town.shopper(), await town.shopper(), await town.shop()
        clerk = await town.member(shop.id, Role.CLERK)
        key = await town.key(shop, live=False)
        path = f"/v1/posts/{await town.post_id(author)}{end}"
        brand_path = f"/v1/posts/{await town.post_id(shop.owner, accountId=shop.id)}{end}"
        for who, target in ((stranger, path), (shop.owner, path), (clerk, brand_path),
                            (key, brand_path), (stranger, "/v1/posts/99" + end)):  # fmt: skip
            answer = await town.ask(method, target, who, json=body)
            assert problem(answer)[:2] == (404, "post_not_found"), target
        assert (await town.ask(method, path, json=body)).status_code == 401
