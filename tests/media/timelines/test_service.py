"""Drafting, publishing, copying and showing timelines, through the API."""

from typing import Any

from app.kernel.structs import Id
from media.timelines.interfaces import CueDraft, CueKind, Timelines
from media.videos.interfaces import VideoState, Visibility
from tests.factories.town import Shop
from tests.media.conftest import Theatre

LINK = {"at": 1_000, "kind": "link", "ref": "/sale", "text": "全场八折"}


async def product(theatre: Theatre, shop: Shop, **facts: Any) -> int:
    body = {"title": "口红", "price": {"amountMinor": 9_900, "currency": "CNY"}, **facts}
    made = await theatre.town.good("POST", f"/v1/brands/{shop.id}/products", shop.owner, json=body)
    return int(made["id"])


async def packet(theatre: Theatre, shop: Shop) -> int:
    town, brand = theatre.town, f"/v1/brands/{shop.id}"
    operator = await town.operator()
    top_up = {"amount": {"amountMinor": 10_000, "currency": "CNY"}, "reference": "r"}
    await town.good("POST", f"{brand}/ledger/top-ups", operator, json=top_up)
    body = {"title": "红包", "rules": {"form": "equal", "count": 2, "eachMinor": 50}}
    made = await town.good("POST", f"{brand}/packets", shop.owner, json=body)
    await town.good("POST", f"{brand}/packets/{made['id']}/fund", shop.owner)
    await town.good("POST", f"{brand}/packets/{made['id']}/schedule", shop.owner, json={})
    return int(made["id"])


def path_of(video_id: int) -> str:
    return f"/v1/videos/{video_id}/timeline"


async def save(
    theatre: Theatre, shop: Shop, video: int, cues: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    draft = await theatre.town.good("GET", f"{path_of(video)}/draft", shop.owner)
    body = {"revision": draft["revision"], "cues": cues, **more}
    return await theatre.town.good("PUT", f"{path_of(video)}/draft", shop.owner, json=body)


async def publish(theatre: Theatre, shop: Shop, video: int) -> dict[str, Any]:
    draft = await theatre.town.good("GET", f"{path_of(video)}/draft", shop.owner)
    body = {"revision": draft["revision"]}
    return await theatre.town.good("POST", f"{path_of(video)}/publish", shop.owner, json=body)


async def shown(theatre: Theatre, video: int) -> dict[str, Any]:
    return await theatre.town.good("GET", path_of(video))


class TestDrafts:
    async def test_nobody_sees_a_draft_before_it_is_published(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        saved = await save(theatre, shop, video, [LINK])
        assert (saved["revision"], saved["version"], saved["changed"]) == (1, 0, True)
        assert (await shown(theatre, video))["cues"] == []
        published = await publish(theatre, shop, video)
        assert (published["version"], published["changed"]) == (1, False)
        seen = await shown(theatre, video)
        assert seen["version"] == 1
        assert [(c["at"], c["until"], c["kind"], c["text"]) for c in seen["cues"]] == [
            (1_000, 6_000, "link", "全场八折")
        ]

    async def test_of_two_editors_the_second_is_told(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        body = {"revision": 0, "cues": [LINK]}
        await theatre.town.good("PUT", f"{path_of(video)}/draft", shop.owner, json=body)
        late = await theatre.town.ask("PUT", f"{path_of(video)}/draft", shop.owner, json=body)
        assert late.status_code == 409
        assert late.json()["code"] == "timeline_moved"

    async def test_a_cue_keeps_its_id_from_version_to_version(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        first = (await save(theatre, shop, video, [LINK]))["cues"][0]
        await publish(theatre, shop, video)
        moved = {**LINK, "id": first["id"], "at": 2_000}
        stranger = {**LINK, "id": "4711"}
        cues = (await save(theatre, shop, video, [moved, stranger]))["cues"]
        assert cues[1]["id"] == first["id"]
        assert cues[0]["id"] != "4711"

    async def test_faults_name_their_cue_and_change_nothing(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        cues = [LINK, {**LINK, "at": 6_000}, {"at": 0, "kind": "product", "ref": "123"}]
        answer = await theatre.town.ask(
            "PUT", f"{path_of(video)}/draft", shop.owner, json={"revision": 0, "cues": cues}
        )
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == [
            "/cues/1/at",
            "/cues/2/ref",
        ]
        draft = await theatre.town.good("GET", f"{path_of(video)}/draft", shop.owner)
        assert (draft["revision"], draft["cues"]) == (0, [])

    async def test_a_film_that_was_not_looked_at_has_no_room_for_cues(
        self, theatre: Theatre
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, duration_ms=None, state=VideoState.INSPECTING)
        answer = await theatre.town.ask("GET", f"{path_of(video)}/draft", shop.owner)
        assert (answer.status_code, answer.json()["code"]) == (409, "timeline_too_early")

    async def test_strangers_find_nothing(self, theatre: Theatre) -> None:
        shop, other = await theatre.town.shop(), await theatre.town.shop()
        video = theatre.stage.film(shop.id, visibility=Visibility.DRAFT)
        body = {"revision": 0, "cues": []}
        for method, path, sent in (
            ("GET", "", None),
            ("GET", "/draft", None),
            ("PUT", "/draft", body),
            ("POST", "/publish", {"revision": 0}),
            ("POST", "/copies", {"videoId": video}),
            ("GET", "/versions", None),
        ):
            answer = await theatre.town.ask(method, path_of(video) + path, other.owner, json=sent)
            assert answer.status_code == 404, path

    async def test_another_slice_may_draft(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        ref = str(await product(theatre, shop))
        house = theatre.town.house
        timelines = house.doors.get(Timelines)
        async with house.database.transaction() as tx:
            cue = CueDraft(at=0, until=2_000, kind=CueKind.PRODUCT, ref=ref)
            await timelines.draft(tx, video, [cue])
            assert await timelines.publish(tx, shop.owner.actor, video) == 1
        assert (await shown(theatre, video))["cues"][0]["target"]["title"] == "口红"


class TestTargets:
    async def test_price_and_stock_are_those_of_the_moment(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        ref = await product(theatre, shop)
        await save(theatre, shop, video, [{"at": 0, "kind": "product", "ref": str(ref)}])
        await publish(theatre, shop, video)
        target = (await shown(theatre, video))["cues"][0]["target"]
        assert (target["type"], target["price"]["amountMinor"]) == ("product", 9_900)
        assert target["stock"] == "in_stock"
        change = {"price": {"amountMinor": 5_900, "currency": "CNY"}, "stock": "sold_out"}
        await theatre.town.good("PATCH", f"/v1/products/{ref}", shop.owner, json=change)
        target = (await shown(theatre, video))["cues"][0]["target"]
        assert (target["price"]["amountMinor"], target["stock"]) == (5_900, "sold_out")

    async def test_what_is_archived_leaves_viewers_and_stays_with_editors(
        self, theatre: Theatre
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        ref = await product(theatre, shop)
        await save(theatre, shop, video, [{"at": 0, "kind": "product", "ref": str(ref)}, LINK])
        await publish(theatre, shop, video)
        await theatre.town.good("DELETE", f"/v1/products/{ref}", shop.owner)
        assert [c["kind"] for c in (await shown(theatre, video))["cues"]] == ["link"]
        draft = await theatre.town.good("GET", f"{path_of(video)}/draft", shop.owner)
        assert [(c["kind"], c["target"]) for c in draft["cues"]] == [
            ("product", None),
            ("link", None),
        ]
        await publish(theatre, shop, video)
        assert [c["kind"] for c in (await shown(theatre, video))["cues"]] == ["link"]
        other = theatre.stage.film(shop.id)
        body = {"revision": 0, "cues": [{"at": 0, "kind": "product", "ref": str(ref)}]}
        answer = await theatre.town.ask("PUT", f"{path_of(other)}/draft", shop.owner, json=body)
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/cues/0/ref"]

    async def test_another_brands_products_cannot_be_shown(self, theatre: Theatre) -> None:
        shop, other = await theatre.town.shop(), await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        ref = str(await product(theatre, other))
        body = {"revision": 0, "cues": [{"at": 0, "kind": "product", "ref": ref}]}
        answer = await theatre.town.ask("PUT", f"{path_of(video)}/draft", shop.owner, json=body)
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/cues/0/ref"]

    async def test_a_packet_shows_what_was_announced(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        ref = await packet(theatre, shop)
        await save(theatre, shop, video, [{"at": 2_000, "kind": "packet", "ref": str(ref)}])
        await publish(theatre, shop, video)
        target = (await shown(theatre, video))["cues"][0]["target"]
        assert (target["type"], target["id"], target["count"]) == ("packet", str(ref), 2)
        assert target["total"] == {"amountMinor": 100, "currency": "CNY"}


class TestRolls:
    async def test_rolls_are_the_owners_own_short_published_films(self, theatre: Theatre) -> None:
        shop, other = await theatre.town.shop(), await theatre.town.shop()
        stage = theatre.stage
        video = stage.film(shop.id)
        foreign = stage.film(other.id)
        long = stage.film(shop.id, duration_ms=61_000)
        for roll in (foreign, long, video, 4711):
            body = {"revision": 0, "cues": [], "preRollId": Id(roll)}
            answer = await theatre.town.ask(
                "PUT", f"{path_of(video)}/draft", shop.owner, json={**body, "preRollId": str(roll)}
            )
            assert [each["pointer"] for each in answer.json()["errors"]] == ["/preRollId"]
        draft = stage.film(shop.id, visibility=Visibility.DRAFT)
        await save(theatre, shop, video, [], preRollId=str(draft))
        answer = await theatre.town.ask(
            "POST", f"{path_of(video)}/publish", shop.owner, json={"revision": 1}
        )
        assert answer.status_code == 400
        stage.quietly(draft, visibility=Visibility.PUBLISHED)
        await publish(theatre, shop, video)

    async def test_a_roll_moves_no_cue(
        self, theatre: Theatre, short_film: Any, other_film: Any
    ) -> None:
        shop = await theatre.town.shop()
        video, roll = theatre.stage.film(shop.id), theatre.stage.film(shop.id, title="片头")
        await theatre.stage.cut(video, *short_film)
        await theatre.stage.cut(roll, *other_film)
        await save(theatre, shop, video, [LINK])
        await publish(theatre, shop, video)
        before = await shown(theatre, video)
        cue = before["cues"][0]
        again = {name: cue[name] for name in ("at", "until", "kind", "ref", "text", "id")}
        await save(theatre, shop, video, [again], preRollId=str(roll), postRollId=str(roll))
        await publish(theatre, shop, video)
        after = await shown(theatre, video)
        assert after["cues"] == before["cues"]
        assert after["preRoll"]["title"] == "片头"
        assert after["postRoll"]["hls"] == f"/m/{roll}/index.m3u8"
        await theatre.stage.turn(roll, Visibility.WITHDRAWN)
        assert (await shown(theatre, video))["preRoll"] is None


class TestCopies:
    async def test_a_shorter_film_takes_what_it_reaches(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        long = theatre.stage.film(shop.id, duration_ms=60_000)
        short = theatre.stage.film(shop.id, duration_ms=10_000)
        cues = [
            {**LINK, "at": 0, "until": 4_000},
            {**LINK, "at": 8_000, "until": 20_000},
            {**LINK, "at": 30_000},
        ]
        await save(theatre, shop, long, cues)
        copied = await theatre.town.good(
            "POST", f"{path_of(long)}/copies", shop.owner, json={"videoId": short}
        )
        assert [(c["at"], c["until"]) for c in copied["cues"]] == [(0, 4_000), (8_000, 10_000)]
        assert (copied["leftOut"], copied["videoId"]) == (1, str(short))
        origin = await theatre.town.good("GET", f"{path_of(long)}/draft", shop.owner)
        assert not {c["id"] for c in origin["cues"]} & {c["id"] for c in copied["cues"]}

    async def test_nothing_is_copied_into_another_brands_film(self, theatre: Theatre) -> None:
        shop, other = await theatre.town.shop(), await theatre.town.shop()
        mine, theirs = theatre.stage.film(shop.id), theatre.stage.film(other.id)
        await save(theatre, shop, mine, [LINK])
        answer = await theatre.town.ask(
            "POST", f"{path_of(mine)}/copies", shop.owner, json={"videoId": theirs}
        )
        assert answer.status_code == 404


class TestVersions:
    async def test_every_publication_is_kept(self, theatre: Theatre) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id)
        for count in (1, 2, 3):
            await save(theatre, shop, video, [LINK] * count)
            await publish(theatre, shop, video)
        page = await theatre.town.good("GET", f"{path_of(video)}/versions?limit=2", shop.owner)
        assert [(v["version"], v["cues"], v["current"]) for v in page["items"]] == [
            (3, 3, True),
            (2, 2, False),
        ]
        rest = await theatre.town.good(
            "GET", f"{path_of(video)}/versions?cursor={page['nextCursor']}", shop.owner
        )
        assert [(v["version"], v["current"]) for v in rest["items"]] == [(1, False)]
        assert rest["nextCursor"] is None

    async def test_a_shorter_film_in_its_place_shows_no_cue_beyond_its_end(
        self, theatre: Theatre
    ) -> None:
        shop = await theatre.town.shop()
        video = theatre.stage.film(shop.id, duration_ms=60_000)
        await save(theatre, shop, video, [{**LINK, "at": 2_000}, {**LINK, "at": 30_000}])
        await publish(theatre, shop, video)
        theatre.stage.quietly(video, duration_ms=5_000)
        assert [(c["at"], c["until"]) for c in (await shown(theatre, video))["cues"]] == [
            (2_000, 5_000)
        ]
