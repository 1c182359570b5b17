"""Ready bytes: equal to the plain path, whatever changes, and never older than promised."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from app.composition import Composed, alive, compose
from app.kernel.database import Transaction
from app.kernel.house import House
from app.kernel.settings import Settings
from app.kernel.structs import encode_json
from feeds.encodings.interfaces import ReadyBytes
from feeds.encodings.store import PostStore, post_key
from feeds.posts.interfaces import (
    Encoded,
    FeedItem,
    FeedItemBytes,
    PostCounts,
    Posts,
    PostViewer,
    PostViews,
)
from media.images.events import ImageRendered
from tests.factories.town import Resident, Town


async def plain(house: House, post_id: int) -> bytes:
    """The bytes as the plain path makes them, from SQL and nothing else."""
    async with house.database.reading() as session:
        views = await house.doors.get(PostViews).views(session, [post_id])
    return encode_json(views[post_id])


async def ready(house: House, post_id: int) -> bytes:
    """The bytes readers are given."""
    await house.changes.sync()
    return (await house.doors.get(Posts).encoded([post_id]))[post_id].body


@pytest.fixture
async def other(settings: Settings, house: House) -> AsyncIterator[Composed]:
    """A second process beside the one under test."""
    composed = compose(settings)
    async with alive(composed.house):
        yield composed


async def everything(town: Town) -> tuple[Resident, dict[str, int]]:
    """Somebody whose posts show all that posts can show."""
    who, shop = await town.shopper("老板"), await town.shop("山茶工坊")
    body = {"title": "瓷杯", "price": {"amountMinor": 4900, "currency": "CNY"}}
    made = await town.good("POST", f"/v1/brands/{shop.id}/products", shop.owner, json=body)
    product = int(made["id"])
    picture = await town.picture(who)
    show = await town.post_id(
        who,
        kind="buyer_show",
        text='"引号" <b> \u2028 #话题#',
        pictureIds=[picture],
        productIds=[product],
    )
    repost = await town.post_id(who, kind="repost", text="again", repostOfId=show)
    shop_post = await town.post_id(
        shop.owner, kind="product_show", accountId=shop.id, productIds=[product]
    )
    ids = {"show": show, "repost": repost, "shop_post": shop_post}
    return who, {**ids, "product": product, "picture": picture, "brand": shop.id}


class TestEquality:
    async def test_ready_bytes_are_the_plain_bytes(self, town: Town) -> None:
        _, ids = await everything(town)
        for name in ("show", "repost", "shop_post"):
            assert await ready(town.house, ids[name]) == await plain(town.house, ids[name])
            stored = await town.house.cache.call("GET", post_key(ids[name]))
            assert stored.endswith(await plain(town.house, ids[name]))

    async def test_an_item_around_bytes_is_the_item(self, town: Town) -> None:
        who, ids = await everything(town)
        async with town.house.database.reading() as session:
            views = await town.house.doors.get(PostViews).views(session, [ids["repost"]])
        view = views[ids["repost"]]
        counts, viewer = PostCounts(likes=3), PostViewer(liked=True)
        raw = msgspec.Raw(encode_json(view))
        assert encode_json(FeedItemBytes(post=raw, counts=counts, viewer=viewer)) == encode_json(
            FeedItem(post=view, counts=counts, viewer=viewer)
        )
        answer = await town.ask("GET", f"/v1/posts/{ids['repost']}", who)
        assert answer.content == encode_json(
            FeedItem(post=view, counts=PostCounts(), viewer=PostViewer())
        )


class TestChanges:
    @pytest.mark.parametrize("by", ["the request", "the job"])
    async def test_whatever_posts_show(
        self, town: Town, other: Composed, by: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if by == "the job":
            # as if every process died between the commit and what follows it
            monkeypatch.setattr(Transaction, "after_commit", lambda *_: None)
        who, ids = await everything(town)
        posts = [ids["show"], ids["repost"], ids["shop_post"]]
        for post_id in posts:
            await ready(other.house, post_id)
        operator = await town.operator()
        product = f"/v1/products/{ids['product']}"

        async def change(method: str, path: str, who: Resident, body: Any = None) -> None:
            await town.good(method, path, who, json=body)
            if by == "the job":
                await town.run_jobs()
            for house in (town.house, other.house):
                for post_id in posts:
                    assert await ready(house, post_id) == await plain(house, post_id), path

        await change("PATCH", "/v1/me", who, {"name": "新名字"})
        assert "新名字".encode() in await ready(other.house, ids["show"])
        assert "新名字".encode() in await ready(other.house, ids["repost"])
        await change("PATCH", product, operator, {"stock": "sold_out"})
        assert b"sold_out" in await ready(other.house, ids["repost"])
        await change("PATCH", f"/v1/brands/{ids['brand']}", operator, {"name": "新工坊"})
        assert "新工坊".encode() in await ready(other.house, ids["shop_post"])
        await change("PATCH", f"/v1/posts/{ids['show']}", who, {"text": "edited"})
        assert b"edited" in await ready(other.house, ids["repost"])
        await change("DELETE", product, operator)
        assert b'"products":[]' in await ready(other.house, ids["shop_post"])
        posts.remove(ids["show"])
        await change("POST", f"/v1/posts/{ids['show']}/withdraw", who)
        assert b'"repostOf":null' in await ready(other.house, ids["repost"])
        assert await ready(other.house, ids["show"]) == b""

    async def test_a_picture_in_new_formats(self, town: Town, other: Composed) -> None:
        _, ids = await everything(town)
        before = await ready(other.house, ids["repost"])
        assert b'"formats":["jpeg"]' in before
        await town.run_jobs()
        after = await ready(other.house, ids["repost"])
        assert b'"formats":["avif","webp","jpeg"]' in after
        assert after == await plain(other.house, ids["repost"])

    async def test_an_avatar_in_new_formats(self, town: Town) -> None:
        who = await town.shopper()
        picture = await town.picture(who)
        await town.good("PATCH", "/v1/me", who, json={"avatarImageId": picture})
        post_id = await town.post_id(who)
        first = await town.good("GET", f"/v1/posts/{post_id}")
        async with town.house.database.transaction() as tx:
            await town.house.events.publish(tx, ImageRendered(picture))
        second = await town.good("GET", f"/v1/posts/{post_id}")
        assert second["post"]["version"] > first["post"]["version"]

    async def test_many_posts_of_one_account(self, town: Town) -> None:
        who = await town.shopper("一")
        first = await town.post_id(who)
        async with town.house.database.transaction() as tx:
            await _copies(tx.session, first, 450)
        await town.good("PATCH", "/v1/me", who, json={"name": "二"})
        await town.run_jobs()
        wall = await town.good("GET", f"/v1/accounts/{who.id}/posts", params={"limit": 50})
        ids = [int(item["post"]["id"]) for item in wall["items"]]
        for post_id in (first, *ids):
            assert "二".encode() in await ready(town.house, post_id)


class TestOlderNeverWins:
    async def test_only_a_higher_version_replaces(self, town: Town) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who)
        store = PostStore(town.house.cache, town.house.changes)
        posts = await town.house.doors.get(Posts).encoded([post_id])
        now = posts[post_id]
        newer = _at_version(now, 7, b'"newer"')
        await store.put([newer])
        for version in (1, 6, 7):
            await store.put([_at_version(now, version, b'"older"')])
            assert (await store.get([post_id]))[post_id] == newer
        await store.put([_at_version(now, 10, b'"ten"')])
        assert (await store.get([post_id]))[post_id].body == b'"ten"'

    async def test_a_load_that_overlaps_a_change_is_not_kept(self, town: Town) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who, text="one")
        path = f"/v1/posts/{post_id}"
        for n in range(15):
            reads = [asyncio.create_task(ready(town.house, post_id)) for _ in range(8)]
            await town.good("PATCH", path, who, json={"text": f"text {n}"})
            await asyncio.gather(*reads)
            assert f"text {n}".encode() in await ready(town.house, post_id)

    async def test_a_second_process_reads_what_the_first_acknowledged(
        self, town: Town, other: Composed
    ) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who)
        for n in range(15):
            assert await ready(other.house, post_id) != b""
            await town.good("PATCH", f"/v1/posts/{post_id}", who, json={"text": f"text {n}"})
            assert f"text {n}".encode() in await ready(other.house, post_id)

    async def test_a_wiped_cache_loses_nothing(self, town: Town) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who, text="still here")
        await town.house.cache.everywhere("FLUSHALL")
        assert b"still here" in await ready(town.house, post_id)
        await town.good("PATCH", f"/v1/posts/{post_id}", who, json={"text": "and changed"})
        await town.house.cache.everywhere("FLUSHALL")
        assert b"and changed" in await ready(town.house, post_id)

    async def test_what_another_release_wrote_is_not_read(self, town: Town) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who)
        await town.house.cache.call("SET", post_key(post_id), b"99\nnot msgpack")
        await town.house.changes.append("post", post_id)
        assert await ready(town.house, post_id) == await plain(town.house, post_id)

    async def test_drafts_are_never_kept(self, town: Town) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who, text="one", draft=True)
        path = f"/v1/posts/{post_id}"
        assert (await town.good("GET", path, who))["post"]["text"] == "one"
        await town.good("PATCH", path, who, json={"text": "two"})
        assert (await town.good("GET", path, who))["post"]["text"] == "two"
        assert await town.house.cache.call("GET", post_key(post_id)) is None


class TestMemory:
    async def test_what_is_held_is_answered_without_waiting(self, town: Town) -> None:
        who = await town.shopper()
        post_id = await town.post_id(who)
        encodings = town.house.doors.get(ReadyBytes)
        await encodings.encoded([post_id])
        answer = encodings.encoded([post_id])
        with pytest.raises(StopIteration) as done:
            answer.send(None)  # pyright: ignore[reportUnknownMemberType,reportAttributeAccessIssue]
        assert done.value.value[post_id].record.id == post_id


def _at_version(post: Encoded, version: int, body: bytes) -> Encoded:
    return Encoded.of(msgspec.structs.replace(post.record, version=version), body)


async def _copies(session: Any, post_id: int, count: int) -> None:
    await session.execute(
        text(
            "INSERT INTO posts SELECT p.id + n, p.account_id, p.author_shopper_id, p.kind, "
            "p.status, p.live, p.text, p.hashtags, p.picture_ids, p.product_ids, p.repost_of_id, "
            "p.original_account_id, p.audience, p.fan_out, p.version, p.publish_at, "
            "p.published_at + n * interval '1 ms', p.edited_at, p.pinned_at, p.created_at "
            "FROM posts p, generate_series(1, :count) n WHERE p.id = :id"
        ),
        {"id": post_id, "count": count},
    )
