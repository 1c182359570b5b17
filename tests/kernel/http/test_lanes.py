"""The hot lane and the plain handler, made from one declaration, cannot be told apart."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from prometheus_client import CollectorRegistry

from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Conflict, Unauthorized, Unavailable
from app.kernel.http import openapi
from app.kernel.http.front import Front
from app.kernel.http.hot import HotAnswer, HotEndpoint, HotLane, HotRequest, plain_handler
from app.kernel.http.hotfiles import FileLane
from app.kernel.http.limits import LocalLimiter
from app.kernel.http.problems import exception_handlers
from app.kernel.http.responses import JsonResponse
from app.kernel.metrics import Metrics
from app.kernel.structs import View, encode_json
from tests.served import asgi, talking

PER_MINUTE = 40


class Echo(View):
    ids: list[int]
    query: dict[str, str]
    body: str
    who: int | None


async def echo(request: HotRequest) -> HotAnswer:
    """Says what it saw; some ids make trouble."""
    if request.ids == (409,):
        raise Conflict("Somebody was faster")
    if request.ids == (503,):
        raise Unavailable(retry_after_seconds=2)
    if request.ids == (500,):
        raise RuntimeError("secret internals")
    if request.ids == (401,):
        request.signed_in()
    if request.if_none_match == 'W/"same"':
        return HotAnswer(b"", 304, [(b"etag", b'W/"same"')])
    who = request.actor.id if request.actor else None
    seen = Echo(
        ids=list(request.ids), query=dict(request.query), body=request.body.decode(), who=who
    )
    return HotAnswer(encode_json(seen))


def known_early(actor: Actor, ids: tuple[int, ...]) -> HotAnswer | None:
    return HotAnswer(b'{"early":true}') if ids == (3,) else None


ENDPOINTS = [
    HotEndpoint(
        "GET",
        "/v1/echo",
        "getEcho",
        "Echo",
        echo,
        Echo,
        query={"q": Schema(type=OpenAPIType.STRING)},
    ),
    HotEndpoint("PUT", "/v1/echo/{echo_id}/like", "putEcho", "Echo", echo, Echo, body_bytes_max=64),
    HotEndpoint(
        "POST", "/v1/echo/{echo_id}/early", "postEarly", "Early", echo, Echo, early=known_early
    ),
]


class Tokens:
    """`good` is shopper 7; the rest is refused."""

    def recognise(self, header: str) -> Actor:
        if header == "Bearer good":
            return Actor(kind=ActorKind.SHOPPER, id=7)
        raise Unauthorized("This token is not good")

    async def authenticate(self, header: str) -> Actor:
        return self.recognise(header)

    def expires_seconds(self, header: str) -> float | None:
        return None

    def on_revoked(self, tell: Callable[[Callable[[Actor], bool]], None]) -> None:
        """Nothing is revoked here."""


@asynccontextmanager
async def lane(*, hot: bool, metrics: Metrics | None = None) -> AsyncIterator[httpx.AsyncClient]:
    inner = Litestar(
        [plain_handler(endpoint) for endpoint in ENDPOINTS],
        exception_handlers=exception_handlers(),
        response_class=JsonResponse,
        openapi_config=None,
        request_max_body_size=1024,
        before_request=_note,
        logging_config=None,
    )
    front = Front(
        inner,
        hot=HotLane(ENDPOINTS),
        files=FileLane([]),
        authenticator=Tokens(),
        limiter=LocalLimiter(PER_MINUTE),
        metrics=metrics or Metrics(CollectorRegistry()),
        trusted_proxies=0,
    )
    async with talking(front) if hot else asgi(front) as client:
        yield client


async def _note(request: Any) -> None:
    request.scope["state"]["operation"] = request.route_handler.operation_id


GOOD = {"authorization": "Bearer good"}
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "anonymous": ("GET", "/v1/echo", {}),
    "signed in": ("GET", "/v1/echo", {"headers": GOOD}),
    "bad token": ("GET", "/v1/echo", {"headers": {"authorization": "Bearer bad"}}),
    "other scheme": ("GET", "/v1/echo", {"headers": {"authorization": "Basic good"}}),
    "query": ("GET", "/v1/echo?q=1&q=2&x=%E7%8B%82", {}),
    "long query": ("GET", "/v1/echo?q=" + "a" * 2000, {}),
    "too many fields": ("GET", "/v1/echo?" + "&".join(f"a{i}=1" for i in range(40)), {}),
    "not modified": ("GET", "/v1/echo", {"headers": {"if-none-match": 'W/"same"'}}),
    "cors": ("GET", "/v1/echo", {"headers": {"origin": "https://shop.example"}}),
    "preflight": (
        "OPTIONS",
        "/v1/echo/5/like",
        {"headers": {"origin": "https://a.example", "access-control-request-method": "PUT"}},
    ),
    "wrong method": ("POST", "/v1/echo/5/like", {}),
    "delete": ("DELETE", "/v1/echo", {}),
    "an id": ("PUT", "/v1/echo/5/like", {"headers": GOOD, "content": b"hello"}),
    "id zero": ("PUT", "/v1/echo/0/like", {"headers": GOOD}),
    "id too large": ("PUT", f"/v1/echo/{2**63}/like", {"headers": GOOD}),
    "id much too large": ("PUT", f"/v1/echo/{10**30}/like", {"headers": GOOD}),
    "id of letters": ("PUT", "/v1/echo/abc/like", {"headers": GOOD}),
    "id negative": ("PUT", "/v1/echo/-5/like", {"headers": GOOD}),
    "trailing slash": ("PUT", "/v1/echo/5/like/", {"headers": GOOD}),
    "body at its bound": ("PUT", "/v1/echo/5/like", {"content": b"x" * 64}),
    "body over its bound": ("PUT", "/v1/echo/5/like", {"content": b"x" * 65}),
    "body far over": ("PUT", "/v1/echo/5/like", {"content": b"x" * 5000}),
    "conflict": ("PUT", "/v1/echo/409/like", {"headers": GOOD}),
    "away": ("PUT", "/v1/echo/503/like", {"headers": GOOD}),
    "our fault": ("PUT", "/v1/echo/500/like", {"headers": GOOD}),
    "needs an actor": ("PUT", "/v1/echo/401/like", {}),
    "known early": ("POST", "/v1/echo/3/early", {"headers": GOOD, "content": b"x" * 5000}),
    "known early, bad token": (
        "POST",
        "/v1/echo/3/early",
        {"headers": {"authorization": "Bearer bad"}},
    ),
    "known early, cors, own request id": (
        "POST",
        "/v1/echo/3/early",
        {"headers": {**GOOD, "origin": "https://shop.example", "x-request-id": "abc-3"}},
    ),
    "not known early": ("POST", "/v1/echo/4/early", {"headers": GOOD, "content": b"hello"}),
    "own request id": ("GET", "/v1/echo", {"headers": {"x-request-id": "abc-1"}}),
    "bad request id": ("GET", "/v1/echo", {"headers": {"x-request-id": "a b\tc"}}),
}
_VARY = ("x-request-id", "content-length")


@pytest.mark.parametrize("name", REQUESTS)
async def test_answers_are_equal(name: str) -> None:
    method, path, more = REQUESTS[name]
    answers: list[httpx.Response] = []
    for hot in (True, False):
        async with lane(hot=hot) as client:
            answers.append(await client.request(method, path, **more))
    hot_answer, plain = answers
    assert hot_answer.status_code == plain.status_code
    assert _headers(hot_answer) == _headers(plain)
    assert _body(hot_answer) == _body(plain)
    if hot_answer.status_code >= 400:
        assert hot_answer.headers["content-type"] == "application/problem+json"
        assert "secret internals" not in hot_answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/echo"), ("POST", "/v1/echo/3/early")])
async def test_limits_hit_both_at_the_same_request(method: str, path: str) -> None:
    statuses: list[list[int]] = []
    for hot in (True, False):
        async with lane(hot=hot) as client:
            asked = range(PER_MINUTE + 2)
            answers = [await client.request(method, path, headers=GOOD) for _ in asked]
        assert answers[-1].headers["retry-after"]
        statuses.append([answer.status_code for answer in answers])
    assert statuses[0] == statuses[1] == [200] * PER_MINUTE + [429] * 2


async def test_metrics_count_both_alike() -> None:
    counted: list[dict[str, float]] = []
    for hot in (True, False):
        registry = CollectorRegistry()
        metrics = Metrics(registry)
        async with lane(hot=hot, metrics=metrics) as client, metrics.flushing():
            await client.get("/v1/echo")
            await client.put("/v1/echo/409/like", headers=GOOD)
            await client.post("/v1/echo/3/early", headers=GOOD)
        timed = registry.get_sample_value(
            "carnival_http_request_seconds_count", {"operation": "getEcho"}
        )
        assert timed == 1.0
        counted.append(
            {
                operation: registry.get_sample_value(
                    "carnival_http_requests_total", {"operation": operation, "status": status}
                )
                or 0.0
                for operation, status in (
                    ("getEcho", "200"),
                    ("putEcho", "409"),
                    ("postEarly", "200"),
                )
            }
        )
    assert counted[0] == counted[1] == {"getEcho": 1.0, "putEcho": 1.0, "postEarly": 1.0}


async def test_the_hot_lane_takes_only_what_is_declared() -> None:
    found = HotLane(ENDPOINTS)
    assert found.find(b"GET", b"/v1/echo") is not None
    assert found.find(b"PUT", b"/v1/echo/12/like") == (ENDPOINTS[1], (12,))
    for method, path in (
        ("PUT", "/v1/echo/a/like"),
        ("GET", "/v1/echo/"),
        ("PUT", "/v1/echo/１/like"),
    ):
        assert found.find(method.encode(), path.encode()) is None


def test_the_plain_handler_is_documented() -> None:
    inner = Litestar(
        [plain_handler(endpoint) for endpoint in ENDPOINTS],
        openapi_config=openapi.openapi_config(),
        plugins=openapi.plugins(),
        logging_config=None,
    )
    paths = openapi.document(inner)["paths"]
    put = paths["/v1/echo/{echo_id}/like"]["put"]
    assert put["operationId"] == "putEcho"
    assert {"200", "400", "401", "404", "409", "429", "500", "503"} <= set(put["responses"])
    assert paths["/v1/echo"]["get"]["parameters"][0]["name"] == "q"


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k not in _VARY}


def _body(answer: httpx.Response) -> Any:
    if not answer.content:
        return b""
    if answer.headers["content-type"] != "application/problem+json":
        return answer.content
    problem = answer.json()
    assert problem.pop("requestId") == answer.headers["x-request-id"]
    return problem
