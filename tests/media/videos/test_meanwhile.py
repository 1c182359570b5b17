"""Videos are deleted while others work on them: nobody waits in a circle, nothing is left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.composition import Composed
from app.kernel.house import House
from media.stills import service as stills_service
from media.transcoding import rules
from media.transcoding.encoding import pictures, quality
from media.uploads.events import UploadFailed, UploadFinished
from media.videos.interfaces import Videos
from tests.factories.town import Resident, Town
from tests.media.videos.test_videos import inspected, make, run, upload

_FOLDERS = ("images", "media", "uploads")
_TABLES = (
    *("cuts", "renditions", "rendition_segments", "transcoding_pieces"),
    *("video_stills", "video_covers", "video_captions", "images", "image_contents"),
)
_ENCODING = ("transcoding.piece", "transcoding.sound", "transcoding.finish", "media.")


@pytest.fixture(autouse=True)
async def _empty(house: House) -> None:
    """Nothing of other tests."""
    await house.objects.delete(await stored(house))


@pytest.fixture
async def owner(town: Town) -> Resident:
    return (await town.shop()).owner


@pytest.fixture
async def at_work(composed: Composed, house: House) -> AsyncIterator[None]:
    """What a worker has open."""
    async with AsyncExitStack() as stack:
        for wiring in composed.wirings:
            for part in wiring.worker_lifespan:
                await stack.enter_async_context(part())
        yield


async def stored(house: House) -> list[str]:
    """All that lies in the object store."""
    return [path for folder in _FOLDERS for path in await house.objects.list(folder)]


async def left(town: Town) -> dict[str, int]:
    """Rows and files that are there once every job and the broom have been at work."""
    await town.run_jobs(only=("media.", "transcoding."))
    town.house.clock.shift(timedelta(hours=7))
    for wiring in town.composed.wirings:
        for task in wiring.tasks:
            if task.name == "transcoding.sweep":
                await task.run()
    found: dict[str, int] = {}
    async with town.house.database.reading() as session:
        for table in _TABLES:
            found[table] = int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)
    found["files"] = len(await stored(town.house))
    return {name: count for name, count in found.items() if count}


async def somebody_waits(house: House) -> None:
    """Return when a transaction waits for a lock that another one holds."""
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(3_000):
        async with house.database.reading() as session:
            if await session.scalar(waits):
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


class TestUploadsEnd:
    @pytest.mark.parametrize("fails", [False, True])
    async def test_while_the_video_is_deleted(
        self, town: Town, house: House, owner: Resident, film: bytes, fails: bool
    ) -> None:
        video = await make(town, owner, film)
        async with house.database.transaction() as tx:
            held = await tx.session.execute(text("SELECT id FROM uploads FOR UPDATE"))
            id_ = int(held.scalar_one())
            deleting = asyncio.create_task(town.ask("DELETE", f"/v1/videos/{video['id']}", owner))
            await somebody_waits(house)
            ended = UploadFailed(id_) if fails else UploadFinished(id_, "x", 1, "0" * 64)
            await house.events.publish(tx, ended)
        assert (await deleting).status_code == 204
        assert await left(town) == {}

    async def test_a_lost_part_is_told_in_words(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        body = {"uploadId": await upload(town, owner, film), "title": "红包来了"}
        video = await town.good("POST", "/v1/videos", owner, json=body)
        await house.objects.delete(await house.objects.list("uploads"))
        video = await inspected(town, owner, video)
        assert (video["state"], "upload it again" in video["refusal"]) == ("failed", True)


async def test_a_film_is_replaced_while_an_encoder_holds_it(
    town: Town, house: House, owner: Resident, film: bytes
) -> None:
    video = await make(town, owner, film)
    await run(town)
    body = {"uploadId": await upload(town, owner, film)}
    await town.good("POST", f"/v1/videos/{video['id']}/replace", owner, json=body)
    async with house.database.transaction() as tx:
        await tx.session.execute(text("SELECT 1 FROM transcodings FOR UPDATE"))
        async with asyncio.timeout(120):
            await run(town)
            await house.doors.get(Videos).show(tx, int(video["id"]), 1)
    assert (await town.good("GET", f"/v1/videos/{video['id']}", owner))["state"] == "waiting"


async def captioned(town: Town, owner: Resident, video: Mapping[str, Any]) -> None:
    """Give an inspected video captions."""
    line = "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n"
    words = {"language": "en", "label": "English", "text": line}
    await town.good("POST", f"/v1/videos/{video['id']}/captions", owner, json=words)


async def test_what_two_videos_share_goes_with_the_second(
    town: Town, house: House, owner: Resident, film: bytes
) -> None:
    first, second = [await make(town, owner, film) for _ in range(2)]
    await run(town)
    for each in (first, second):
        await captioned(town, owner, each)
    await town.run_jobs(only=("media.",))
    before = set(await stored(house))
    await town.ask("DELETE", f"/v1/videos/{first['id']}", owner)
    await town.run_jobs(only=("media.",))
    assert set(await stored(house)) == before
    await town.ask("DELETE", f"/v1/videos/{second['id']}", owner)
    assert await left(town) == {}


class Hand:
    """Deletes the video when somebody is in the middle of a certain work."""

    def __init__(self, town: Town, owner: Resident, video_id: str, *, forgets: bool) -> None:
        self._town, self._owner, self._id = town, owner, video_id
        self._forgets = forgets
        self.used = False

    def within(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The work, which is done when the video is deleted and its result not kept yet."""

        async def disturbed(*arguments: Any, **named: Any) -> Any:
            made = await work(*arguments, **named)
            if not self.used:
                self.used = True
                path = f"/v1/videos/{self._id}"
                assert (await self._town.ask("DELETE", path, self._owner)).status_code == 204
                if self._forgets:
                    await self._town.run_jobs(only=("media.", "transcoding.forget"))
            return made

        return disturbed


@pytest.mark.parametrize(
    ("place", "name", "after", "jobs", "forgets"),
    [
        (pictures, "encode_piece", 0, _ENCODING, False),
        (pictures, "encode_piece", 1, _ENCODING, True),
        (quality, "compare", 0, _ENCODING, False),
        (stills_service, "make_stills", 0, ("media.",), True),
    ],
    ids=["first rung", "ladder", "quality", "stills"],
)
async def test_in_the_middle_of_making(
    town: Town,
    house: House,
    client: httpx.AsyncClient,
    owner: Resident,
    film: bytes,
    at_work: None,
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    name: str,
    after: int,
    jobs: tuple[str, ...],
    forgets: bool,
) -> None:
    monkeypatch.setattr(rules, "_LADDER", ((90, 200_000), (120, 400_000)))
    video = await make(town, owner, film)
    words = {
        "language": "en",
        "label": "English",
        "text": "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n",
    }
    await run(town)
    await town.good("POST", f"/v1/videos/{video['id']}/captions", owner, json=words)
    await town.good("POST", f"/v1/videos/{video['id']}/publish", owner)
    hand = Hand(town, owner, video["id"], forgets=forgets)
    work, calls = getattr(place, name), 0

    async def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        disturbed = hand.within(work) if calls > after else work
        return await disturbed(*arguments, **named)

    monkeypatch.setattr(place, name, counted)
    await town.run_jobs(only=jobs)
    assert hand.used
    assert (await client.get(f"/m/{video['id']}/index.m3u8")).status_code == 404
    assert await left(town) == {}
    assert (await client.get(f"/v1/videos/{video['id']}/play")).status_code == 404
