"""Putting a file together while it arrives: who waits for the last byte waits for it alone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.kernel.house import House
from app.kernel.settings import Settings
from media.uploads import rules, tasks
from media.uploads.rules import begins_following, file_path, parts_folder
from tests.factories.town import Resident, Town
from tests.kernel.s3 import S3Server, serving

TUS = {"tus-resumable": "1.0.0"}
STREAM = {**TUS, "content-type": "application/offset+octet-stream"}
FOLLOW = "media.uploads.follow"
DATA = bytes(range(100))


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten bytes are much, and nobody is silent for too long."""
    monkeypatch.setattr(rules, "FOLLOW_BYTES", 10)
    monkeypatch.setattr(tasks, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(tasks, "_QUIET_SECONDS", 600.0)


@pytest.fixture(params=["folder", "s3"])
def s3(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[S3Server | None]:
    if request.param == "folder":
        yield None
        return
    with serving(monkeypatch) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, s3: S3Server | None, tmp_path: Path) -> Settings:
    url = f"file://{tmp_path}/objects" if s3 is None else "s3://bucket/films"
    return msgspec.structs.replace(settings, object_store_url=url)


class Sender:
    """Somebody who sends DATA in several requests."""

    def __init__(self, town: Town, who: Resident, s3: S3Server | None) -> None:
        self.town, self.house, self.who, self.s3 = town, town.house, who, s3
        self.path = ""

    @property
    def id(self) -> int:
        return int(self.path.rpartition("/")[2])

    async def begin(self) -> None:
        headers = {**TUS, "upload-length": str(len(DATA))}
        begun = await self.town.ask("POST", "/v1/uploads", self.who, headers=headers)
        self.path = begun.headers["location"]

    async def send(self, start: int, stop: int) -> None:
        headers = {**STREAM, "upload-offset": str(start)}
        sent = await self.town.ask(
            "PATCH", self.path, self.who, content=DATA[start:stop], headers=headers
        )
        assert sent.status_code == 204, sent.text

    async def state(self) -> str:
        return str((await self.town.good("GET", self.path, self.who))["state"])

    def follow(self) -> "asyncio.Task[None]":
        """As a worker does when the job is due."""
        run = next(
            task.run
            for wiring in self.town.composed.wirings
            for task in wiring.tasks
            if task.name == FOLLOW
        )
        return asyncio.create_task(run(upload_id=self.id))  # pyright: ignore[reportArgumentType]

    async def lies(self) -> dict[str, bytes]:
        """All that lies in the store, what is half written as well."""
        if self.s3 is not None:
            assert self.s3.parts == {}, "a multipart upload that is paid for ever after"
            found = self.s3.objects.items()
            return {path.removeprefix("/bucket/films/"): data for path, data in found}
        folder = self.house.objects.folder
        assert folder is not None
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    async def heard(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        """Wait until a follower has taken so many parts."""
        taken, get = 0, self.house.objects.get
        arrived = asyncio.Event()

        async def counted(path: str) -> bytes:
            nonlocal taken
            taken += 1
            if taken >= count:
                arrived.set()
            return await get(path)

        monkeypatch.setattr(self.house.objects, "get", counted)
        await asyncio.wait_for(arrived.wait(), 60)


@pytest.fixture
async def sender(town: Town, s3: S3Server | None) -> Sender:
    sender = Sender(town, await town.shopper(), s3)
    await sender.begin()
    return sender


async def test_it_is_whole_with_the_last_byte(
    town: Town, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.send(0, 12)
    await sender.send(12, 15)
    following = sender.follow()
    await sender.heard(monkeypatch, 2)
    await sender.send(15, 99)
    assert await sender.state() == "open"
    await asyncio.wait_for(sender.follow(), 60)
    assert not following.done(), "one is enough"
    await sender.send(99, 100)
    await asyncio.wait_for(following, 60)
    assert await sender.state() == "finished"
    # followers that wait still, and the job behind the last byte, find nothing to do
    ran = await town.run_jobs(only=("media.uploads.",))
    assert FOLLOW in ran
    assert "media.uploads.assemble" in ran
    assert await sender.lies() == {file_path(sender.id): DATA}


async def test_nobody_follows_a_sender_who_rests(
    town: Town, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_QUIET_SECONDS", 0.05)
    await sender.send(0, 12)
    assert await town.run_jobs(only=(FOLLOW,)) == [FOLLOW]
    assert list((await sender.lies()).values()) == [DATA[:12]]
    await sender.send(12, 14)
    assert await town.run_jobs(only=(FOLLOW,)) == []
    await sender.send(14, 30)
    assert await town.run_jobs(only=(FOLLOW,)) == [FOLLOW], "as much again has come"
    await sender.send(30, 100)
    await town.run_jobs(only=("media.uploads.",))
    assert await sender.lies() == {file_path(sender.id): DATA}


async def test_a_follower_of_what_is_cancelled_leaves_nothing(
    town: Town, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.send(0, 50)
    following = sender.follow()
    await sender.heard(monkeypatch, 1)
    await town.ask("DELETE", sender.path, sender.who, headers=TUS)
    await asyncio.wait_for(following, 60)
    await town.run_jobs(only=("media.uploads.",))
    assert await sender.lies() == {}


async def test_what_a_killed_one_leaves_goes_in_the_end(
    town: Town, house: House, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.send(0, 50)
    following = sender.follow()
    await sender.heard(monkeypatch, 1)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert list((await sender.lies()).values()) == [DATA[:50]]
    if house.objects.folder is not None:
        for name in ("whole-0123456789abcdef", "000000000000050-0123456789abcdef#1"):
            (house.objects.folder / parts_folder(sender.id) / name).write_bytes(b"half")
    await sender.send(50, 100)
    await town.run_jobs(only=("media.uploads.",))
    assert await sender.lies() == {file_path(sender.id): DATA}


def test_when_it_begins() -> None:
    begins = [at for at in range(1, 101) if begins_following(at - 1, at)]
    assert begins == [10, 20, 40, 80]
    assert begins_following(0, 100)
    assert not begins_following(41, 79)
