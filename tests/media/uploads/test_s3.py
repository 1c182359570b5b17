"""An upload's whole way where objects lie in an S3 store: parts, one file, what looks at it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.kernel.house import House
from app.kernel.settings import Settings
from media.uploads.rules import PART_BYTES, file_path
from tests.factories.town import Resident, Town
from tests.kernel.s3 import S3Server, serving
from tests.media.transcoding.clips import Clip, make

TUS = {"tus-resumable": "1.0.0"}
STREAM = {**TUS, "content-type": "application/offset+octet-stream"}
SIZES = (1, 7, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 5 * 2**20 + 3, 1_000_003, 2)
"""Of PATCHes, none of which S3 would take as a part of a multipart upload by itself."""


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with serving(monkeypatch) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, s3: S3Server) -> Settings:
    return msgspec.structs.replace(settings, object_store_url="s3://bucket/films")


@pytest.fixture
async def shopper(town: Town) -> Resident:
    return await town.shopper()


async def begun(town: Town, who: Resident, length: int) -> str:
    headers = {**TUS, "upload-length": str(length)}
    return (await town.ask("POST", "/v1/uploads", who, headers=headers)).headers["location"]


async def sent(town: Town, who: Resident, path: str, data: bytes, at: int) -> int:
    headers = {**STREAM, "upload-offset": str(at)}
    answer = await town.ask("PATCH", path, who, content=data, headers=headers)
    assert answer.status_code == 204, answer.text
    return int(answer.headers["upload-offset"])


def lies(s3: S3Server) -> dict[str, bytes]:
    """All objects, by their path in the store."""
    return {path.removeprefix("/bucket/films/"): data for path, data in s3.objects.items()}


async def test_any_size_of_patch_makes_the_same_file(
    town: Town, house: House, s3: S3Server, shopper: Resident
) -> None:
    assert house.objects.folder is None
    data = os.urandom(sum(SIZES))
    path, at = await begun(town, shopper, len(data)), 0
    for size in SIZES:
        at = await sent(town, shopper, path, data[at : at + size], at)
        head = await town.ask("HEAD", path, shopper, headers=TUS)
        assert head.headers["upload-offset"] == str(at)
    assert at == len(data)
    await town.run_jobs(only=("media.uploads.",))
    id_ = int(path.rpartition("/")[2])
    # one file, no part of it beside it, and no multipart upload that is paid for ever after
    assert lies(s3) == {file_path(id_): data}
    assert s3.parts == {}


async def test_who_gives_up_leaves_nothing(town: Town, s3: S3Server, shopper: Resident) -> None:
    path = await begun(town, shopper, 3 * PART_BYTES)
    await sent(town, shopper, path, os.urandom(PART_BYTES + 10), 0)
    assert len(lies(s3)) == 2
    gone = await town.ask("DELETE", path, shopper, headers=TUS)
    assert gone.status_code == 204
    await town.run_jobs(only=("media.uploads.",))
    assert lies(s3) == {}


async def test_a_film_is_looked_at_and_the_same_one_is_kept_once(
    town: Town, s3: S3Server, shopper: Resident, tmp_path: Path
) -> None:
    film = make(Clip(width=160, height=120, frames=30), tmp_path / "film.mp4").read_bytes()
    path = await begun(town, shopper, len(film))
    await sent(town, shopper, path, film[100:], await sent(town, shopper, path, film[:100], 0))
    body = {"uploadId": path.rpartition("/")[2], "title": "片子"}
    made = [await town.good("POST", "/v1/videos", shopper, json=body)]
    files = {"file": ("film.mp4", film, "video/mp4")}
    made.append(await town.good("POST", "/v1/videos/files", shopper, files=files))
    await town.run_jobs(only=("media.uploads.", "media.videos."))
    for each in made:
        seen: dict[str, Any] = await town.good("GET", f"/v1/videos/{each['id']}", shopper)
        assert seen["state"] == "waiting", seen
    assert list(lies(s3).values()) == [film]
