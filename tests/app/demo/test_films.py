"""The films of the demo: ordered once, and shown once they are ready."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from app.demo import films, fortune
from app.demo.festival import Loader
from media.inspection.source import Source, VideoTrack
from media.videos.events import VideoAccepted
from media.videos.interfaces import Original, Videos
from tests.factories.town import Town

_TRACK = VideoTrack(
    0, "h264", 720, 1280, 720, 1280, 0, Fraction(1), "yuv420p", 8, Fraction(30), False,
    "bt709", "bt709", "bt709", "tv",
)  # fmt: skip
_SOURCE = Source("mp4", "mov", Fraction(8), 1, _TRACK, None)


async def test_films_are_ordered_once_and_not_shown_before_they_are_ready(town: Town) -> None:
    shop = await town.shop()
    body: dict[str, Any] = {
        "title": "牛骨汤面",
        "price": {"amountMinor": 5990, "currency": "CNY"},
        "imageId": await town.picture(shop.owner),
    }
    product = await town.good("POST", f"/v1/brands/{shop.id}/products", shop.owner, json=body)
    hosts = {"noodles": fortune.Host(int(shop.id), shop.owner.id, [])}
    loader = Loader(town.composed)
    for _ in range(2):
        await films.order(town.composed, loader.step, hosts, {"noodles": [int(product["id"])]})
        await films.show(town.composed, loader.step, hosts)
    works = (await town.good("GET", "/v1/studio/works", shop.owner))["items"]
    assert [(work["title"], work["state"]) for work in works] == [("一碗好面 今晚开抢", "waiting")]
    posts = await town.good("GET", f"/v1/accounts/{shop.id}/posts", shop.owner)
    assert posts["items"] == []


@pytest.mark.parametrize(
    ("player", "kind", "path"), [("noodles", "coupon", "coupons"), ("home", "poll", "polls")]
)
async def test_what_is_ready_is_published_with_its_cues_and_shown_in_a_post(
    town: Town, player: str, kind: str, path: str
) -> None:
    shop = await town.shop()
    body: dict[str, Any] = {"title": "面", "price": {"amountMinor": 5990, "currency": "CNY"}}
    product = await town.good("POST", f"/v1/brands/{shop.id}/products", shop.owner, json=body)
    hosts = {player: fortune.Host(int(shop.id), shop.owner.id, [])}
    loader, house = Loader(town.composed), town.house
    await films.order(town.composed, loader.step, hosts, {player: [int(product["id"])]})
    original = Original(path="x", bytes=1, hash="0" * 64, owner_id=int(shop.id), by_shopper=False)
    async with house.database.transaction() as tx:
        video_id = await house.doors.get(Videos).create(tx, original, "一碗好面")
        done = "UPDATE studio_works SET state = 'done', video_id = :id"
        await tx.session.execute(text(done), {"id": video_id})
        ready = "UPDATE videos SET state = 'ready', shown_generation = 1"
        await tx.session.execute(text(ready))
        looked_at = "UPDATE video_films SET source = CAST(:source AS jsonb)"
        source = msgspec.json.encode(_SOURCE.plain()).decode()
        await tx.session.execute(text(looked_at), {"source": source})
    async with house.database.transaction() as tx:
        await house.events.publish(tx, VideoAccepted(video_id, 1))
    for _ in range(2):
        await films.show(town.composed, loader.step, hosts)
    posts = (await town.good("GET", f"/v1/accounts/{shop.id}/posts", shop.owner))["items"]
    assert [post["post"]["attachment"]["id"] for post in posts] == [str(video_id)]
    video = await town.good("GET", f"/v1/videos/{video_id}")
    assert video["visibility"] == "published"
    cues = (await town.good("GET", f"/v1/videos/{video_id}/timeline"))["cues"]
    assert [cue["kind"] for cue in cues if cue["target"]] == ["product", kind]
    (made,) = (await town.good("GET", f"/v1/brands/{shop.id}/{path}", shop.owner))["items"]
    assert (cues[-1]["ref"], made["state"]) == (made["id"], "open")
