"""Following, muting and blocking through the API, and the graph behind it."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import text

from feeds.accounts.events import Followed, GraphChanged, Unfollowed
from feeds.accounts.interfaces import HIDDEN_POSTS_MAX, Relations
from tests.factories.town import Resident, Town


@pytest.fixture
def told(town: Town) -> list[Any]:
    """The events of the graph, as they happen."""
    seen: list[Any] = []

    async def note(_tx: Any, event: Any) -> None:
        seen.append(event)

    for kind in (Followed, Unfollowed, GraphChanged):
        town.house.events.subscribe(kind, note)
    return seen


async def version(town: Town, who: Resident) -> int:
    """The version of somebody's graph."""
    async with town.house.database.reading() as session:
        return await town.house.doors.get(Relations).graph_version(session, who.id)


async def broken(town: Town) -> list[str]:
    """What the audit of follower counts finds."""
    audits = [a for w in town.composed.wirings for n, a in w.audits.items() if "follower" in n]
    return [sentence for audit in audits for sentence in await audit()]


class TestFollow:
    async def test_twice_is_once(self, town: Town, told: list[Any]) -> None:
        fan, star = await town.shopper(), await town.shopper()
        path = f"/v1/accounts/{star.id}/follow"
        for _ in range(2):
            assert await town.good("PUT", path, fan) == {"following": True, "followers": 1}
        assert [type(event) for event in told] == [Followed, GraphChanged]
        assert (told[0].account_id, told[0].shopper_id) == (star.id, fan.id)
        assert told[1] == GraphChanged(fan.id, await version(town, fan))
        for _ in range(2):
            assert await town.good("DELETE", path, fan) == {"following": False, "followers": 0}
        assert [type(event) for event in told[2:]] == [Unfollowed, GraphChanged]
        assert told[3].version == told[1].version + 1

    async def test_the_account_page_counts(self, town: Town) -> None:
        fan, star = await town.shopper(), await town.shopper()
        await town.follow(fan, star.id)
        page = await town.good("GET", f"/v1/accounts/{star.id}", fan)
        assert page["counts"] == {"followers": 1, "following": 0, "posts": 0}
        assert page["viewer"]["following"] is True
        page = await town.good("GET", f"/v1/accounts/{fan.id}", fan)
        assert page["counts"]["following"] == 1
        assert page["viewer"]["isSelf"] is True
        assert page["viewer"]["canManage"] is True

    async def test_refusals(self, town: Town) -> None:
        fan, shop = await town.shopper(), await town.shop()
        key = await town.key(shop, live=True)
        for who, account, status in (
            (fan, fan.id, 409),
            (fan, shop.test_account_id, 404),
            (fan, 77, 404),
            (key, fan.id, 403),
            (None, fan.id, 401),
        ):
            answer = await town.ask("PUT", f"/v1/accounts/{account}/follow", who)
            assert answer.status_code == status

    async def test_the_bound(self, town: Town) -> None:
        fan, star = await town.shopper(), await town.shopper()
        await town.follow(fan, (await town.shopper()).id)
        async with town.house.database.transaction() as tx:
            statement = text("UPDATE shopper_graphs SET following = :max WHERE shopper_id = :id")
            follows_max = town.house.settings.follows_max
            await tx.session.execute(statement, {"max": follows_max, "id": fan.id})
        answer = await town.ask("PUT", f"/v1/accounts/{star.id}/follow", fan)
        assert (answer.status_code, answer.json()["code"]) == (409, "follows_full")

    async def test_a_storm_on_one_account_is_counted_exactly(self, town: Town) -> None:
        star = await town.shopper()
        fans = [await town.shopper() for _ in range(24)]
        path = f"/v1/accounts/{star.id}/follow"
        dice = random.Random(3)
        following: dict[int, bool] = {}

        async def act(fan: Resident) -> None:
            for _ in range(4):
                following[fan.id] = dice.random() < 0.6
                method = "PUT" if following[fan.id] else "DELETE"
                await town.good(method, path, fan)

        await asyncio.gather(*(act(fan) for fan in fans))
        page = await town.good("GET", f"/v1/accounts/{star.id}")
        assert page["counts"]["followers"] == sum(following.values())
        assert await broken(town) == []
        async with town.house.database.reading() as session:
            relations = town.house.doors.get(Relations)
            found: list[int] = []
            while batch := await relations.followers_after(
                session, star.id, found[-1] if found else 0, 5
            ):
                found += batch
        assert found == sorted(id_ for id_, follows in following.items() if follows)

    async def test_a_wrong_count_is_found_by_the_audit(self, town: Town) -> None:
        fan, star = await town.shopper(), await town.shopper()
        await town.follow(fan, star.id)
        assert await broken(town) == []
        async with town.house.database.transaction() as tx:
            await tx.session.execute(text("UPDATE follower_counts SET followers = 5"))
        assert await broken(town) == [f"account {star.id}: 5 counted, 1 followers"]


class TestLists:
    async def test_followers_and_following_newest_first(self, town: Town) -> None:
        star = await town.shopper()
        fans = [await town.shopper() for _ in range(5)]
        for fan in fans:
            await town.follow(fan, star.id)
        await town.follow(star, fans[0].id)
        seen: list[int] = []
        cursor = None
        while True:
            params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            path = f"/v1/accounts/{star.id}/followers"
            page = await town.good("GET", path, star, params=params)
            seen += [int(item["id"]) for item in page["items"]]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == [fan.id for fan in fans[::-1]]
        page = await town.good("GET", f"/v1/accounts/{star.id}/followers", star)
        assert [item["viewer"]["following"] for item in page["items"]] == [False] * 4 + [True]
        page = await town.good("GET", f"/v1/accounts/{fans[0].id}/following")
        assert [int(item["id"]) for item in page["items"]] == [star.id]

    @pytest.mark.parametrize("end", ["", "/followers", "/following", "/posts"])
    async def test_what_is_not_there(self, town: Town, end: str) -> None:
        shop = await town.shop()
        who = await town.shopper()
        for account in (99, shop.test_account_id):
            answer = await town.ask("GET", f"/v1/accounts/{account}{end}", who)
            assert answer.status_code == 404


class TestMute:
    async def test_a_muted_account_is_still_followed(self, town: Town) -> None:
        fan, star = await town.shopper(), await town.shopper()
        await town.follow(fan, star.id)
        before = await version(town, fan)
        for _ in range(2):
            path = f"/v1/accounts/{star.id}/mute"
            assert await town.good("PUT", path, fan) == {"muted": True}
        assert await version(town, fan) == before + 1
        async with town.house.database.reading() as session:
            graph = await town.house.doors.get(Relations).graph(session, fan.id)
        assert graph.allowed == frozenset()
        page = await town.good("GET", f"/v1/accounts/{star.id}", fan)
        assert page["viewer"] == {
            "following": True, "muted": True, "blocked": False, "isSelf": False, "canManage": False,
        }  # fmt: skip
        assert await town.good("DELETE", path, fan) == {"muted": False}
        assert await version(town, fan) == before + 2


class TestBlock:
    async def test_both_directions_end(self, town: Town, told: list[Any]) -> None:
        one, two = await town.shopper(), await town.shopper()
        await town.follow(one, two.id)
        await town.follow(two, one.id)
        told.clear()
        path = f"/v1/accounts/{two.id}/block"
        for _ in range(2):
            assert await town.good("PUT", path, one) == {"blocked": True}
        ended = {(e.account_id, e.shopper_id) for e in told if isinstance(e, Unfollowed)}
        assert ended == {(one.id, two.id), (two.id, one.id)}
        assert {e.shopper_id for e in told if isinstance(e, GraphChanged)} == {one.id, two.id}
        assert len(told) == 4
        assert await broken(town) == []
        assert (await town.ask("GET", f"/v1/accounts/{one.id}", two)).status_code == 404
        assert (await town.ask("PUT", f"/v1/accounts/{one.id}/follow", two)).status_code == 404
        page = await town.good("GET", f"/v1/accounts/{two.id}", one)
        assert page["viewer"]["blocked"] is True
        assert page["counts"]["followers"] == 0
        answer = await town.ask("PUT", f"/v1/accounts/{two.id}/follow", one)
        assert (answer.status_code, answer.json()["code"]) == (409, "account_blocked")
        assert await town.good("DELETE", path, one) == {"blocked": False}
        await town.follow(two, one.id)

    async def test_a_brand_blocks_a_shopper(self, town: Town) -> None:
        shop, rude, stranger = await town.shop(), await town.shopper(), await town.shopper()
        await town.follow(rude, shop.id)
        path = f"/v1/accounts/{rude.id}/block"
        before = await version(town, rude)
        answer = await town.ask("PUT", path, stranger, params={"as": shop.id})
        assert answer.status_code == 400
        await town.good("PUT", path, shop.owner, params={"as": shop.id})
        assert await version(town, rude) == before + 1
        assert (await town.ask("GET", f"/v1/accounts/{shop.id}", rude)).status_code == 404
        assert await broken(town) == []
        await town.good("DELETE", path, shop.owner, params={"as": shop.id})
        assert (await town.ask("GET", f"/v1/accounts/{shop.id}", rude)).status_code == 200

    async def test_nobody_blocks_themselves(self, town: Town) -> None:
        one = await town.shopper()
        answer = await town.ask("PUT", f"/v1/accounts/{one.id}/block", one)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")

    async def test_blocks_and_follows_at_once_end_apart(self, town: Town) -> None:
        one, two = await town.shopper(), await town.shopper()
        for _ in range(6):
            await asyncio.gather(
                town.ask("PUT", f"/v1/accounts/{one.id}/follow", two),
                town.ask("PUT", f"/v1/accounts/{two.id}/follow", one),
                town.ask("PUT", f"/v1/accounts/{two.id}/block", one),
                town.ask("PUT", f"/v1/accounts/{one.id}/block", two),
            )
            async with town.house.database.reading() as session:
                relations = town.house.doors.get(Relations)
                for a, b in ((one, two), (two, one)):
                    assert not await relations.followed_among(session, a.id, [b.id])
            assert await broken(town) == []
            await town.good("DELETE", f"/v1/accounts/{two.id}/block", one)
            await town.good("DELETE", f"/v1/accounts/{one.id}/block", two)


class TestHiddenPosts:
    async def test_the_newest_are_kept(self, town: Town) -> None:
        who = await town.shopper()
        relations = town.house.doors.get(Relations)
        async with town.house.database.transaction() as tx:
            await tx.session.execute(
                text("INSERT INTO hidden_posts SELECT :id, n FROM generate_series(1, :max) n"),
                {"id": who.id, "max": HIDDEN_POSTS_MAX},
            )
            await relations.hide_post(tx, who.id, HIDDEN_POSTS_MAX + 1)
        async with town.house.database.reading() as session:
            hidden = await relations.hidden_posts(session, who.id)
        assert hidden == frozenset(range(2, HIDDEN_POSTS_MAX + 2))
