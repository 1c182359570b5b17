"""Videos are deleted by their owners, and replaced films are let go once nobody watches them."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.kernel.database import Transaction
from app.kernel.house import House
from media.stills.models import VideoStills
from media.stills.repository import StillsRepository
from media.stills.rules import still_path
from media.transcoding.interfaces import Renditions, segment_path
from media.transcoding.models import CutRow, RenditionRow, SegmentRow, Transcoding
from media.transcoding.repository import TranscodingRepository
from media.videos.events import FilmsSuperseded, VideoDeleted
from media.videos.interfaces import Videos
from media.videos.showing.removal import Removal
from tests.factories.town import Resident, Town
from tests.media.inspection import films
from tests.media.videos.test_videos import inspected, make, ready, run, upload


@pytest.fixture
def heard(house: House) -> list[object]:
    """What other slices hear of removals."""
    found: list[object] = []

    async def hear(tx: Transaction, event: object) -> None:
        found.append(event)

    for kind in (VideoDeleted, FilmsSuperseded):
        house.events.subscribe(kind, hear)
    return found


@pytest.fixture
async def owner(town: Town) -> Resident:
    return (await town.shop()).owner


@pytest.fixture(autouse=True)
async def _empty(house: House) -> None:
    """Nothing of other tests."""
    for folder in ("media/originals", "media/segments"):
        await house.objects.delete(await house.objects.list(folder))


async def used(town: Town, owner: Resident) -> int:
    """Bytes of the owner's quota."""
    statement = (
        "SELECT coalesce(sum(length), 0) FROM uploads WHERE owner_id = :id AND state <> 'gone'"
    )
    async with town.house.database.reading() as session:
        return int(await session.scalar(text(statement), {"id": owner.actor.brand_id}) or 0)


async def originals(town: Town) -> list[str]:
    return await town.house.objects.list("media/originals")


class TestDeleted:
    async def test_nobody_finds_it_and_its_share_is_free(
        self, town: Town, house: House, owner: Resident, film: bytes, heard: list[object]
    ) -> None:
        video = await inspected(town, owner, await make(town, owner, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        await town.good("POST", f"{path}/publish", owner)
        assert (await used(town, owner), len(await originals(town))) == (len(film), 1)
        assert (await town.ask("DELETE", path, owner)).status_code == 204
        assert await used(town, owner) == 0
        assert heard == [VideoDeleted(int(video["id"]))]
        operator = await town.operator()
        for who in (None, owner, operator):
            assert (await town.ask("GET", path, who)).status_code == 404
        for method, more in (("DELETE", ""), ("POST", "/publish"), ("POST", "/withdraw")):
            assert (await town.ask(method, path + more, owner)).status_code == 404
        mine = await town.good("GET", f"/v1/brands/{owner.actor.brand_id}/videos", owner)
        assert mine["items"] == []
        await run(town)
        assert await originals(town) == []
        async with house.database.transaction() as tx:
            videos = house.doors.get(Videos)
            assert await videos.get(tx.session, int(video["id"])) is None
            assert not await videos.show(tx, int(video["id"]), 1)

    async def test_while_it_is_looked_at(self, town: Town, owner: Resident, film: bytes) -> None:
        video = await make(town, owner, film)
        assert (await town.ask("DELETE", f"/v1/videos/{video['id']}", owner)).status_code == 204
        await run(town)
        assert await originals(town) == []

    async def test_a_content_that_another_video_has_stays(
        self, town: Town, owner: Resident, film: bytes
    ) -> None:
        first, second = [await make(town, owner, film) for _ in range(2)]
        await run(town)
        await town.ask("DELETE", f"/v1/videos/{first['id']}", owner)
        await run(town)
        assert len(await originals(town)) == 1
        await town.ask("DELETE", f"/v1/videos/{second['id']}", owner)
        await run(town)
        assert await originals(town) == []

    async def test_a_shopper_deletes_what_waits_for_a_judgement(
        self, town: Town, house: House, film: bytes
    ) -> None:
        shopper, operator = await town.shopper(), await town.operator()
        video = await inspected(town, shopper, await make(town, shopper, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        await town.good("POST", f"{path}/publish", shopper)
        stranger = await town.shopper()
        assert (await town.ask("DELETE", path, stranger)).status_code == 404
        assert (await town.ask("DELETE", path)).status_code == 401
        assert (await town.ask("DELETE", path, shopper)).status_code == 204
        assert (await town.good("GET", "/v1/reviews/videos", operator))["items"] == []
        answer = await town.ask("POST", f"/v1/reviews/videos/{video['id']}/approve", operator)
        assert answer.status_code == 404


class TestSuperseded:
    async def replaced(
        self, town: Town, house: House, owner: Resident, film: bytes, tmp_path: Path
    ) -> tuple[dict[str, Any], bytes]:
        """A video and its second film, which is not ready yet."""
        video = await inspected(town, owner, await make(town, owner, film))
        await ready(house, video)
        path = f"/v1/videos/{video['id']}"
        films.film(tmp_path / "next.mp4", picture="testsrc=s=96x64:r=10:d=2,format=yuv420p")
        following = (tmp_path / "next.mp4").read_bytes()
        body = {"uploadId": await upload(town, owner, following)}
        await town.good("POST", f"{path}/replace", owner, json=body)
        await run(town)
        return video, following

    async def test_the_earlier_film_goes_a_while_after_the_next_is_ready(
        self,
        town: Town,
        house: House,
        owner: Resident,
        film: bytes,
        tmp_path: Path,
        heard: list[object],
    ) -> None:
        video, following = await self.replaced(town, house, owner, film, tmp_path)
        removal: Removal = town.composed.service("removal")
        await removal.superseded(int(video["id"]), 2)
        await run(town)
        assert (len(await originals(town)), heard) == (2, []), "the first is the one that is shown"
        await ready(house, video, 2)
        await run(town)
        assert len(await originals(town)) == 2, "whoever watches the first film sees its end"
        assert await used(town, owner) == len(film) + len(following)
        await town.run_jobs(also_later=True, only=("media.videos.", "media.uploads."))
        [kept] = await originals(town)
        assert await house.objects.get(kept) == following
        assert await used(town, owner) == len(following)
        assert heard == [FilmsSuperseded(int(video["id"]), 2)]
        assert (await town.good("GET", f"/v1/videos/{video['id']}", owner))["width"] == 96

    async def test_a_deleted_one_has_nothing_left_to_let_go(
        self,
        town: Town,
        house: House,
        owner: Resident,
        film: bytes,
        tmp_path: Path,
        heard: list[object],
    ) -> None:
        video, _ = await self.replaced(town, house, owner, film, tmp_path)
        await ready(house, video, 2)
        await town.ask("DELETE", f"/v1/videos/{video['id']}", owner)
        await town.run_jobs(also_later=True, only=("media.videos.", "media.uploads."))
        assert heard == [VideoDeleted(int(video["id"]))]
        assert (await originals(town), await used(town, owner)) == ([], 0)


class TestEncoded:
    """What was made of films, as encoders leave it behind."""

    async def encoded(self, house: House, video_id: int, generation: int, *pieces: bytes) -> None:
        """A film of one rendition; the first piece is its beginning."""
        film = video_id, generation
        hashes = [hashlib.sha256(each).hexdigest() for each in pieces]
        for hash_, each in zip(hashes, pieces, strict=True):
            await house.objects.put(segment_path(hash_), each)
        async with house.database.transaction() as tx:
            await TranscodingRepository().note_objects(tx.session, [(hash_, 1) for hash_ in hashes])
            named = {"video_id": video_id, "generation": generation}
            facts = {"state": "working", "original": "x", "source": {}, "av1": False}
            tx.session.add(Transcoding(**named, **facts))
            await tx.session.flush()
            sizes = {"width": 2, "height": 2, "timescale": 10, "init_size": 1}
            tx.session.add(
                RenditionRow(
                    **named, **sizes, name="v1", rank=1, codecs="avc1", init_hash=hashes[0]
                )
            )
            entry = {"name": "v1", "segments": len(hashes) - 1}
            tx.session.add(
                CutRow(**named, version=1, complete=True, duration_ms=1, contents=[entry])
            )
            await tx.session.flush()
            for number, hash_ in enumerate(hashes[1:]):
                lengths = {"size": 1, "start": number, "duration": 1, "frame_sizes": b""}
                tx.session.add(SegmentRow(**named, **lengths, name="v1", number=number, hash=hash_))
        async with house.database.reading() as session:
            row = await TranscodingRepository().get(session, film)
            assert row is not None

    async def left(self, town: Town) -> set[bytes]:
        """The bytes that the sweep leaves, hours later."""
        town.house.clock.shift(timedelta(hours=7))
        await self.task(town, "transcoding.sweep")()
        objects = town.house.objects
        return {await objects.get(each) for each in await objects.list("media/segments")}

    def task(self, town: Town, name: str) -> Any:
        tasks = [each for wiring in town.composed.wirings for each in wiring.tasks]
        return next(each.run for each in tasks if each.name == name)

    async def test_what_only_earlier_films_had_is_swept(self, town: Town, house: House) -> None:
        for generation, pieces in ((1, b"abc"), (2, b"axy"), (3, b"azb")):
            await self.encoded(house, 7, generation, *(bytes([each]) for each in pieces))
        await self.encoded(house, 8, 1, b"a", b"c")
        async with house.database.transaction() as tx:
            await house.events.publish(tx, FilmsSuperseded(7, 3))
        await town.run_jobs(only=("transcoding.forget",))
        assert await self.left(town) == {b"a", b"z", b"b", b"c"}
        renditions = house.doors.get(Renditions)
        async with house.database.reading() as session:
            assert await renditions.version(session, 7, 1, 1) is None
            found = [
                await renditions.holds(session, 7, hashlib.sha256(each).hexdigest())
                for each in (b"x", b"z")
            ]
            states = await session.execute(
                text("SELECT state FROM transcodings WHERE video_id = 7 ORDER BY generation")
            )
            assert [row[0] for row in states] == ["dropped", "dropped", "working"]
        assert found == [False, True]

    async def test_stills_go_once_the_next_film_has_its_own(self, town: Town, house: House) -> None:
        folder = "media/stills"
        await house.objects.delete(await house.objects.list(folder))
        for before, left in ((3, {b"1", b"2"}), (2, {b"2"})):
            async with house.database.transaction() as tx:
                for generation in (1, 2):
                    hash_ = str(generation) * 64
                    made = {"poster_image_id": 1, "poster_ms": 0, "hash": hash_, "sheets": 1}
                    row = VideoStills(video_id=7, generation=generation, **made)
                    await StillsRepository().add(tx.session, row)
                    for name in ("preview.mp4", "storyboard.vtt", "sheet-0.jpeg"):
                        await house.objects.put(still_path(hash_, name), hash_[:1].encode())
                await house.events.publish(tx, FilmsSuperseded(7, before))
            await town.run_jobs(only=("media.stills.forget",))
            found = [await house.objects.get(each) for each in await house.objects.list(folder)]
            assert (set(found), len(found)) == (left, 3 * len(left))

    async def test_of_a_deleted_video_nothing_stays(
        self, town: Town, house: House, owner: Resident, film: bytes
    ) -> None:
        video = await make(town, owner, film)
        await self.encoded(house, int(video["id"]), 1, b"a", b"b")
        await self.encoded(house, 8, 1, b"a", b"c")
        await town.ask("DELETE", f"/v1/videos/{video['id']}", owner)
        for _ in range(2):
            await town.run_jobs(only=("transcoding.forget", "media."))
            assert await self.left(town) == {b"a", b"c"}
