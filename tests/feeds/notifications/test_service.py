"""Notifications over HTTP: who is told what, once."""

from typing import Any

from tests.factories.town import Resident, Town


async def happened(town: Town) -> None:
    """Until everything decided is settled and told."""
    await town.settle()
    await town.run_jobs()


async def told(town: Town, who: Resident) -> list[dict[str, Any]]:
    return (await town.good("GET", "/v1/notifications", who))["items"]


async def unread(town: Town, who: Resident) -> int:
    return (await town.good("GET", "/v1/notifications/unread", who))["count"]


class TestTelling:
    async def test_comments_and_replies_reach_whom_they_concern(self, town: Town):
        author, guest, other = [await town.shopper() for _ in range(3)]
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        first = await town.good("POST", path, guest, json={"text": "how\n much?"})
        reply = {"text": "99", "parentId": first["id"]}
        await town.good("POST", path, author, json=reply)
        await town.good("POST", path, other, json={"text": "me too", "parentId": first["id"]})
        await happened(town)
        mine = await told(town, author)
        assert [(each["kind"], each["excerpt"]) for each in mine] == [
            ("comment", "me too"),
            ("comment", "how much?"),
        ]
        assert mine[1]["actor"]["id"] == str(guest.id)
        assert mine[1]["commentId"] == first["id"]
        assert mine[1]["postId"] == str(post_id)
        theirs = await told(town, guest)
        assert [(each["kind"], each["excerpt"]) for each in theirs] == [
            ("reply", "me too"),
            ("reply", "99"),
        ]
        assert await told(town, other) == []

    async def test_likes_of_a_post_are_one_line(self, town: Town):
        author = await town.shopper()
        fans = [await town.shopper() for _ in range(4)]
        post_id = await town.post_id(author, text="A new tea\nfrom the hills")
        for fan in (*fans, author):
            await town.good("PUT", f"/v1/posts/{post_id}/like", fan)
            await happened(town)
        (line,) = await told(town, author)
        assert line["kind"] == "like"
        assert line["actor"]["id"] == str(fans[-1].id)
        assert line["others"] == 3
        assert line["excerpt"] == "A new tea from the hills"
        assert await unread(town, author) == 1
        await town.good("DELETE", f"/v1/posts/{post_id}/like", fans[0])
        await town.good("PUT", f"/v1/posts/{post_id}/like", fans[0])
        await happened(town)
        assert await told(town, author) == [line]

    async def test_a_follower_is_told_of_once(self, town: Town):
        author, fan = await town.shopper(), await town.shopper()
        for _ in range(2):
            await town.follow(fan, author.id)
            await town.good("DELETE", f"/v1/accounts/{author.id}/follow", fan)
        await happened(town)
        assert [each["kind"] for each in await told(town, author)] == ["follow"]

    async def test_who_works_for_a_brand_hears_of_its_posts(self, town: Town):
        shop, guest = await town.shop(), await town.shopper()
        post_id = await town.post_id(shop.owner, accountId=shop.id)
        await town.good("POST", f"/v1/posts/{post_id}/comments", guest, json={"text": "nice"})
        await happened(town)
        assert [each["kind"] for each in await told(town, shop.owner)] == ["comment"]

    async def test_the_blocked_are_not_heard(self, town: Town):
        author, guest = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        await town.good("POST", f"/v1/posts/{post_id}/comments", guest, json={"text": "bad"})
        await town.good("PUT", f"/v1/accounts/{guest.id}/block", author)
        await happened(town)
        assert await told(town, author) == []


class TestReading:
    async def test_reading_counts_down(self, town: Town):
        author, guest = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/comments"
        for number in range(3):
            await town.good("POST", path, guest, json={"text": str(number)})
            await happened(town)
        lines = await told(town, author)
        assert await unread(town, author) == 3
        body = {"upToId": lines[1]["id"]}
        assert await town.good("POST", "/v1/notifications/read", author, json=body) == {"count": 1}
        assert [each["read"] for each in await told(town, author)] == [False, True, True]
        assert await town.good("POST", "/v1/notifications/read", guest, json=body) == {"count": 0}

    async def test_pages_go_on_by_cursor(self, town: Town):
        author, guest = await town.shopper(), await town.shopper()
        path = f"/v1/posts/{await town.post_id(author)}/comments"
        for number in range(5):
            await town.good("POST", path, guest, json={"text": str(number)})
        await happened(town)
        seen: list[str] = []
        params: dict[str, Any] = {"limit": 2}
        while True:
            page = await town.good("GET", "/v1/notifications", author, params=params)
            seen += [each["excerpt"] for each in page["items"]]
            if page["nextCursor"] is None:
                break
            params["cursor"] = page["nextCursor"]
        assert sorted(seen) == list("01234")

    async def test_bad_requests(self, town: Town):
        someone = await town.shopper()
        assert (await town.ask("GET", "/v1/notifications")).status_code == 401
        for body in ({}, {"upToId": 1}, {"upToId": "0"}, {"upToId": "x"}):
            answer = await town.client.post(
                "/v1/notifications/read", json=body, headers=someone.headers
            )
            assert answer.status_code == 400
        answer = await town.ask("GET", "/v1/notifications", someone, params={"cursor": "x"})
        assert answer.status_code == 400
