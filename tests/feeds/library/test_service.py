"""Reading posts through the API."""

from typing import Any

import pytest

from tests.factories.town import Resident, Town


def ids(page: dict[str, Any]) -> list[int]:
    """The posts of a page."""
    return [int(item["post"]["id"]) for item in page["items"]]


async def status(town: Town, post_id: int, who: Resident | None = None) -> int:
    """What asking for a post answers."""
    return (await town.ask("GET", f"/v1/posts/{post_id}", who)).status_code


class TestVisibility:
    async def test_audiences(self, town: Town) -> None:
        author, fan, chosen, stranger = [await town.shopper() for _ in range(4)]
        await town.follow(fan, author.id)
        everyone = await town.post_id(author)
        followers = await town.post_id(author, audience={"kind": "followers"})
        audience = {"kind": "selected", "shopperIds": [chosen.id]}
        selected = await town.post_id(author, audience=audience)
        for post_id, readers in (
            (everyone, [None, author, fan, chosen, stranger]),
            (followers, [author, fan]),
            (selected, [author, chosen]),
        ):
            for who in (None, author, fan, chosen, stranger):
                assert await status(town, post_id, who) == (200 if who in readers else 404)
        for who, wall in ((None, [everyone]), (fan, [followers, everyone]),
                          (chosen, [selected, everyone]),
                          (author, [selected, followers, everyone])):  # fmt: skip
            page = await town.good("GET", f"/v1/accounts/{author.id}/posts", who)
            assert ids(page) == wall

    async def test_a_block_hides_both_ways(self, town: Town) -> None:
        one, two, third = [await town.shopper() for _ in range(3)]
        first, second = await town.post_id(one, text="#t"), await town.post_id(two, text="#t")
        passed_on = await town.post_id(third, kind="repost", text="#t", repostOfId=first)
        await town.good("PUT", f"/v1/accounts/{two.id}/block", one)
        assert await status(town, second, one) == 404
        assert await status(town, first, two) == 404
        assert await status(town, passed_on, two) == 404
        assert await status(town, passed_on, one) == 200
        assert ids(await town.good("GET", "/v1/hashtags/t/posts", two)) == [second]
        assert ids(await town.good("GET", "/v1/hashtags/t/posts", one)) == [passed_on, first]
        walls = f"/v1/accounts/{one.id}/posts", f"/v1/accounts/{two.id}/posts"
        assert (await town.ask("GET", walls[0], two)).status_code == 404
        assert ids(await town.good("GET", walls[1], one)) == []

    async def test_test_and_live_data_never_meet(self, town: Town) -> None:
        shop = await town.shop()
        trial, real = await town.key(shop, live=False), await town.key(shop, live=True)
        in_test = await town.post_id(trial, text="#same")
        in_life = await town.post_id(real, text="#same")
        shopper = await town.shopper()
        for who in (None, shopper, shop.owner, real):
            assert await status(town, in_test, who) == 404
            assert await status(town, in_life, who) == 200
            assert ids(await town.good("GET", "/v1/hashtags/same/posts", who)) == [in_life]
        assert await status(town, in_life, trial) == 404
        assert await status(town, in_test, trial) == 200
        assert ids(await town.good("GET", "/v1/hashtags/same/posts", trial)) == [in_test]
        for who, account, code in (
            (trial, shop.id, 404),
            (trial, shop.test_account_id, 200),
            (real, shop.test_account_id, 404),
            (None, shop.test_account_id, 404),
        ):
            path = f"/v1/accounts/{account}/posts"
            assert (await town.ask("GET", path, who)).status_code == code

    @pytest.mark.parametrize("post_id", ["1", "0", str(2**63 - 1), str(2**70)])
    async def test_what_is_not_there(self, town: Town, post_id: str) -> None:
        who = await town.shopper()
        for method, end in (("GET", ""), ("GET", "/history"), ("PUT", "/not-interested"),
                            ("DELETE", "/not-interested")):  # fmt: skip
            answer = await town.ask(method, f"/v1/posts/{post_id}{end}", who)
            assert answer.status_code == 404

    async def test_history_and_interest_of_hidden_posts(self, town: Town) -> None:
        author, stranger = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author, audience={"kind": "followers"})
        for method, end in (("GET", "/history"), ("PUT", "/not-interested"),
                            ("DELETE", "/not-interested")):  # fmt: skip
            answer = await town.ask(method, f"/v1/posts/{post_id}{end}", stranger)
            assert answer.status_code == 404


class TestLists:
    async def test_walls_are_paged_without_holes_or_doubles(self, town: Town) -> None:
        author = await town.shopper()
        made = [await town.post_id(author, text=str(n)) for n in range(7)]
        path, seen, cursor = f"/v1/accounts/{author.id}/posts", list[int](), None
        while True:
            params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
            page = await town.good("GET", path, params=params)
            seen += ids(page)
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == made[::-1]

    async def test_topics_are_refilled_around_what_may_not_be_seen(self, town: Town) -> None:
        reader, foe, author = [await town.shopper() for _ in range(3)]
        mine: list[int] = []
        for n in range(4):
            mine.append(await town.post_id(author, text=f"#topic {n}"))
            for _ in range(3):
                await town.post_id(foe, text="#topic")
        await town.good("PUT", f"/v1/accounts/{foe.id}/block", reader)
        seen, cursor = list[int](), None
        for _ in range(10):
            params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = await town.good("GET", "/v1/hashtags/topic/posts", reader, params=params)
            seen += ids(page)
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == mine[::-1]

    async def test_a_topic_is_found_however_it_is_written(self, town: Town) -> None:
        author = await town.shopper()
        post_id = await town.post_id(author, text="#春天 的颜色# #Sale")
        for tag in ("sale", "SALE", "ＳＡＬＥ", "春天 的颜色", "春天%20的颜色"):
            assert ids(await town.good("GET", f"/v1/hashtags/{tag}/posts")) == [post_id]
        followers = await town.post_id(author, text="#Sale", audience={"kind": "followers"})
        assert followers not in ids(await town.good("GET", "/v1/hashtags/sale/posts", author))

    @pytest.mark.parametrize("cursor", ["x", "a" * 81, "AAAA", "%00"])
    async def test_a_cursor_that_is_not_ours(self, town: Town, cursor: str) -> None:
        author = await town.shopper()
        for path in (f"/v1/accounts/{author.id}/posts", "/v1/hashtags/x/posts"):
            answer = await town.ask("GET", path, params={"cursor": cursor})
            assert answer.status_code == 400

    async def test_bounds(self, town: Town) -> None:
        author = await town.shopper()
        for limit in (0, 51, -1, "x"):
            path = f"/v1/accounts/{author.id}/posts"
            assert (await town.ask("GET", path, params={"limit": limit})).status_code == 400
        assert (await town.ask("GET", f"/v1/hashtags/{'x' * 41}/posts")).status_code == 404


class TestItem:
    async def test_the_reader_s_own_bits(self, town: Town) -> None:
        author, fan = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        await town.follow(fan, author.id)
        await town.good("PUT", f"/v1/posts/{post_id}/like", fan)
        seen = await town.good("GET", f"/v1/posts/{post_id}", fan)
        assert seen["viewer"] == {"liked": True, "following": True}
        seen = await town.good("GET", f"/v1/posts/{post_id}")
        assert seen["viewer"] == {"liked": False, "following": False}

    async def test_unchanged_is_304(self, town: Town) -> None:
        author = await town.shopper()
        path = f"/v1/posts/{await town.post_id(author)}"
        etag = (await town.ask("GET", path)).headers["etag"]
        again = await town.ask("GET", path, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")


class TestInterest:
    async def test_not_interested_and_back(self, town: Town) -> None:
        author, fan = await town.shopper(), await town.shopper()
        post_id = await town.post_id(author)
        path = f"/v1/posts/{post_id}/not-interested"
        for _ in range(2):
            assert await town.good("PUT", path, fan) == {"notInterested": True}
        assert await status(town, post_id, fan) == 200
        assert await town.good("DELETE", path, fan) == {"notInterested": False}
        shop = await town.shop()
        key = await town.key(shop, live=True)
        assert (await town.ask("PUT", path, key)).status_code == 403
        assert (await town.ask("PUT", path)).status_code == 401
