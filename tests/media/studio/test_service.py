"""The studio over HTTP and as jobs: orders, what is refused, and what comes of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from media.films.film import Film
from media.inspection.inspector import inspect
from media.stills.making.film import Reader
from media.studio.making.maker import Maker
from media.studio.service import MAKE_TASK
from media.videos.events import VideoAccepted
from media.videos.interfaces import Original, VideoState
from tests.factories.town import Resident, Shop
from tests.media.conftest import Theatre


async def _product(theatre: Theatre, shop: Shop, title: str, **more: Any) -> str:
    body = {
        "title": title,
        "price": {"amountMinor": 5990, "currency": "CNY"},
        "originalPrice": {"amountMinor": 7990, "currency": "CNY"},
        "imageId": await theatre.town.picture(shop.owner),
        **more,
    }
    made = await theatre.town.good("POST", f"/v1/brands/{shop.id}/products", shop.owner, json=body)
    return made["id"]


async def _made(theatre: Theatre) -> list[Original]:
    """Run the studio's jobs. The films that became videos."""
    made: list[Original] = []
    keep = theatre.stage.create

    async def create(tx: Any, original: Original, title: str) -> int:
        made.append(original)
        video_id = await keep(tx, original, title)
        theatre.stage.quietly(video_id, duration_ms=None, state=VideoState.RECEIVED)
        return video_id

    theatre.stage.create = create  # type: ignore[method-assign]
    house = theatre.stage.house
    async with house.database.transaction() as tx:
        rows = await tx.session.execute(
            text("DELETE FROM procrastinate_jobs WHERE task_name = :task RETURNING args"),
            {"task": MAKE_TASK},
        )
        jobs = [row[0] for row in rows]
    for job in jobs:
        await _maker(theatre).make(**job)
        await _maker(theatre).make(**job)
    return made


def _maker(theatre: Theatre) -> Maker:
    for wiring in theatre.town.composed.wirings:
        for task in wiring.tasks:
            if task.name == "media.studio.make":
                return task.run.__self__  # type: ignore[attr-defined]
    raise AssertionError("no studio")


async def _filmed(theatre: Theatre, shop: Shop, path: Path, **facts: Any) -> int:
    """A video of the shop whose original is this film."""
    stage = theatre.stage
    original = f"media/originals/{path.name}"
    await stage.house.objects.put(original, path.read_bytes())
    source = await inspect(path)
    return stage.film(
        shop.id,
        source=source,
        original=original,
        state=VideoState.READY,
        duration_ms=round(source.duration_seconds * 1000),
        **facts,
    )


class TestSlideshows:
    async def test_templates_and_music_are_listed(self, theatre: Theatre) -> None:
        found = await theatre.town.good("GET", "/v1/slideshows/templates")
        assert [each["key"] for each in found["templates"]] == ["festive", "gallery", "night"]
        assert {each["key"] for each in found["music"]} == {"festival", "sunrise", "midnight"}
        assert found["templates"][0]["name"]["zh"] == "红火"

    async def test_products_become_a_film_with_its_timeline_filled(
        self, theatre: Theatre, tmp_path: Path
    ) -> None:
        shop = await theatre.town.shop("面面俱到")
        products = [await _product(theatre, shop, title) for title in ("牛骨汤面", "水饺")]
        body = {"productIds": products, "template": "festive", "title": "一碗好面", "size": "720"}
        order = await theatre.town.good(
            "POST", f"/v1/brands/{shop.id}/slideshows", shop.owner, json=body
        )
        assert (order["state"], order["videoId"]) == ("waiting", None)
        async with theatre.stage.house.database.transaction() as tx:
            # a small film says as much as a large one, sooner
            smaller = "UPDATE studio_works SET spec = jsonb_set(spec, '{width}', '90')"
            await tx.session.execute(text(smaller))
        (original,) = await _made(theatre)
        work = await theatre.town.good("GET", f"/v1/studio/works/{order['id']}", shop.owner)
        assert work["state"] == "done"
        assert (original.owner_id, original.live, original.by_shopper) == (shop.id, True, False)
        path = tmp_path / "film.mp4"
        path.write_bytes(await theatre.stage.house.objects.get(original.path))
        source = await inspect(path)
        assert source.video.height * 9 == source.video.width * 16
        assert source.audio is not None
        assert abs(float(source.duration_seconds) * 1000 - order["durationMs"]) < 60
        video_id = int(work["videoId"])
        length = round(source.duration_seconds * 1000)
        theatre.stage.quietly(video_id, duration_ms=length, state=VideoState.WAITING)
        async with theatre.stage.house.database.transaction() as tx:
            await theatre.stage.house.events.publish(tx, VideoAccepted(video_id, 1))
        draft = await theatre.town.good(
            "GET", f"/v1/videos/{work['videoId']}/timeline/draft", shop.owner
        )
        assert [cue["ref"] for cue in draft["cues"]] == products
        for cue in draft["cues"]:
            assert cue["kind"] == "product"
            assert cue["until"] - cue["at"] >= 2000

    async def test_what_is_not_there_is_refused(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        good = {"productIds": [await _product(theatre, shop, "面")], "template": "night"}
        changes: list[tuple[dict[str, Any], str]] = [
            ({"template": "baroque"}, "/template"),
            ({"music": "noise"}, "/music"),
            ({"title": "\u200b"}, "/title"),
            ({"productIds": []}, "/productIds"),
        ]
        for change, pointer in changes:
            body = {**good, "title": "面", **change}
            answer = await theatre.town.ask(
                "POST", f"/v1/brands/{shop.id}/slideshows", shop.owner, json=body
            )
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["pointer"].startswith(pointer)

    async def test_only_own_products_of_the_same_mode_once_each(self, theatre: Theatre) -> None:
        town = theatre.town
        shop, other = await town.shop(), await town.shop()
        mine, theirs = await _product(theatre, shop, "甲"), await _product(theatre, other, "乙")
        for ids in ([mine, theirs], [mine, mine], ["1"]):
            body = {"productIds": ids, "template": "night", "title": "面"}
            answer = await town.ask(
                "POST", f"/v1/brands/{shop.id}/slideshows", shop.owner, json=body
            )
            assert answer.status_code == 400
        body = {"productIds": [mine], "template": "night", "title": "面"}
        path = f"/v1/brands/{shop.id}/slideshows"
        test_key = await town.key(shop, live=False, scopes=["videos:write"])
        assert (await town.ask("POST", path, test_key, json=body)).status_code == 400
        assert (await town.ask("POST", path, other.owner, json=body)).status_code == 404
        lacking = await town.key(shop, live=True, scopes=["posts:write"])
        assert (await town.ask("POST", path, lacking, json=body)).status_code == 403
        order = await town.good("POST", path, shop.owner, json=body)
        work = f"/v1/studio/works/{order['id']}"
        assert (await town.ask("GET", work, other.owner)).status_code == 404
        assert (await town.ask("GET", work, test_key)).status_code == 404
        assert (await town.good("GET", "/v1/studio/works", other.owner))["items"] == []

    async def test_an_owner_waits_when_many_are_being_made(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        product = await _product(theatre, shop, "面")
        body = {"productIds": [product], "template": "night", "title": "面"}
        path = f"/v1/brands/{shop.id}/slideshows"
        for _ in range(6):
            await theatre.town.good("POST", path, shop.owner, json=body)
        answer = await theatre.town.ask("POST", path, shop.owner, json=body)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]


class TestCutting:
    async def test_a_trim_keeps_what_lies_between_to_the_frame(
        self, theatre: Theatre, counted_film: Path, tmp_path: Path
    ) -> None:
        shop = await theatre.town.shop()
        video = await _filmed(theatre, shop, counted_film)
        body = {"startMs": 1200, "endMs": 3000}
        await theatre.town.good("POST", f"/v1/videos/{video}/trim", shop.owner, json=body)
        film = await _read(theatre, await _made(theatre), tmp_path)
        assert abs(film.seconds - 1.8) < 0.06
        assert film.sound is not None
        frames = await Reader(film).frames(10, 320)
        shades = frames.pixels.mean(axis=(1, 2, 3))
        assert len(shades) == 18
        expected = [(16 + number * 5 - 16) * 255 / 219 for number in range(12, 30)]
        assert np.allclose(shades, expected, atol=2.5)

    async def test_too_little_or_no_film_is_refused(
        self, theatre: Theatre, counted_film: Path
    ) -> None:
        shop = await theatre.town.shop()
        video = await _filmed(theatre, shop, counted_film)
        path = f"/v1/videos/{video}/trim"
        for body in ({"startMs": 0, "endMs": 900}, {"startMs": 3500, "endMs": 9000}):
            assert (await theatre.town.ask("POST", path, shop.owner, json=body)).status_code == 422
        theatre.stage.quietly(video, state=VideoState.INSPECTING)
        body = {"startMs": 0, "endMs": 2000}
        assert (await theatre.town.ask("POST", path, shop.owner, json=body)).status_code == 409
        stranger = await theatre.town.shopper()
        assert (await theatre.town.ask("POST", path, stranger, json=body)).status_code == 404

    async def test_words_and_logo_lie_on_the_film_for_a_while(
        self, theatre: Theatre, counted_film: Path, tmp_path: Path
    ) -> None:
        shop = await theatre.town.shop()
        video = await _filmed(theatre, shop, counted_film)
        logo = await theatre.town.picture(shop.owner)
        body = {
            "logo": {"imageId": logo, "corner": "top_left"},
            "text": {"text": "今晚八点开抢", "corner": "bottom"},
            "startMs": 1000,
            "endMs": 3000,
        }
        await theatre.town.good("POST", f"/v1/videos/{video}/overlay", shop.owner, json=body)
        film = await _read(theatre, await _made(theatre), tmp_path)
        assert abs(film.seconds - 4) < 0.06
        frames = await Reader(film).frames(10, 320)
        flat = frames.pixels.reshape(len(frames.pixels), -1).std(axis=1)
        for number, spread in enumerate(flat):
            assert (spread > 8) == (10 <= number <= 30), f"frame {number}: {spread}"

    async def test_an_overlay_of_nothing_or_of_anothers_picture_is_refused(
        self, theatre: Theatre, counted_film: Path
    ) -> None:
        town = theatre.town
        shop, other = await town.shop(), await town.shop()
        video = await _filmed(theatre, shop, counted_film)
        foreign = await town.picture(other.owner)
        for body, status in (
            ({}, 400),
            ({"text": {"text": "\u200b"}}, 400),
            ({"text": {"text": "甲"}, "startMs": 2000, "endMs": 1000}, 400),
            ({"text": {"text": "甲"}, "startMs": 9000}, 400),
            ({"logo": {"imageId": foreign}}, 404),
        ):
            answer = await town.ask("POST", f"/v1/videos/{video}/overlay", shop.owner, json=body)
            assert answer.status_code == status, body

    async def test_a_film_that_cannot_be_made_says_so(
        self, theatre: Theatre, counted_film: Path
    ) -> None:
        shop = await theatre.town.shop()
        video = await _filmed(theatre, shop, counted_film)
        record = theatre.stage.films[video]
        assert record.source is not None
        order = await theatre.town.good(
            "POST", f"/v1/videos/{video}/trim", shop.owner, json={"startMs": 0, "endMs": 2000}
        )
        broken = replace(record.source, video=replace(record.source.video, codec="av1"))
        theatre.stage.quietly(video, source=broken)
        assert await _made(theatre) == []
        work = await theatre.town.good("GET", f"/v1/studio/works/{order['id']}", shop.owner)
        assert (work["state"], work["videoId"]) == ("failed", None)
        assert work["failure"] == "video_unreadable"
        assert "new film" in work["failureDetail"]

    async def test_a_film_that_is_gone_when_its_turn_comes_says_so(
        self, theatre: Theatre, counted_film: Path
    ) -> None:
        shop = await theatre.town.shop()
        video = await _filmed(theatre, shop, counted_film)
        order = await theatre.town.good(
            "POST", f"/v1/videos/{video}/trim", shop.owner, json={"startMs": 0, "endMs": 2000}
        )
        assert order["failure"] is None
        assert order["failureDetail"] is None
        del theatre.stage.films[video]
        assert await _made(theatre) == []
        work = await theatre.town.good("GET", f"/v1/studio/works/{order['id']}", shop.owner)
        assert (work["state"], work["failure"]) == ("failed", "video_gone")


async def _read(theatre: Theatre, made: list[Original], folder: Path) -> Film:
    (original,) = made
    path = folder / "made.mp4"
    path.write_bytes(await theatre.stage.house.objects.get(original.path))
    return Film.of(path, await inspect(path))


class TestCaptions:
    TEXT = "WEBVTT\n\n00:00.500 --> 00:02.000\n春天来了 <b>真的</b>\n"

    async def test_a_track_is_kept_listed_and_served(self, theatre: Theatre) -> None:
        town = theatre.town
        shop = await town.shop()
        video = theatre.stage.film(shop.id)
        path = f"/v1/videos/{video}/captions"
        body = {"language": "zh-cn", "label": "简体中文", "text": self.TEXT, "first": True}
        made = await town.good("POST", path, shop.owner, json=body)
        assert made == {"language": "zh-CN", "label": "简体中文", "cues": 1, "first": True}
        english = {**body, "language": "en", "label": "English"}
        await town.good("POST", path, shop.owner, json=english)
        listed = (await town.good("GET", path, shop.owner))["items"]
        assert [(each["language"], each["first"]) for each in listed] == [
            ("en", True),
            ("zh-CN", False),
        ]
        from media.delivery.interfaces import CaptionTracks

        house = theatre.stage.house
        async with house.database.reading() as session:
            tracks = await house.doors.get(CaptionTracks).tracks(session, video)
        stored = (await house.objects.get(tracks[1].path)).decode()
        assert "00:00:00.500 --> 00:00:02.000\n春天来了 <b>真的</b>\n" in stored
        await town.good("DELETE", f"{path}/en", shop.owner)
        assert (await town.ask("DELETE", f"{path}/en", shop.owner)).status_code == 404
        assert len((await town.good("GET", path, shop.owner))["items"]) == 1

    async def test_a_damaged_file_changes_nothing_and_names_its_line(
        self, theatre: Theatre
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        path = f"/v1/videos/{video}/captions"
        body = {"language": "zh", "label": "中文", "text": "WEBVTT\n\n00:02.000 --> 00:01.000\n甲"}
        answer = await theatre.town.ask("POST", path, shop.owner, json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["detail"].startswith("Line 3:")
        assert (await theatre.town.good("GET", path, shop.owner))["items"] == []
        stranger: Resident = await theatre.town.shopper()
        good = {**body, "text": self.TEXT}
        assert (await theatre.town.ask("POST", path, stranger, json=good)).status_code == 404
