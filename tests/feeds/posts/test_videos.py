"""Posts that carry a video."""

from typing import Any

import pytest

from media.videos.interfaces import Visibility
from tests.media.conftest import Theatre, short_film, staging, theatre
from tests.media.timelines.test_service import LINK, publish, save
from tests.servers import Servers, Valkeys


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers: what is tried here is in SQL."""
    return servers.singles


__all__ = ["short_film", "staging", "theatre"]


def carried(video: int) -> dict[str, Any]:
    return {"attachment": {"type": "video", "videoId": video}}


async def attachment(theatre: Theatre, post: int) -> Any:
    return (await theatre.town.good("GET", f"/v1/posts/{post}"))["post"]["attachment"]


class TestVideoPosts:
    async def test_a_post_shows_the_card_and_nothing_that_changes(
        self, theatre: Theatre, short_film: Any
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, title="一支口红")
        post = await theatre.town.post_id(shop.owner, accountId=shop.id, **carried(video))
        before = await theatre.town.good("GET", f"/v1/posts/{post}")
        card = before["post"]["attachment"]
        assert (card["type"], card["id"], card["title"]) == ("video", str(video), "一支口红")
        assert set(card) == {
            *("type", "id", "title", "durationMs", "width", "height", "poster", "preview")
        }
        await theatre.stage.cut(video, *short_film)
        await save(theatre, shop, video, [LINK])
        await publish(theatre, shop, video)
        await theatre.town.run_jobs()
        after = await theatre.town.good("GET", f"/v1/posts/{post}")
        assert after["post"] == before["post"]
        document = await theatre.town.good("GET", f"/v1/videos/{video}/play")
        assert document["timeline"]["cues"][0]["text"] == "全场八折"

    async def test_a_video_taken_down_leaves_its_posts(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        post = await theatre.town.post_id(shop.owner, accountId=shop.id, **carried(video))
        await theatre.stage.turn(video, Visibility.TAKEN_DOWN)
        await theatre.town.run_jobs()
        assert await attachment(theatre, post) is None
        await theatre.stage.turn(video, Visibility.PUBLISHED)
        await theatre.town.run_jobs()
        assert (await attachment(theatre, post))["id"] == str(video)

    async def test_a_deleted_video_leaves_its_posts(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        post = await theatre.town.post_id(shop.owner, accountId=shop.id, **carried(video))
        assert (await attachment(theatre, post))["id"] == str(video)
        await theatre.stage.delete(video)
        await theatre.town.run_jobs()
        assert await attachment(theatre, post) is None

    async def test_only_the_accounts_own_published_videos_are_carried(
        self, theatre: Theatre
    ) -> None:
        shop, other = await theatre.town.shop(), await theatre.town.shop()
        stage = theatre.stage
        bad = [
            stage.film(other.id),
            stage.film(shop.id, visibility=Visibility.DRAFT),
            stage.film(shop.id, live=False),
            stage.film(shop.id, shown_generation=None),
            stage.film(shop.owner.id, by_shopper=True),
            4711,
        ]
        for video in bad:
            body = {"kind": "news", "text": "x", "accountId": shop.id, **carried(video)}
            answer = await theatre.town.ask("POST", "/v1/posts", shop.owner, json=body)
            assert answer.status_code == 400, video
            assert [each["pointer"] for each in answer.json()["errors"]] == ["/attachment/videoId"]

    async def test_a_draft_waits_for_its_video(self, theatre: Theatre) -> None:
        buyer = await theatre.town.shopper()
        video = theatre.stage.film(buyer.id, by_shopper=True, visibility=Visibility.REVIEW)
        post = await theatre.town.post_id(buyer, draft=True, **carried(video))
        answer = await theatre.town.ask("POST", f"/v1/posts/{post}/publish", buyer)
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/attachment/videoId"]
        await theatre.stage.turn(video, Visibility.PUBLISHED)
        await theatre.town.good("POST", f"/v1/posts/{post}/publish", buyer)
        assert (await attachment(theatre, post))["id"] == str(video)

    async def test_a_buyer_shows_a_film_instead_of_pictures(self, theatre: Theatre) -> None:
        buyer = await theatre.town.shopper()
        video = theatre.stage.film(buyer.id, by_shopper=True)
        post = await theatre.town.post_id(buyer, kind="buyer_show", **carried(video))
        assert (await attachment(theatre, post))["id"] == str(video)
        body = {"kind": "buyer_show", "text": "x"}
        answer = await theatre.town.ask("POST", "/v1/posts", buyer, json=body)
        assert answer.status_code == 400
