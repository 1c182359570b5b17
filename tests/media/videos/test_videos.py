"""A film's way: received, inspected, reviewed, published, replaced, taken away."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Transaction
from app.kernel.house import House
from media.videos.events import (
    VideoAccepted,
    VideoPublished,
    VideoReplaced,
    VideoTakenDown,
    VideoWithdrawn,
)
from media.videos.interfaces import (
    Original,
    PartsRegistry,
    Refusal,
    VideoPart,
    VideoProgress,
    VideoRecord,
    Videos,
    VideoState,
)
from tests.factories.town import Resident, Town
from tests.media.inspection import films

TUS = {"tus-resumable": "1.0.0"}


@pytest.fixture
def heard(house: House) -> list[object]:
    """What other slices hear of videos."""
    found: list[object] = []

    async def hear(tx: Transaction, event: object) -> None:
        found.append(event)

    for kind in (VideoAccepted, VideoPublished, VideoReplaced, VideoTakenDown, VideoWithdrawn):
        house.events.subscribe(kind, hear)
    return found


async def upload(town: Town, who: Resident, data: bytes) -> str:
    """The id of an upload that is whole."""
    headers = {**TUS, "upload-length": str(len(data))}
    begun = await town.ask("POST", "/v1/uploads", who, headers=headers)
    assert begun.status_code == 201, begun.text
    headers = {**TUS, "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    path = begun.headers["location"]
    sent = await town.ask("PATCH", path, who, headers=headers, content=data)
    assert sent.status_code == 204, sent.text
    return str(begun.json()["id"])


async def make(town: Town, who: Resident, data: bytes, **more: Any) -> dict[str, Any]:
    """A new video."""
    body = {"uploadId": await upload(town, who, data), "title": "红包来了", **more}
    return await town.good("POST", "/v1/videos", who, json=body)


async def inspected(town: Town, who: Resident, video: Mapping[str, Any]) -> dict[str, Any]:
    """The video after every job of this slice has run, whatever encoders would do next."""
    await run(town)
    return await town.good("GET", f"/v1/videos/{video['id']}", who)


async def run(town: Town) -> None:
    """Run the jobs of uploads and videos only: encoders have tests of their own."""
    await town.run_jobs(only=("media.uploads.", "media.videos."))


async def ready(house: House, video: Mapping[str, Any], generation: int = 1) -> None:
    """As an encoder would say."""
    videos = house.doors.get(Videos)
    async with house.database.transaction() as tx:
        assert await videos.advance(tx, int(video["id"]), generation, VideoState.TRANSCODING)
        assert await videos.show(tx, int(video["id"]), generation)
        assert await videos.advance(tx, int(video["id"]), generation, VideoState.READY)


@pytest.fixture
async def shopper(town: Town) -> Resident:
    return await town.shopper()


@pytest.fixture
async def owner(town: Town) -> Resident:
    return (await town.shop()).owner


class TestInspection:
    async def test_a_film_is_accepted(
        self, town: Town, owner: Resident, film: bytes, heard: list[object]
    ) -> None:
        video = await make(town, owner, film)
        assert (video["state"], video["visibility"]) == ("received", "draft")
        video = await inspected(town, owner, video)
        assert video["state"] == "waiting"
        assert (video["width"], video["height"], video["durationMs"]) == (160, 120, 1000)
        assert heard == [VideoAccepted(int(video["id"]), 1)]

    async def test_what_is_no_film_is_refused_in_words(
        self, town: Town, owner: Resident, heard: list[object]
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, b"#EXTM3U\nhttp://x/\n"))
        assert video["state"] == "refused"
        assert "playlist" in video["refusal"]
        assert heard == []
        answer = await town.ask("POST", f"/v1/videos/{video['id']}/publish", owner)
        assert (answer.status_code, answer.json()["code"]) == (409, "video_not_usable")

    async def test_a_file_in_one_request(self, town: Town, owner: Resident, film: bytes) -> None:
        files = {"file": ("舞.mp4", film, "video/mp4")}
        video = await town.good("POST", "/v1/videos/files", owner, files=files)
        assert video["title"] == "舞.mp4"
        assert (await inspected(town, owner, video))["state"] == "waiting"

    async def test_the_same_film_is_inspected_once(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        first = await inspected(town, owner, await make(town, owner, film))
        records = house.doors.get(Videos)
        async with house.database.reading() as session:
            record = await records.get(session, int(first["id"]))
        assert record is not None
        second = await make(town, owner, film)
        await town.run_jobs(only=("media.uploads.",))
        await house.objects.delete([record.original])
        second = await inspected(town, owner, second)
        assert (second["state"], second["durationMs"]) == ("waiting", 1000)

    async def test_an_upload_becomes_one_video(
        self, town: Town, owner: Resident, film: bytes
    ) -> None:
        body = {"uploadId": await upload(town, owner, film), "title": "x"}
        await town.good("POST", "/v1/videos", owner, json=body)
        answer = await town.ask("POST", "/v1/videos", owner, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "upload_used")

    async def test_an_unfinished_upload_becomes_none(self, town: Town, owner: Resident) -> None:
        headers = {**TUS, "upload-length": "10"}
        begun = await town.ask("POST", "/v1/uploads", owner, headers=headers)
        body = {"uploadId": begun.json()["id"], "title": "x"}
        answer = await town.ask("POST", "/v1/videos", owner, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "upload_not_whole")

    async def test_made_in_the_house(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        await house.objects.put("media/made/1", film)
        assert owner.actor.brand_id is not None
        original = Original(
            path="media/made/1",
            bytes=len(film),
            hash="0" * 64,
            owner_id=owner.actor.brand_id,
            by_shopper=False,
        )
        async with house.database.transaction() as tx:
            id_ = await house.doors.get(Videos).create(tx, original, "幻灯片")
        assert (await inspected(town, owner, {"id": id_}))["state"] == "waiting"


class TestStates:
    async def test_forwards_only_and_only_the_newest(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, film))
        id_, videos = int(video["id"]), house.doors.get(Videos)
        await ready(house, video)
        async with house.database.transaction() as tx:
            assert not await videos.advance(tx, id_, 1, VideoState.TRANSCODING)
            assert not await videos.advance(tx, id_, 2, VideoState.READY)
            assert not await videos.advance(tx, id_ + 1, 1, VideoState.READY)
        shown = await town.good("GET", f"/v1/videos/{id_}", owner)
        assert shown["state"] == "ready"

    async def test_what_failed_may_be_tried_again(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, film))
        id_, videos = int(video["id"]), house.doors.get(Videos)
        bad = Refusal("luck", "Out of luck")
        async with house.database.transaction() as tx:
            assert await videos.advance(tx, id_, 1, VideoState.FAILED, refusal=bad)
        seen = await town.good("GET", f"/v1/videos/{id_}", owner)
        assert (seen["refusal"], seen["refusalReason"]) == ("Out of luck", "luck")
        async with house.database.transaction() as tx:
            assert await videos.advance(tx, id_, 1, VideoState.TRANSCODING)
        assert (await town.good("GET", f"/v1/videos/{id_}", owner))["refusal"] is None

    async def test_parts_of_other_slices(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        class Parts:
            async def parts(
                self, session: AsyncSession, records: Sequence[VideoRecord], viewer: object
            ) -> Mapping[int, VideoPart]:
                progress = VideoProgress(percent=40, rung="v540", seconds_left=9)
                return {record.id: VideoPart(progress=progress) for record in records}

        house.doors.get(PartsRegistry).add(Parts())
        video = await make(town, owner, film)
        assert video["progress"] == {"percent": 40, "rung": "v540", "secondsLeft": 9}


class TestPublication:
    async def test_of_a_brand(
        self, town: Town, house: House, owner: Resident, film: bytes, heard: list[object]
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, film))
        path = f"/v1/videos/{video['id']}"
        assert (await town.ask("GET", path)).status_code == 404
        for _ in range(2):
            published = await town.good("POST", f"{path}/publish", owner)
        assert published["visibility"] == "published"
        assert (await town.ask("GET", path)).status_code == 404  # there is nothing to watch yet
        await ready(house, video)
        seen = await town.good("GET", path)
        assert seen["publishedAt"] == published["publishedAt"]
        withdrawn = await town.good("POST", f"{path}/withdraw", owner)
        assert withdrawn["visibility"] == "withdrawn"
        assert (await town.ask("GET", path)).status_code == 404
        id_ = int(video["id"])
        assert heard == [VideoAccepted(id_, 1), VideoPublished(id_), VideoWithdrawn(id_)]

    async def test_a_shoppers_waits_for_the_operator(
        self, town: Town, house: House, shopper: Resident, film: bytes
    ) -> None:
        operator = await town.operator()
        video = await inspected(town, shopper, await make(town, shopper, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        asked = await town.good("POST", f"{path}/publish", shopper)
        assert asked["visibility"] == "review"
        assert (await town.ask("GET", path)).status_code == 404
        queue = await town.good("GET", "/v1/reviews/videos", operator)
        assert [each["id"] for each in queue["items"]] == [video["id"]]
        judged = f"/v1/reviews/videos/{video['id']}"
        blank = await town.ask("POST", f"{judged}/refuse", operator, json={"words": " \u200b"})
        assert blank.status_code == 400
        assert blank.json()["errors"][0]["pointer"] == "/words"
        words = {"words": "The face of a child is shown"}
        await town.good("POST", f"{judged}/refuse", operator, json=words)
        mine = await town.good("GET", path, shopper)
        assert (mine["visibility"], mine["refusal"]) == ("draft", words["words"])
        assert (await town.ask("POST", f"{judged}/approve", operator)).status_code == 409
        await town.good("POST", f"{path}/publish", shopper)
        await town.good("POST", f"{judged}/approve", operator)
        assert (await town.good("GET", path))["visibility"] == "published"
        assert (await town.good("GET", "/v1/reviews/videos", operator))["items"] == []

    async def test_the_queue_is_for_operators(self, town: Town, shopper: Resident) -> None:
        assert (await town.ask("GET", "/v1/reviews/videos", shopper)).status_code == 403

    async def test_taken_down(
        self, town: Town, house: House, owner: Resident, film: bytes, heard: list[object]
    ) -> None:
        operator = await town.operator()
        video = await inspected(town, owner, await make(town, owner, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        await town.good("POST", f"{path}/publish", owner)
        words = {"words": "Music without a licence"}
        assert (await town.ask("POST", f"{path}/takedown", owner, json=words)).status_code == 403
        await town.good("POST", f"{path}/takedown", operator, json=words)
        assert heard[-1] == VideoTakenDown(int(video["id"]))
        assert (await town.ask("GET", path)).status_code == 404
        assert (await town.good("GET", path, owner))["refusal"] == words["words"]
        for what in ("publish", "withdraw"):
            answer = await town.ask("POST", f"{path}/{what}", owner)
            assert (answer.status_code, answer.json()["code"]) == (409, "video_taken_down")
        back = await town.good("POST", f"{path}/publish", operator)
        assert back["visibility"] == "published"

    async def test_replaced_while_it_is_shown(
        self, town: Town, house: House, owner: Resident, film: bytes, tmp_path: Path
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        await town.good("POST", f"{path}/publish", owner)
        films.film(tmp_path / "next.mp4", picture="testsrc=s=96x64:r=10:d=2,format=yuv420p")
        body = {"uploadId": await upload(town, owner, (tmp_path / "next.mp4").read_bytes())}
        replaced = await town.good("POST", f"{path}/replace", owner, json=body)
        assert (replaced["state"], replaced["width"]) == ("received", 160)
        assert (await inspected(town, owner, video))["state"] == "waiting"
        assert (await town.good("GET", path))["width"] == 160
        await ready(house, video, 2)
        assert (await town.good("GET", path))["width"] == 96

    async def test_a_replacement_that_is_refused_changes_nothing_for_viewers(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        await town.good("POST", f"{path}/publish", owner)
        body = {"uploadId": await upload(town, owner, b"no film at all")}
        await town.good("POST", f"{path}/replace", owner, json=body)
        await run(town)
        assert (await town.good("GET", path, owner))["state"] == "refused"
        seen = await town.good("GET", path)
        assert (seen["state"], seen["width"], seen["refusal"]) == ("ready", 160, None)

    async def test_a_shoppers_replacement_is_reviewed_again(
        self, town: Town, house: House, shopper: Resident, film: bytes
    ) -> None:
        operator = await town.operator()
        video = await inspected(town, shopper, await make(town, shopper, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        await town.good("POST", f"{path}/publish", shopper)
        await town.good("POST", f"/v1/reviews/videos/{video['id']}/approve", operator)
        body = {"uploadId": await upload(town, shopper, film)}
        replaced = await town.good("POST", f"{path}/replace", shopper, json=body)
        assert replaced["visibility"] == "review"
        assert (await town.ask("GET", path)).status_code == 404


class TestWhose:
    async def test_lists_are_paged(self, town: Town, owner: Resident, film: bytes) -> None:
        made = [(await make(town, owner, film, title=f"{n}"))["id"] for n in range(3)]
        path = f"/v1/brands/{owner.actor.brand_id}/videos?limit=2"
        first = await town.good("GET", path, owner)
        rest = await town.good("GET", f"{path}&cursor={first['nextCursor']}", owner)
        ids = [each["id"] for each in [*first["items"], *rest["items"]]]
        assert ids == made[::-1]
        assert rest["nextCursor"] is None

    async def test_strangers_find_nothing(
        self, town: Town, owner: Resident, shopper: Resident, film: bytes
    ) -> None:
        video = await make(town, owner, film)
        path = f"/v1/videos/{video['id']}"
        stranger = (await town.shop()).owner
        for who in (shopper, stranger):
            assert (await town.ask("GET", path, who)).status_code == 404
            assert (await town.ask("PATCH", path, who, json={"title": "x"})).status_code == 404
            for what in ("publish", "withdraw"):
                assert (await town.ask("POST", f"{path}/{what}", who)).status_code == 404

    async def test_test_keys_see_test_videos(self, town: Town, film: bytes) -> None:
        shop = await town.shop()
        scopes = ["videos:write", "videos:read"]
        live = await town.key(shop, live=True, scopes=scopes)
        test = await town.key(shop, live=False, scopes=scopes)
        video = await make(town, test, film)
        path = f"/v1/videos/{video['id']}"
        assert (await town.ask("GET", path, live)).status_code == 404
        assert (await town.ask("GET", path, test)).status_code == 200
        listed = await town.good("GET", f"/v1/brands/{shop.id}/videos", live)
        assert listed["items"] == []

    async def test_a_key_that_reads_sees_drafts_and_figures_and_changes_nothing(
        self, town: Town, film: bytes
    ) -> None:
        shop, other = await town.shop(), await town.shop()
        reads = await town.key(shop, live=True, scopes=["videos:read"])
        strange = await town.key(other, live=True, scopes=["videos:read"])
        video = await inspected(town, shop.owner, await make(town, shop.owner, film))
        path = f"/v1/videos/{video['id']}"
        seen = ("", "/retention", "/captions", "/timeline/draft", "/timeline/versions")
        for each in seen:
            assert (await town.ask("GET", path + each, reads)).status_code == 200
            assert (await town.ask("GET", path + each, strange)).status_code == 404
        changed = await town.ask("PATCH", path, reads, json={"title": "x"})
        assert changed.status_code == 403
        assert (await town.ask("DELETE", path, reads)).status_code == 403

    async def test_an_operator_uploads_for_a_brand(self, town: Town, film: bytes) -> None:
        shop, operator = await town.shop(), await town.operator()
        video = await make(town, operator, film, ownerId=shop.id)
        assert video["ownerId"] == str(shop.id)
        assert (await town.ask("GET", f"/v1/videos/{video['id']}", shop.owner)).status_code == 200

    async def test_nobody_else_uploads_for_others(
        self, town: Town, owner: Resident, shopper: Resident, film: bytes
    ) -> None:
        body = {
            "uploadId": await upload(town, shopper, film),
            "title": "x",
            "ownerId": owner.actor.brand_id,
        }
        answer = await town.ask("POST", "/v1/videos", shopper, json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "/ownerId"
