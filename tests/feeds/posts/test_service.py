"""Writing posts through the API."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.identity.interfaces import Role
from app.kernel.structs import Timestamp
from feeds.posts.events import PostEdited, PostPublished, PostWithdrawn
from feeds.posts.interfaces import FanOut, Posts
from tests.factories.town import Resident, Shop, Town


def problem(answer: Any) -> tuple[int, str, set[str]]:
    """Status, code and pointers of a problem."""
    body = answer.json()
    return answer.status_code, body["code"], {each["pointer"] for each in body["errors"]}


async def product(town: Town, shop: Shop, who: Resident | None = None, **fields: Any) -> int:
    """A product of the shop."""
    body = {"title": "瓷杯", "price": {"amountMinor": 4900, "currency": "CNY"}, **fields}
    path = f"/v1/brands/{shop.id}/products"
    return int((await town.good("POST", path, who or shop.owner, json=body))["id"])


@pytest.fixture
def told(town: Town) -> list[Any]:
    """The events of posts, as they happen."""
    seen: list[Any] = []

    async def note(_tx: Any, event: Any) -> None:
        seen.append(event)

    for kind in (PostPublished, PostEdited, PostWithdrawn):
        town.house.events.subscribe(kind, note)
    return seen


class TestCreate:
    async def test_a_shopper_publishes_as_themselves(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper("小林")
        picture = await town.picture(who)
        made = await town.post(who, kind="pictures", text="山茶 #春天# #Sale", pictureIds=[picture])
        post = made["post"]
        assert (made["status"], made["publishAt"], made["pinned"]) == ("published", None, False)
        assert post["account"]["name"] == "小林"
        assert post["account"]["id"] == str(who.id)
        assert post["hashtags"] == ["春天", "Sale"]
        assert [p["id"] for p in post["pictures"]] == [str(picture)]
        assert post["publishedAt"] is not None
        assert post["editedAt"] is None
        assert post["version"] == 1
        (event,) = told
        assert event.post.id == int(post["id"])
        assert event.post.published_at.microsecond % 1000 == 0
        assert str(Timestamp.of(event.post.published_at)) == post["publishedAt"]
        assert event.post.fan_out is FanOut.PUSH

    async def test_members_publish_as_their_brand_by_role(self, town: Town) -> None:
        shop = await town.shop()
        for role, status in ((Role.OPERATIONS, 201), (Role.CLERK, 404), (Role.SERVICE, 404)):
            who = await town.member(shop.id, role)
            body = {"kind": "news", "text": "hi", "accountId": shop.id}
            answer = await town.ask("POST", "/v1/posts", who, json=body)
            assert answer.status_code == status, answer.text

    async def test_a_key_needs_the_scope(self, town: Town) -> None:
        shop = await town.shop()
        reader = await town.key(shop, live=True, scopes=["posts:read"])
        answer = await town.ask("POST", "/v1/posts", reader, json={"kind": "news", "text": "x"})
        assert answer.status_code == 404
        writer = await town.key(shop, live=True)
        assert (await town.post(writer))["post"]["account"]["id"] == str(shop.id)

    async def test_another_s_account_does_not_exist(self, town: Town) -> None:
        who, other, shop = await town.shopper(), await town.shopper(), await town.shop()
        for account_id in (other.id, shop.id, shop.test_account_id, "12345"):
            body = {"kind": "news", "text": "x", "accountId": account_id}
            answer = await town.ask("POST", "/v1/posts", who, json=body)
            assert problem(answer)[:2] == (404, "account_not_found")

    async def test_without_a_token(self, town: Town) -> None:
        answer = await town.ask("POST", "/v1/posts", json={"kind": "news", "text": "x"})
        assert answer.status_code == 401

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"kind": "pictures"}, "/pictureIds"),
            ({"kind": "news", "text": " \n"}, "/text"),
            ({"kind": "product_show"}, "/productIds"),
            ({"kind": "new_arrivals"}, "/productIds"),
            ({"kind": "buyer_show"}, "/pictureIds"),
            ({"kind": "repost"}, "/repostOfId"),
            ({"kind": "news", "text": "x" * 2001}, "/text"),
            ({"kind": "news", "text": "x", "pictureIds": ["1"] * 10}, "/pictureIds"),
            ({"kind": "news", "text": "x", "pictureIds": ["1", "1"]}, "/pictureIds"),
            ({"kind": "news", "text": "x", "productIds": ["7"]}, "/productIds/0"),
            ({"kind": "dance", "text": "x"}, "/kind"),
            ({"kind": "news", "text": "x", "publishAt": "2020-01-01T00:00:00Z"}, "/publishAt"),
            ({"kind": "news", "text": "x", "publishAt": "2099-01-01T00:00:00Z"}, "/publishAt"),
            ({"kind": "news", "text": "x", "audience": {"kind": "selected"}},
             "/audience/shopperIds"),
        ],
    )  # fmt: skip
    async def test_bad_input_names_the_field_and_changes_nothing(
        self, town: Town, body: dict[str, Any], pointer: str
    ) -> None:
        who = await town.shopper()
        answer = await town.ask("POST", "/v1/posts", who, json=body)
        assert answer.status_code == 400
        assert pointer in problem(answer)[2]
        assert (await town.good("GET", "/v1/me/posts", who))["items"] == []

    async def test_pictures_are_one_s_own(self, town: Town) -> None:
        who, other = await town.shopper(), await town.shopper()
        picture = await town.picture(other)
        body = {"kind": "pictures", "pictureIds": [picture]}
        answer = await town.ask("POST", "/v1/posts", who, json=body)
        assert problem(answer)[:2] == (404, "picture_not_found")

    async def test_a_brand_shows_its_own_products(self, town: Town) -> None:
        shop, rival = await town.shop(), await town.shop()
        own, foreign = await product(town, shop), await product(town, rival)
        body = {"kind": "product_show", "accountId": shop.id, "productIds": [own]}
        made = await town.good("POST", "/v1/posts", shop.owner, json=body)
        assert [p["id"] for p in made["post"]["products"]] == [str(own)]
        body["productIds"] = [own, foreign]
        answer = await town.ask("POST", "/v1/posts", shop.owner, json=body)
        assert problem(answer) == (400, "invalid", {"/productIds/1"})
        shopper = await town.shopper()
        made = await town.post(shopper, productIds=[own, foreign])
        assert len(made["post"]["products"]) == 2

    async def test_test_and_live_products_do_not_mix(self, town: Town) -> None:
        shop = await town.shop()
        key = await town.key(shop, live=False)
        trial, real = await product(town, shop, key), await product(town, shop)
        await town.post(key, kind="product_show", productIds=[trial])
        body = {"kind": "product_show", "productIds": [real]}
        assert (await town.ask("POST", "/v1/posts", key, json=body)).status_code == 400

    async def test_only_shoppers_show_what_they_bought(self, town: Town) -> None:
        shop = await town.shop()
        picture = await town.picture(shop.owner)
        body = {"kind": "buyer_show", "accountId": shop.id, "pictureIds": [picture]}
        answer = await town.ask("POST", "/v1/posts", shop.owner, json=body)
        assert problem(answer) == (400, "post_incomplete", {"/kind"})

    async def test_many_followers_pull(self, town: Town) -> None:
        star = await town.shopper()
        async with town.house.database.transaction() as tx:
            await tx.session.execute(
                text("INSERT INTO follower_counts VALUES (:id, 0, 10001)"), {"id": star.id}
            )
        pulled = await town.post_id(star)
        fan = await town.shopper()
        chosen = {"kind": "selected", "shopperIds": [fan.id]}
        pushed = await town.post_id(star, audience=chosen)
        async with town.house.database.reading() as session:
            posts = town.house.doors.get(Posts)
            records = await posts.records(session, [pulled, pushed])
            assert await posts.audience_members(session, pushed) == [fan.id]
        assert records[pulled].fan_out is FanOut.PULL
        assert records[pushed].fan_out is FanOut.PUSH


class TestScheduling:
    async def test_it_goes_out_by_the_job(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper()
        later = town.house.clock.now() + timedelta(hours=2)
        made = await town.post(who, publishAt=str(Timestamp.of(later)))
        post_id = int(made["post"]["id"])
        assert made["status"] == "scheduled"
        assert (await town.ask("GET", f"/v1/posts/{post_id}")).status_code == 404
        await town.run_jobs()
        assert told == []
        town.house.clock.shift(timedelta(hours=2))
        await town.run_jobs(also_later=True)
        assert [event.post.id for event in told] == [post_id]
        assert (await town.ask("GET", f"/v1/posts/{post_id}")).status_code == 200

    async def test_another_moment_outdates_the_job(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper()
        first = str(Timestamp.of(town.house.clock.now() + timedelta(hours=1)))
        post_id = await town.post_id(who, publishAt=first)
        path = f"/v1/posts/{post_id}"
        back = await town.good("PATCH", path, who, json={"publishAt": None})
        assert (back["status"], back["publishAt"]) == ("draft", None)
        await town.run_jobs(also_later=True)
        assert told == []
        second = str(Timestamp.of(town.house.clock.now() + timedelta(hours=3)))
        again = await town.good("PATCH", path, who, json={"publishAt": second})
        assert (again["status"], again["publishAt"]) == ("scheduled", second)
        await town.run_jobs(also_later=True)
        assert len(told) == 1

    async def test_the_job_twice_publishes_once(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper()
        soon = str(Timestamp.of(town.house.clock.now() + timedelta(hours=1)))
        await town.post(who, publishAt=soon)
        async with town.house.database.transaction() as tx:
            await tx.session.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
                    "SELECT queue_name, task_name, args FROM procrastinate_jobs "
                    "WHERE task_name = 'feeds.posts.publish'"
                )
            )
        await town.run_jobs(also_later=True)
        assert len(told) == 1


class TestStates:
    async def test_a_draft_needs_nothing_until_it_goes_out(self, town: Town) -> None:
        who = await town.shopper()
        made = await town.post(who, kind="pictures", text="", draft=True)
        path = f"/v1/posts/{made['post']['id']}"
        assert (made["status"], made["post"]["publishedAt"]) == ("draft", None)
        assert (await town.ask("GET", path)).status_code == 404
        seen = await town.good("GET", path, who)
        assert seen["post"]["publishedAt"] is None
        answer = await town.ask("POST", f"{path}/publish", who)
        assert problem(answer) == (400, "post_incomplete", {"/pictureIds"})
        picture = await town.picture(who)
        await town.good("PATCH", path, who, json={"pictureIds": [picture], "text": "now"})
        assert (await town.good("GET", path, who))["post"]["text"] == "now"
        done = await town.good("POST", f"{path}/publish", who)
        assert done["status"] == "published"
        assert await town.good("POST", f"{path}/publish", who) == done

    async def test_withdrawn_is_the_end(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who, text="#gone# news")
        path = f"/v1/posts/{post_id}"
        assert (await town.good("PUT", f"{path}/pin", who))["pinned"] is True
        done = await town.good("POST", f"{path}/withdraw", who)
        assert (done["status"], done["pinned"]) == ("withdrawn", False)
        assert (await town.good("POST", f"{path}/withdraw", who))["status"] == "withdrawn"
        assert [type(event) for event in told] == [PostPublished, PostWithdrawn]
        for reader in (None, who):
            assert (await town.ask("GET", path, reader)).status_code == 404
        wall = await town.good("GET", f"/v1/accounts/{who.id}/posts")
        assert wall["items"] == []
        assert (await town.good("GET", "/v1/hashtags/gone/posts"))["items"] == []
        account = await town.good("GET", f"/v1/accounts/{who.id}")
        assert account["counts"]["posts"] == 0
        for method, end, body in (
            ("POST", "/publish", None),
            ("PATCH", "", {"text": "x"}),
            ("PUT", "/pin", None),
        ):
            answer = await town.ask(method, path + end, who, json=body)
            assert problem(answer)[:2] == (409, "post_state")

    async def test_my_posts_by_state(self, town: Town) -> None:
        who = await town.shopper()
        published = await town.post_id(who)
        draft = await town.post_id(who, draft=True)
        page = await town.good("GET", "/v1/me/posts", who, params={"limit": 1})
        assert [i["post"]["id"] for i in page["items"]] == [str(draft)]
        more = {"limit": 1, "cursor": page["nextCursor"]}
        page = await town.good("GET", "/v1/me/posts", who, params=more)
        assert [i["post"]["id"] for i in page["items"]] == [str(published)]
        assert page["nextCursor"] is None
        page = await town.good("GET", "/v1/me/posts", who, params={"status": "draft"})
        assert [i["post"]["id"] for i in page["items"]] == [str(draft)]
        stranger = await town.shopper()
        assert (await town.good("GET", "/v1/me/posts", stranger))["items"] == []


class TestEdit:
    async def test_history_is_kept(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who, text="one #a")
        path = f"/v1/posts/{post_id}"
        before = await town.good("GET", path)
        made = await town.good("PATCH", path, who, json={"text": "two #b"})
        after = await town.good("GET", path)
        assert after["post"] == made["post"]
        assert after["post"]["text"] == "two #b"
        assert after["post"]["hashtags"] == ["b"]
        assert after["post"]["editedAt"] is not None
        assert after["post"]["publishedAt"] == before["post"]["publishedAt"]
        assert after["post"]["version"] == 2
        history = (await town.good("GET", f"{path}/history"))["items"]
        assert [(h["version"], h["text"]) for h in history] == [(2, "two #b"), (1, "one #a")]
        assert history[1]["editedAt"] == before["post"]["publishedAt"]
        assert [type(event) for event in told] == [PostPublished, PostEdited]
        assert (await town.good("GET", "/v1/hashtags/a/posts"))["items"] == []
        found = (await town.good("GET", "/v1/hashtags/B/posts"))["items"]
        assert [i["post"]["id"] for i in found] == [str(post_id)]

    async def test_the_same_again_is_no_edit(self, town: Town, told: list[Any]) -> None:
        who = await town.shopper()
        made = await town.post(who, text="one")
        path = f"/v1/posts/{made['post']['id']}"
        again = await town.good("PATCH", path, who, json={"text": "one"})
        assert again["post"] == made["post"]
        assert len(told) == 1

    async def test_audience_and_time_are_settled_by_publication(self, town: Town) -> None:
        who = await town.shopper()
        path = f"/v1/posts/{await town.post_id(who)}"
        for body in ({"audience": {"kind": "followers"}}, {"publishAt": None}):
            answer = await town.ask("PATCH", path, who, json=body)
            assert problem(answer)[:2] == (409, "post_state")

    async def test_it_stays_complete(self, town: Town) -> None:
        who = await town.shopper()
        picture = await town.picture(who)
        post_id = await town.post_id(who, kind="pictures", pictureIds=[picture])
        answer = await town.ask("PATCH", f"/v1/posts/{post_id}", who, json={"pictureIds": []})
        assert problem(answer) == (400, "post_incomplete", {"/pictureIds"})
        seen = await town.good("GET", f"/v1/posts/{post_id}")
        assert len(seen["post"]["pictures"]) == 1

    async def test_a_colleague_keeps_pictures_that_are_there(self, town: Town) -> None:
        author = await town.shopper()
        one, two = await town.picture(author), await town.picture(author)
        post_id = await town.post_id(author, kind="pictures", pictureIds=[one, two])
        body = {"pictureIds": [two, one]}
        made = await town.good("PATCH", f"/v1/posts/{post_id}", author, json=body)
        assert [int(p["id"]) for p in made["post"]["pictures"]] == [two, one]


class TestPin:
    async def test_at_most_three_first_on_the_page(self, town: Town) -> None:
        who = await town.shopper()
        ids = [await town.post_id(who, text=f"{n}") for n in range(5)]
        for id_ in ids[:3]:
            await town.good("PUT", f"/v1/posts/{id_}/pin", who)
        await town.good("PUT", f"/v1/posts/{ids[0]}/pin", who)
        answer = await town.ask("PUT", f"/v1/posts/{ids[3]}/pin", who)
        assert problem(answer)[:2] == (409, "pins_full")
        path = f"/v1/accounts/{who.id}/posts"
        page = await town.good("GET", path, params={"limit": 1})
        shown = [(int(i["post"]["id"]), i["pinned"]) for i in page["items"]]
        assert shown == [(ids[2], True), (ids[1], True), (ids[0], True), (ids[4], False)]
        page = await town.good("GET", path, params={"limit": 5, "cursor": page["nextCursor"]})
        shown = [(int(i["post"]["id"]), i["pinned"]) for i in page["items"]]
        assert shown == [(ids[3], False)]
        assert (await town.good("DELETE", f"/v1/posts/{ids[0]}/pin", who)) == {"pinned": False}
        await town.good("PUT", f"/v1/posts/{ids[3]}/pin", who)

    async def test_drafts_are_not_pinned(self, town: Town) -> None:
        who = await town.shopper()
        answer = await town.ask("PUT", f"/v1/posts/{await town.post_id(who, draft=True)}/pin", who)
        assert answer.status_code == 409
