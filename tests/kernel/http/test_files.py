"""Ranges and conditions of RFC 9110, small objects and large ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient, create_test_client

from app.kernel.http.files import IMMUTABLE, Stored
from app.kernel.http.hotfiles import FileEndpoint, file_handlers
from app.kernel.http.problems import exception_handlers
from app.kernel.http.shelf import Shelf
from app.kernel.objects import Objects

SMALL = bytes(range(100))
LARGE = bytes(range(256)) * 8192
ETAG = '"strong"'
PAST = "Mon, 01 Jan 2001 00:00:00 GMT"
FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient[Any]]:
    objects = Objects(f"file://{tmp_path}")

    async def find(name: str) -> Stored:
        return Stored(name, "image/jpeg", IMMUTABLE, None if name == "own" else ETAG)

    answer = Shelf(objects).answering(find)
    files = FileEndpoint("/files/{name}", "getFile", "A file", "", "image/jpeg", answer)
    handlers = [*file_handlers(files)]
    with create_test_client(handlers, exception_handlers=exception_handlers()) as client:
        for name, data in {"small": SMALL, "large": LARGE, "own": SMALL, "empty": b""}.items():
            client.blocking_portal.call(objects.put, name, data)
        yield client


class TestWhole:
    @pytest.mark.parametrize(("name", "data"), [("small", SMALL), ("large", LARGE), ("empty", b"")])
    def test_get(self, client: TestClient[Any], name: str, data: bytes) -> None:
        answer = client.get(f"/files/{name}")
        assert (answer.status_code, answer.content) == (200, data)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-length"] == str(len(data))
        assert answer.headers["etag"] == ETAG
        assert answer.headers["cache-control"] == IMMUTABLE
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["last-modified"].endswith("GMT")

    @pytest.mark.parametrize(("name", "data"), [("small", SMALL), ("large", LARGE)])
    def test_head(self, client: TestClient[Any], name: str, data: bytes) -> None:
        answer = client.head(f"/files/{name}", headers={"range": "bytes=0-1"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(data))
        assert answer.headers["etag"] == ETAG

    def test_missing(self, client: TestClient[Any]) -> None:
        answer = client.get("/files/none", headers={"range": "bytes=0-1", "if-none-match": "*"})
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
        assert "cache-control" not in answer.headers


class TestRanges:
    @pytest.mark.parametrize(
        ("value", "start", "stop"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=0-", 0, 100),
            ("bytes=0-99", 0, 100),
            ("bytes=10-19", 10, 20),
            ("bytes=90-", 90, 100),
            ("bytes=90-1000", 90, 100),
            ("bytes=99-99", 99, 100),
            ("bytes=-1", 99, 100),
            ("bytes=-100", 0, 100),
            ("bytes=-1000", 0, 100),
            ("Bytes = 5-6 ", 5, 7),
        ],
    )
    def test_satisfiable(self, client: TestClient[Any], value: str, start: int, stop: int) -> None:
        answer = client.get("/files/small", headers={"range": value})
        assert (answer.status_code, answer.content) == (206, SMALL[start:stop])
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/100"
        assert answer.headers["content-length"] == str(stop - start)
        assert answer.headers["etag"] == ETAG

    @pytest.mark.parametrize("value", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999-"])
    def test_not_satisfiable(self, client: TestClient[Any], value: str) -> None:
        answer = client.get("/files/small", headers={"range": value})
        assert answer.status_code == 416
        assert answer.headers["content-range"] == "bytes */100"
        assert answer.json()["code"] == "range_not_satisfiable"

    @pytest.mark.parametrize("value", ["bytes=0-", "bytes=-5"])
    def test_nothing_of_an_empty_object(self, client: TestClient[Any], value: str) -> None:
        answer = client.get("/files/empty", headers={"range": value})
        assert answer.status_code == 416
        assert answer.headers["content-range"] == "bytes */0"

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-1",
            "bytes=0-1,4-5",
            "items=0-1",
            "bytes=+1-2",
            "bytes=0x1-2",
            "bytes=1-2-3",
            "bytes=9999999999999999999999-",
        ],
    )
    def test_odd_ranges_are_ignored(self, client: TestClient[Any], value: str) -> None:
        answer = client.get("/files/small", headers={"range": value})
        assert (answer.status_code, answer.content) == (200, SMALL)

    def test_a_large_range_is_streamed(self, client: TestClient[Any]) -> None:
        answer = client.get("/files/large", headers={"range": "bytes=3-2000000"})
        assert (answer.status_code, answer.content) == (206, LARGE[3:2_000_001])
        assert answer.headers["content-length"] == "1999998"

    @given(start=st.integers(0, 120), length=st.integers(1, 120))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    def test_any_range_is_what_slicing_gives(
        self, client: TestClient[Any], start: int, length: int
    ) -> None:
        answer = client.get(
            "/files/small", headers={"range": f"bytes={start}-{start + length - 1}"}
        )
        if start < len(SMALL):
            assert (answer.status_code, answer.content) == (206, SMALL[start : start + length])
        else:
            assert answer.status_code == 416


class TestConditions:
    @pytest.mark.parametrize("tag", [ETAG, "*", f'"a", {ETAG}', f"W/{ETAG}"])
    def test_if_none_match(self, client: TestClient[Any], tag: str) -> None:
        headers = {"if-none-match": tag, "range": "bytes=0-1"}
        answer = client.get("/files/small", headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == ETAG
        assert answer.headers["cache-control"] == IMMUTABLE
        assert "content-type" not in answer.headers
        assert client.head("/files/small", headers=headers).status_code == 304

    def test_another_tag_wins_over_a_date(self, client: TestClient[Any]) -> None:
        headers = {"if-none-match": '"other"', "if-modified-since": FUTURE}
        assert client.get("/files/small", headers=headers).status_code == 200

    @pytest.mark.parametrize(("date", "status"), [(PAST, 200), (FUTURE, 304), ("nonsense", 200)])
    def test_if_modified_since(self, client: TestClient[Any], date: str, status: int) -> None:
        answer = client.get("/files/small", headers={"if-modified-since": date})
        assert answer.status_code == status

    def test_the_date_we_gave_is_unmodified(self, client: TestClient[Any]) -> None:
        date = client.get("/files/small").headers["last-modified"]
        assert client.get("/files/small", headers={"if-modified-since": date}).status_code == 304
        assert client.get("/files/small", headers={"if-unmodified-since": date}).status_code == 200

    @pytest.mark.parametrize(("tag", "status"), [(ETAG, 200), ("*", 200), ('"x"', 412)])
    def test_if_match(self, client: TestClient[Any], tag: str, status: int) -> None:
        assert client.get("/files/small", headers={"if-match": tag}).status_code == status

    def test_a_weak_tag_never_matches_strongly(self, client: TestClient[Any]) -> None:
        assert client.get("/files/small", headers={"if-match": f"W/{ETAG}"}).status_code == 412
        headers = {"range": "bytes=0-1", "if-range": f"W/{ETAG}"}
        assert client.get("/files/small", headers=headers).status_code == 200

    def test_if_unmodified_since(self, client: TestClient[Any]) -> None:
        answer = client.get("/files/small", headers={"if-unmodified-since": PAST})
        assert answer.status_code == 412
        assert answer.json()["code"] == "precondition_failed"

    def test_if_range(self, client: TestClient[Any]) -> None:
        date = client.get("/files/small").headers["last-modified"]
        for value, status in ((ETAG, 206), ('"x"', 200), (date, 206), (FUTURE, 200), ("?", 200)):
            headers = {"range": "bytes=0-1", "if-range": value}
            assert client.get("/files/small", headers=headers).status_code == status

    def test_an_outdated_if_range_makes_any_range_harmless(self, client: TestClient[Any]) -> None:
        headers = {"range": "bytes=500-", "if-range": '"x"'}
        assert client.get("/files/small", headers=headers).status_code == 200

    def test_the_stores_own_validator(self, client: TestClient[Any]) -> None:
        etag = client.get("/files/own").headers["etag"]
        assert etag != ETAG
        assert etag.startswith('"')
        assert client.get("/files/own", headers={"if-none-match": etag}).status_code == 304
