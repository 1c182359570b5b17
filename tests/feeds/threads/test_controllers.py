"""Comments over HTTP."""

import pytest

from tests.factories.town import Town


class TestComments:
    async def test_a_conversation(self, town: Town):
        author, guest = await town.shopper("作者"), await town.shopper("客人")
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        asked = await town.good("POST", path, guest, json={"text": " 多少钱？ ", "clientId": "a"})
        assert asked["text"] == "多少钱？"
        assert asked["author"]["name"] == "客人"
        assert asked["isPostAuthor"] is False
        assert asked["viewer"] == {"canDelete": True, "canHide": False}
        again = await town.good("POST", path, guest, json={"text": "多少钱？", "clientId": "a"})
        assert again["id"] == asked["id"]
        body = {"text": "99", "parentId": asked["id"]}
        answered = await town.good("POST", path, author, json=body)
        assert answered["parentId"] == asked["id"]
        assert answered["isPostAuthor"] is True
        page = await town.good("GET", path)
        assert [each["id"] for each in page["items"]] == [asked["id"]]
        assert page["items"][0]["replies"][0]["id"] == answered["id"]
        replies = await town.good("GET", f"/v1/comments/{asked['id']}/replies", guest)
        assert [each["text"] for each in replies["items"]] == ["99"]
        await town.settle()
        assert (await town.good("GET", f"/v1/posts/{post_id}"))["counts"]["comments"] == 2

    async def test_pages_go_on_by_cursor(self, town: Town):
        author = await town.shopper()
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        for number in range(5):
            await town.good("POST", path, author, json={"text": str(number)})
        seen: list[str] = []
        cursor = None
        while True:
            params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = await town.good("GET", path, params=params)
            seen += [each["text"] for each in page["items"]]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == ["4", "3", "2", "1", "0"]

    async def test_moderation(self, town: Town):
        author, guest, other = [await town.shopper() for _ in range(3)]
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        comment = (await town.good("POST", path, guest, json={"text": "spam"}))["id"]
        one = f"/v1/comments/{comment}"
        for who in (other, guest):
            assert (await town.ask("PUT", f"{one}/hide", who)).status_code == 404
        assert (await town.ask("DELETE", one, other)).status_code == 404
        assert (await town.ask("DELETE", one)).status_code == 401
        assert await town.good("PUT", f"{one}/hide", author) == {"hidden": True}
        assert (await town.good("GET", path, other))["items"] == []
        assert (await town.good("GET", path, author))["items"][0]["viewer"]["canHide"] is True
        assert await town.good("DELETE", f"{one}/hide", author) == {"hidden": False}
        assert len((await town.good("GET", path, other))["items"]) == 1
        assert (await town.ask("DELETE", one, guest)).status_code == 204
        assert (await town.good("GET", path, author))["items"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"text": ""},
            {"text": " \n "},
            {"text": "\x00"},
            {"text": "x" * 501},
            {"text": "x", "parentId": "0"},
            {"text": "x", "clientId": ""},
            {"text": "x", "clientId": "a\nb"},
            {"text": "x", "clientId": "a" * 65},
            {"text": "x", "more": 1},
            {"text": 1},
        ],
    )
    async def test_bad_bodies_are_refused(self, town: Town, body: dict[str, object]):
        author = await town.shopper()
        path = f"/v1/posts/{await town.post_id(author)}/comments"
        answer = await town.ask("POST", path, author, json=body)
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"]

    async def test_what_is_not_there(self, town: Town):
        author = await town.shopper()
        post_id = await town.post_id(author)
        for method, path in (
            ("GET", "/v1/posts/12/comments"),
            ("GET", "/v1/comments/12/replies"),
            ("DELETE", "/v1/comments/12"),
            ("PUT", "/v1/comments/12/hide"),
        ):
            assert (await town.ask(method, path, author)).status_code == 404
        path = f"/v1/posts/{post_id}/comments"
        answer = await town.ask("POST", path, author, json={"text": "x", "parentId": "12"})
        assert answer.status_code == 409
        assert answer.json()["code"] == "parent_gone"
