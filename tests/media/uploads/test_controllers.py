"""tus 1.0 word for word: what is answered, what is kept, and to whom."""

import asyncio
import base64
import os
import shutil
from typing import Any

import httpx
import pytest

from app.kernel.house import House
from app.kernel.objects import ObjectMissing
from media.uploads.rules import file_path
from tests.factories.town import Resident, Town

TUS = {"tus-resumable": "1.0.0"}
STREAM = {**TUS, "content-type": "application/offset+octet-stream"}


@pytest.fixture(autouse=True)
def empty_store(house: House) -> None:
    folder = house.objects.folder
    assert folder is not None
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.fixture
async def shopper(town: Town) -> Resident:
    return await town.shopper()


class Sender:
    """Somebody's tus client, by hand."""

    def __init__(self, town: Town, who: Resident) -> None:
        self.town, self.who = town, who
        self.path = ""

    async def begin(self, length: object, **headers: str) -> httpx.Response:
        sent = {**TUS, "upload-length": str(length), **headers}
        answer = await self.town.ask("POST", "/v1/uploads", self.who, headers=sent)
        self.path = answer.headers.get("location", self.path)
        return answer

    async def send(self, data: Any, offset: object, **headers: str) -> httpx.Response:
        sent = {**STREAM, "upload-offset": str(offset), **headers}
        return await self.town.ask("PATCH", self.path, self.who, content=data, headers=sent)

    async def head(self) -> httpx.Response:
        return await self.town.ask("HEAD", self.path, self.who, headers=TUS)


@pytest.fixture
def sender(town: Town, shopper: Resident) -> Sender:
    return Sender(town, shopper)


async def stored(house: House, sender: Sender) -> bytes:
    """The whole file of a finished upload."""
    id_ = int(sender.path.rpartition("/")[2])
    return await house.objects.get(file_path(id_))


class TestProtocol:
    async def test_the_server_says_what_it_can(self, town: Town) -> None:
        answer = await town.ask("OPTIONS", "/v1/uploads")
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert answer.headers["tus-extension"] == "creation,expiration,termination"
        assert int(answer.headers["tus-max-size"]) == 8 * 2**30

    async def test_a_page_elsewhere_may_use_it(self, town: Town) -> None:
        asked = {"origin": "http://elsewhere", "access-control-request-method": "PATCH"}
        answer = await town.ask("OPTIONS", "/v1/uploads/1", headers=asked)
        assert "PATCH" in answer.headers["access-control-allow-methods"]
        allowed = answer.headers["access-control-allow-headers"].split(",")
        assert {"tus-resumable", "upload-offset", "upload-length", "upload-metadata"} <= {*allowed}
        exposed = answer.headers["access-control-expose-headers"].split(",")
        assert {"upload-offset", "location", "upload-length", "tus-resumable"} <= {*exposed}

    async def test_from_the_first_byte_to_the_last(
        self, town: Town, house: House, sender: Sender
    ) -> None:
        tags = f"filename {base64.b64encode('红包.mp4'.encode()).decode()},empty "
        begun = await sender.begin(10, **{"upload-metadata": tags})
        assert begun.status_code == 201
        assert begun.json()["name"] == "红包.mp4"
        assert begun.headers["upload-expires"].endswith("GMT")
        first = await sender.send(b"01234", 0)
        assert (first.status_code, first.headers["upload-offset"]) == (204, "5")
        head = await sender.head()
        assert (head.status_code, head.headers["upload-offset"]) == (200, "5")
        assert head.headers["upload-length"] == "10"
        assert head.headers["upload-metadata"] == tags
        assert head.headers["cache-control"] == "no-store"
        assert (await sender.send(b"56789", 5)).headers["upload-offset"] == "10"
        assert (await sender.send(b"", 10)).status_code == 204
        await town.run_jobs()
        assert await stored(house, sender) == b"0123456789"
        assert await house.objects.list("uploads") == []
        shown = await town.good("GET", sender.path, sender.who)
        assert (shown["state"], shown["offset"]) == ("finished", 10)

    async def test_another_version_is_refused(self, sender: Sender) -> None:
        answer = await sender.begin(10, **{"tus-resumable": "0.2.2"})
        assert answer.status_code == 412
        assert answer.headers["tus-version"] == "1.0.0"

    @pytest.mark.parametrize("length", ["", "-1", "0", "ten", "1e3", "9" * 16, "１０"])
    async def test_a_length_that_is_none(self, sender: Sender, length: str) -> None:
        value: Any = length.encode()
        answer = await sender.begin(0, **{"upload-length": value})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "#header/Upload-Length"

    @pytest.mark.parametrize("tags", ["a !!!", "a YQ==,a YQ==", "é YQ==", "a YQ==,,", "x" * 2001])
    async def test_tags_that_are_none(self, sender: Sender, tags: str) -> None:
        value: Any = tags.encode()
        answer = await sender.begin(5, **{"upload-metadata": value})
        assert answer.status_code == 400

    async def test_the_name_is_only_a_name(self, sender: Sender) -> None:
        name = base64.b64encode(b"../../etc/passwd").decode()
        begun = await sender.begin(5, **{"upload-metadata": f"filename {name}"})
        assert begun.json()["name"] == "passwd"

    async def test_other_content_types_are_refused(self, sender: Sender) -> None:
        await sender.begin(5)
        answer = await sender.send(b"12345", 0, **{"content-type": "video/mp4"})
        assert answer.status_code == 415

    async def test_a_client_that_cannot_patch(self, town: Town, sender: Sender) -> None:
        await sender.begin(5)
        sent = {**STREAM, "upload-offset": "0", "x-http-method-override": "PATCH"}
        answer = await town.ask("POST", sender.path, sender.who, content=b"12345", headers=sent)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, "5")


class TestOffsets:
    @pytest.mark.parametrize("offset", [1, 4, 6, 10])
    async def test_only_the_next_bytes_are_taken(self, sender: Sender, offset: int) -> None:
        await sender.begin(10)
        await sender.send(b"01234", 0)
        answer = await sender.send(b"x", offset)
        assert answer.status_code == 409
        assert answer.json()["code"] == "offset_mismatch"
        assert (await sender.head()).headers["upload-offset"] == "5"

    async def test_more_than_announced_is_not_kept(self, sender: Sender) -> None:
        await sender.begin(5)
        assert (await sender.send(b"123456", 0)).status_code == 413
        assert (await sender.head()).headers["upload-offset"] == "0"

    async def test_any_sizes_of_pieces(self, town: Town, house: House, sender: Sender) -> None:
        data = os.urandom(9_000_001)
        await sender.begin(len(data))
        at = 0
        for size in (1, 2, 65_536, 5_000_000, 3_000_000, 10_000_000):
            answer = await sender.send(data[at : at + size], at)
            at = int(answer.headers["upload-offset"])
        assert at == len(data)
        await town.run_jobs()
        assert await stored(house, sender) == data

    async def test_one_sender_at_a_time(self, sender: Sender) -> None:
        await sender.begin(10)
        may_end, sending = asyncio.Event(), asyncio.Event()

        async def slowly() -> Any:
            yield b"01"
            sending.set()
            await may_end.wait()
            yield b"234"

        first = asyncio.create_task(sender.send(slowly(), 0))
        await sending.wait()
        second = await sender.send(b"xxxxx", 0)
        assert second.status_code == 423
        assert second.json()["code"] == "upload_locked"
        assert int(second.headers["retry-after"]) > 0
        may_end.set()
        assert (await first).headers["upload-offset"] == "5"
        assert (await sender.send(b"56789", 5)).status_code == 204

    async def test_what_came_before_the_connection_broke_is_kept(
        self, town: Town, house: House, sender: Sender
    ) -> None:
        await sender.begin(10)

        async def breaking() -> Any:
            yield b"0123"
            raise ConnectionResetError

        assert (await sender.send(breaking(), 0)).status_code == 503
        assert (await sender.head()).headers["upload-offset"] == "4"
        assert (await sender.send(b"456789", 4)).status_code == 204
        await town.run_jobs()
        assert await stored(house, sender) == b"0123456789"


class TestEnds:
    async def test_cancelled(self, town: Town, house: House, sender: Sender) -> None:
        await sender.begin(10)
        await sender.send(b"01234", 0)
        answer = await town.ask("DELETE", sender.path, sender.who, headers=TUS)
        assert answer.status_code == 204
        assert (await sender.head()).status_code == 410
        assert (await sender.send(b"x", 5)).status_code == 410
        await town.run_jobs()
        assert await house.objects.list("uploads") == []

    async def test_nobody_elses(self, town: Town, sender: Sender) -> None:
        await sender.begin(10)
        stranger = await town.shopper()
        for method in ("HEAD", "GET", "PATCH", "DELETE"):
            headers = {**STREAM, "upload-offset": "0"}
            content = b"x" if method == "PATCH" else None
            answer = await town.ask(method, sender.path, stranger, headers=headers, content=content)
            assert answer.status_code == 404

    async def test_abandoned_ones_expire(self, town: Town, house: House, sender: Sender) -> None:
        await sender.begin(10)
        await sender.send(b"01234", 0)
        await _age(house, hours=25)
        await town.composed.service("uploads").expire()
        await town.run_jobs()
        assert (await sender.head()).status_code == 410
        assert await house.objects.list("uploads") == []

    async def test_finished_ones_that_nobody_used_expire(
        self, town: Town, house: House, sender: Sender
    ) -> None:
        await sender.begin(5)
        await sender.send(b"01234", 0)
        await town.run_jobs()
        await _age(house, hours=25)
        await town.composed.service("uploads").expire()
        await town.run_jobs()
        with pytest.raises(ObjectMissing):
            await stored(house, sender)

    async def test_a_running_one_does_not_expire(
        self, town: Town, house: House, sender: Sender
    ) -> None:
        await sender.begin(10)
        await _age(house, hours=23)
        await sender.send(b"01234", 0)
        await _age(house, hours=23)
        await town.composed.service("uploads").expire()
        assert (await sender.send(b"56789", 5)).status_code == 204


class TestRoom:
    async def test_the_same_content_is_stored_once(self, town: Town, house: House) -> None:
        first, second = Sender(town, await town.shopper()), Sender(town, await town.shopper())
        for sender in (first, second):
            await sender.begin(5)
            await sender.send(b"01234", 0)
        await town.run_jobs()
        files = await house.objects.list("media/originals")
        assert len(files) == 1
        # and stays for the one when the other is gone
        await town.ask("DELETE", first.path, first.who, headers=TUS)
        await town.run_jobs()
        assert await house.objects.get(files[0]) == b"01234"
        await town.ask("DELETE", second.path, second.who, headers=TUS)
        await town.run_jobs()
        assert await house.objects.list("media/originals") == []

    async def test_a_film_over_the_bound(self, sender: Sender) -> None:
        answer = await sender.begin(512 * 2**20 + 1)
        assert answer.status_code == 413

    async def test_quotas(self, town: Town, sender: Sender) -> None:
        for _ in range(10):
            assert (await sender.begin(512 * 2**20)).status_code == 201
        answer = await sender.begin(512 * 2**20)
        assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
        await town.ask("DELETE", sender.path, sender.who, headers=TUS)
        assert (await sender.begin(512 * 2**20)).status_code == 201

    async def test_quotas_hold_when_many_begin_at_once(self, town: Town, sender: Sender) -> None:
        answers = await asyncio.gather(*(sender.begin(512 * 2**20) for _ in range(16)))
        assert sorted(answer.status_code for answer in answers) == [201] * 10 + [413] * 6

    async def test_unfinished_ones_are_counted(self, sender: Sender) -> None:
        for _ in range(20):
            assert (await sender.begin(5)).status_code == 201
        assert (await sender.begin(5)).status_code == 429

    async def test_keys_need_the_scope(self, town: Town) -> None:
        shop = await town.shop()
        poor = Sender(town, await town.key(shop, live=True, scopes=["posts:write"]))
        assert (await poor.begin(5)).status_code == 403
        rich = Sender(town, await town.key(shop, live=True, scopes=["videos:write"]))
        assert (await rich.begin(2**30)).status_code == 201


async def _age(house: House, hours: int) -> None:
    from sqlalchemy import text

    async with house.database.transaction() as tx:
        statement = "UPDATE uploads SET expires_at = expires_at - make_interval(hours => :hours)"
        await tx.session.execute(text(statement), {"hours": hours})
