"""Files that never change: the same answers from both lanes, and a memory that stays bounded."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from prometheus_client import CollectorRegistry

from app.kernel.errors import NotFound
from app.kernel.http import shelf as shelves
from app.kernel.http.files import FileRequest, NamedFile, Stored
from app.kernel.http.front import Front
from app.kernel.http.hot import HotLane
from app.kernel.http.hotfiles import FileEndpoint, FileLane, file_handlers
from app.kernel.http.limits import LocalLimiter
from app.kernel.http.problems import exception_handlers
from app.kernel.http.responses import JsonResponse
from app.kernel.http.shelf import Shelf
from app.kernel.metrics import Metrics
from app.kernel.objects import Objects
from tests.kernel.http.test_lanes import Tokens
from tests.served import asgi, talking

SMALL = bytes(range(100))
LARGE = bytes(range(256)) * 6144
FILES = {"small": SMALL, "large": LARGE, "empty": b""}
ETAG = '"strong"'
GET = FileRequest("GET", {}, by_name=False)


@pytest.fixture
async def objects(tmp_path: Path) -> Objects:
    found = Objects(f"file://{tmp_path}")
    for name, data in FILES.items():
        await found.put(name, data)
    return found


def stored(name: str) -> Stored:
    return Stored(name, "text/vtt" if name == "small" else "video/mp4", "public", ETAG)


async def find(key: str, name: str) -> Stored:
    if key == "closed":
        raise NotFound("Nothing to watch")
    return stored(name)


class Lanes:
    """The same files behind the hot lane and behind plain handlers."""

    def __init__(self, fronts: list[Front], registries: list[CollectorRegistry]) -> None:
        self.fronts, self.registries = fronts, registries
        self.clients: list[httpx.AsyncClient] = []

    async def ask(self, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        """The answer, which is the same from both, however often it is asked for."""
        answers = [
            await client.request(method, path, headers=headers)
            for client in self.clients
            for _ in range(3)
        ]
        assert len({_told(each) for each in answers}) == 1, [_told(each) for each in answers]
        return answers[0]


def _told(answer: httpx.Response) -> tuple[int, bytes, str]:
    headers = dict(answer.headers)
    request_id, content = headers.pop("x-request-id"), answer.content
    if headers.get("content-type") == "application/problem+json":
        content = content.replace(request_id.encode(), b"")
        headers.pop("content-length")
    return answer.status_code, content, str(sorted(headers.items()))


async def _note(request: Any) -> None:
    request.scope["state"]["operation"] = request.route_handler.operation_id


@pytest.fixture
async def lanes(objects: Objects) -> AsyncIterator[Lanes]:
    answer = Shelf(objects).answering(find)
    endpoint = FileEndpoint("/m/{key}/s/{name}", "getFile", "A file", "", "video/mp4", answer)
    inner = Litestar(
        [*file_handlers(endpoint)],
        exception_handlers=exception_handlers(),
        response_class=JsonResponse,
        openapi_config=None,
        before_request=_note,
        logging_config=None,
    )
    registries = [CollectorRegistry(), CollectorRegistry()]
    fronts = [
        Front(
            inner,
            hot=HotLane([]),
            files=FileLane([endpoint]),
            authenticator=Tokens(),
            limiter=LocalLimiter(1),
            metrics=Metrics(registry),
            trusted_proxies=0,
        )
        for registry in registries
    ]
    both = Lanes(fronts, registries)
    async with talking(fronts[0]) as hot, asgi(fronts[1]) as plain:
        both.clients = [hot, plain]
        yield both


PAST, FUTURE = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
CONDITIONS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"range": "bytes=10-19"}, 206),
    ({"range": "bytes=-5"}, 206),
    ({"range": "bytes=3-1400000"}, 206),
    ({"range": "bytes=5-1"}, 200),
    ({"range": "bytes=2000000-"}, 416),
    ({"if-none-match": ETAG}, 304),
    ({"if-none-match": '"other"'}, 200),
    ({"if-modified-since": FUTURE}, 304),
    ({"if-match": '"other"'}, 412),
    ({"if-unmodified-since": PAST}, 412),
    ({"range": "bytes=1-2", "if-range": ETAG}, 206),
    ({"range": "bytes=1-2", "if-range": '"other"'}, 200),
    ({"origin": "https://shop.example"}, 200),
    ({"authorization": "Bearer bad"}, 200),
    ({"x-request-id": "abc-1"}, 200),
]


class TestLanes:
    async def test_answers_are_equal(self, lanes: Lanes) -> None:
        for name in ("small", "large"):
            for headers, status in CONDITIONS:
                answer = await lanes.ask("GET", f"/m/open/s/{name}", headers)
                assert answer.status_code == status, (name, headers)
                if status == 200:
                    assert answer.content == FILES[name]
                    assert answer.headers["content-length"] == str(len(FILES[name]))
                head = await lanes.ask("HEAD", f"/m/open/s/{name}", headers)
                assert head.content == b"" or head.status_code >= 400
        part = await lanes.ask("GET", "/m/open/s/large", {"range": "bytes=3-1400000"})
        assert part.content == LARGE[3:1_400_001]
        assert part.headers["content-range"] == f"bytes 3-1400000/{len(LARGE)}"
        assert (await lanes.ask("GET", "/m/open/s/empty", {})).content == b""

    async def test_and_of_what_is_no_file(self, lanes: Lanes) -> None:
        for method, path, status in (
            ("GET", "/m/closed/s/large", 404),
            ("GET", "/m/open/s/none", 404),
            ("GET", "/m/open/s/", 404),
            ("GET", "/m/open/s/large/x", 404),
            ("GET", "/m//s/large", 404),
            ("PUT", "/m/open/s/large", 405),
            ("GET", "/m/open/s/large?x=1", 200),
        ):
            assert (await lanes.ask(method, path, {})).status_code == status, path

    async def test_metrics_count_both_alike(self, lanes: Lanes) -> None:
        await lanes.ask("GET", "/m/open/s/small", {})
        await lanes.ask("GET", "/m/closed/s/small", {})
        for front, registry in zip(lanes.fronts, lanes.registries, strict=True):
            front.metrics.flush()
            for status in ("200", "404"):
                labels = {"operation": "getFile", "status": status}
                assert registry.get_sample_value("carnival_http_requests_total", labels) == 3.0


class TestShelf:
    async def test_the_store_is_asked_once(
        self, objects: Objects, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shelf = Shelf(objects)
        await shelf.answer(GET, stored("small"))
        with monkeypatch.context() as patched:
            patched.setattr(objects, "info", None)
            assert (await shelf.answer(GET, stored("small"))).body == SMALL

    @pytest.mark.parametrize("name", FILES)
    async def test_what_was_removed_is_gone_after_a_while(
        self, objects: Objects, tmp_path: Path, name: str
    ) -> None:
        shelf = Shelf(objects)
        await shelf.answer(GET, stored(name))
        (tmp_path / name).unlink()
        with later(shelves.KNOWN_SECONDS), pytest.raises(NotFound):
            await shelf.answer(GET, stored(name))

    async def test_what_is_missing_may_come(self, objects: Objects) -> None:
        shelf = Shelf(objects)
        with pytest.raises(NotFound):
            await shelf.answer(GET, stored("new"))
        await objects.put("new", SMALL)
        assert (await shelf.answer(GET, stored("new"))).body == SMALL

    async def test_what_is_known_of_files_is_bounded(
        self, objects: Objects, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shelves, "_KNOWN_MAX", 2)
        shelf = Shelf(objects)
        for name in ("small", "large", "small", "empty"):
            await shelf.answer(GET, stored(name))
        assert len(shelf._known) == 2

    async def test_large_files_are_named(self, objects: Objects, tmp_path: Path) -> None:
        by_name = FileRequest("GET", {}, by_name=True)
        large = await Shelf(objects).answer(by_name, stored("large"))
        assert large.body == NamedFile(tmp_path / "large", 0, len(LARGE))
        assert (await Shelf(objects).answer(by_name, stored("small"))).body == SMALL

    async def test_a_ready_answer_is_for_who_asks_the_same(self, objects: Objects) -> None:
        shelf, public = Shelf(objects), stored("large")
        private = Stored(public.path, public.media_type, "private", ETAG)
        for each in (public, public, private, private, public):
            answer = await shelf.answer(FileRequest("GET", {}, by_name=True), each)
            assert (b"cache-control", each.cache_control.encode()) in answer.headers
            assert isinstance(answer.body, NamedFile)
            for method, headers, status in (
                ("GET", {b"range": b"bytes=1-2"}, 206),
                ("GET", {b"if-none-match": ETAG.encode()}, 304),
                ("HEAD", {}, 200),
            ):
                other = await shelf.answer(FileRequest(method, headers, by_name=True), each)
                assert other.status == status
                assert other.body == (LARGE[1:3] if status == 206 else b"")
            unnamed = await shelf.answer(GET, each)
            assert not isinstance(unnamed.body, NamedFile)


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """The shelf's clock, ahead."""
    real = shelves.monotonic
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shelves, "monotonic", lambda: real() + seconds)
        yield
