"""Bytes by path: whole, durable, and missing when they are missing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.kernel.errors import Unavailable
from app.kernel.objects import CHUNK_BYTES, ObjectMissing, Objects
from app.web.pages import policy
from tests.kernel.s3 import S3Server, serving


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with serving(monkeypatch) as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return Objects(f"file://{tmp_path}/a%20b/store")
    request.getfixturevalue("s3")
    return Objects("s3://bucket/some/prefix")


class TestBoth:
    async def test_what_was_put_can_be_read(self, objects: Objects) -> None:
        await objects.put("images/ab/x.jpeg", b"hello")
        assert await objects.get("images/ab/x.jpeg") == b"hello"
        assert await objects.read("images/ab/x.jpeg", 1, 3) == b"el"
        assert await objects.read("images/ab/x.jpeg", 1, 99) == b"ello"
        assert await objects.read("images/ab/x.jpeg", 2, 2) == b""
        info = await objects.info("images/ab/x.jpeg")
        assert info.size == 5
        assert info.etag
        assert info.etag.startswith('"')
        assert info.modified.tzinfo

    async def test_a_second_put_replaces_and_changes_the_validator(self, objects: Objects) -> None:
        await objects.put("x", b"one")
        before = await objects.info("x")
        await objects.put("x", b"three")
        assert await objects.get("x") == b"three"
        assert (await objects.info("x")).etag != before.etag

    async def test_empty(self, objects: Objects) -> None:
        await objects.put("x", b"")
        assert await objects.get("x") == b""
        assert (await objects.info("x")).size == 0

    async def test_streams_are_whole_and_in_pieces(self, objects: Objects) -> None:
        data = bytes(range(256)) * (CHUNK_BYTES // 100)
        await objects.put("film", data)
        pieces = [piece async for piece in objects.stream("film", 7, len(data) - 3)]
        assert b"".join(pieces) == data[7:-3]
        assert max(map(len, pieces)) <= CHUNK_BYTES

    @pytest.mark.parametrize("path", ["none", "a/b/c", "../escape", "a//b"])
    async def test_missing(self, objects: Objects, path: str) -> None:
        await objects.put("x", b"1")
        for reading in (objects.get(path), objects.info(path), objects.read(path, 0, 1)):
            with pytest.raises(ObjectMissing):
                await reading

    async def test_deleting_twice_is_no_error(self, objects: Objects) -> None:
        await objects.put("x", b"1")
        await objects.delete(["x", "y"])
        await objects.delete(["x", "y"])
        with pytest.raises(ObjectMissing):
            await objects.get("x")

    async def test_readers_never_see_a_part(self, objects: Objects) -> None:
        ones, twos = b"1" * 3_000_000, b"2" * 3_000_000
        await objects.put("x", ones)

        async def write() -> None:
            for data in (twos, ones) * 4:
                await objects.put("x", data)

        writing = asyncio.create_task(write())
        while not writing.done():
            assert await objects.get("x") in (ones, twos)
        await writing

    async def test_long_objects_are_put_as_they_come(self, objects: Objects) -> None:
        pieces = [bytes([number]) * 1_000_000 for number in range(20)]
        await objects.put_stream("films/long", _each(pieces))
        assert await objects.get("films/long") == b"".join(pieces)
        await objects.put_stream("films/empty", _each([]))
        assert await objects.get("films/empty") == b""

    async def test_what_breaks_off_is_not_there(self, objects: Objects) -> None:
        async def breaking() -> AsyncIterator[bytes]:
            yield b"1" * 20_000_000
            raise EOFError("the rest is missing")

        with pytest.raises(EOFError, match="the rest"):
            await objects.put_stream("films/half", breaking())
        with pytest.raises(ObjectMissing):
            await objects.info("films/half")

    async def test_an_object_as_a_file(self, objects: Objects) -> None:
        await objects.put("films/x", b"1" * 3_000_000)
        async with objects.local("films/x") as path:
            assert path.read_bytes() == b"1" * 3_000_000
        with pytest.raises(ObjectMissing):
            async with objects.local("films/none"):
                pass

    async def test_listing_a_folder(self, objects: Objects) -> None:
        for path in ("a/1", "a/b/2", "ab/3"):
            await objects.put(path, b"1")
        assert sorted(await objects.list("a")) == ["a/1", "a/b/2"]
        assert await objects.list("none") == []

    async def test_ping(self, objects: Objects) -> None:
        await objects.ping()


async def _each(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class TestFolder:
    async def test_no_left_overs_lie_beside(self, tmp_path: Path) -> None:
        objects = Objects(f"file://{tmp_path}/a%20b/store")
        await asyncio.gather(*(objects.put("x", b"1" * 100_000) for _ in range(8)))
        files = [path.name for path in (tmp_path / "a b/store").rglob("*") if path.is_file()]
        assert files == ["x"]

    async def test_what_breaks_off_leaves_nothing_beside(self, tmp_path: Path) -> None:
        async def breaking() -> AsyncIterator[bytes]:
            yield b"1" * 20_000_000
            raise EOFError

        with pytest.raises(EOFError):
            await Objects(f"file://{tmp_path}").put_stream("x", breaking())
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]


class TestS3:
    async def test_addresses_lead_to_its_origin_which_pages_name(self, s3: S3Server) -> None:
        objects = Objects("s3://bucket/some/prefix")
        origin = objects.origin()
        assert origin == s3.url
        assert str(await objects.signed_url("x", 60)).startswith(f"{origin}/")
        assert f"connect-src 'self' ws: wss: {origin};" in policy(origin)

    async def test_bucket_and_prefix_come_from_the_url(self, s3: S3Server) -> None:
        await Objects("s3://bucket/some/prefix").put("images/ab/x.jpeg", b"1")
        assert list(s3.objects) == ["/bucket/some/prefix/images/ab/x.jpeg"]
        await Objects("s3://bucket").put("x", b"1")
        assert "/bucket/x" in s3.objects


class TestAway:
    async def test_a_store_that_does_not_answer_is_unavailable(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        objects = Objects("s3://bucket/prefix")
        for call in (objects.put("x", b"1"), objects.get("x"), objects.info("x"), objects.ping()):
            with pytest.raises(Unavailable):
                await call

    async def test_a_path_that_cannot_be_written_is_unavailable(self, tmp_path: Path) -> None:
        objects = Objects(f"file://{tmp_path}")
        await objects.put("x", b"1")
        with pytest.raises(Unavailable):
            await objects.put("x/y", b"1")

    @pytest.mark.parametrize("url", ["", "file://host/x", "ftp://x", "/tmp/x", "s3:///x"])
    def test_urls_that_name_no_store(self, url: str) -> None:
        with pytest.raises(ValueError, match="OBJECT_STORE_URL"):
            Objects(url)
