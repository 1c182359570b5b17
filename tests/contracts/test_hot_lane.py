"""Every endpoint of the hot lane, asked through both lanes of the real house: equal answers."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from app.asgi import front, litestar
from app.composition import Composed
from tests.factories.town import Resident, Town
from tests.served import asgi, talking

NOWHERE = 1234567890123


@dataclass
class Lanes:
    """The same house behind the hot lane and behind plain handlers."""

    hot: httpx.AsyncClient
    plain: httpx.AsyncClient

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any, dict[str, str]]:
        """The answer, which is the same from both."""
        answers = [await lane.request(method, path, **options) for lane in (self.hot, self.plain)]
        one, other = (_told(answer) for answer in answers)
        assert one == other, f"{method} {path}"
        return one


def _told(answer: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    headers = dict(answer.headers)
    request_id = headers.pop("x-request-id")
    body: Any = answer.content
    if headers.get("content-type") == "application/problem+json":
        body = answer.json()
        assert body.pop("requestId") == request_id
        headers.pop("content-length")
    return answer.status_code, body, headers


@pytest.fixture
async def lanes(composed: Composed, client: httpx.AsyncClient) -> AsyncIterator[Lanes]:
    """`client` keeps the house alive."""
    app = front(composed, litestar(composed))
    async with talking(app) as hot, asgi(app) as plain:
        yield Lanes(hot, plain)


def _at(template: str, id_: object) -> str:
    """The path of a thing; what has another kind of id is not there."""
    return re.sub(r"\{\w+\}", str(id_), template)


def _endpoints(composed: Composed) -> list[tuple[str, str]]:
    return [(each.method, each.path) for wiring in composed.wirings for each in wiring.hot]


def test_the_peaks_endpoints_are_on_the_hot_lane(composed: Composed) -> None:
    assert set(_endpoints(composed)) >= {
        ("GET", "/v1/feed"),
        ("PUT", "/v1/posts/{post_id}/like"),
        ("DELETE", "/v1/posts/{post_id}/like"),
    }


async def _a_liked_post(town: Town) -> tuple[Resident, str]:
    author, reader = await town.shopper(), await town.shopper()
    body = {"kind": "news", "text": "hot"}
    post = await town.good("POST", "/v1/posts", author, json=body)
    await town.good("PUT", f"/v1/accounts/{author.id}/follow", reader)
    await town.good("PUT", f"/v1/posts/{post['post']['id']}/like", reader)
    return reader, post["post"]["id"]


async def test_callers_and_ids_of_every_sort(lanes: Lanes, town: Town, composed: Composed) -> None:
    reader, post_id = await _a_liked_post(town)
    shop = await town.shop()
    key = await town.key(shop, live=True)
    test_key = await town.key(shop, live=False)
    callers: list[dict[str, str]] = [
        {},
        reader.headers,
        shop.owner.headers,
        key.headers,
        test_key.headers,
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic abc"},
        {**reader.headers, "origin": "https://shop.example"},
        {**reader.headers, "x-request-id": "abc-1"},
    ]
    for method, path in _endpoints(composed):
        for id_ in (post_id, NOWHERE, 0, 2**63, 10**25, "abc"):
            for headers in callers:
                await lanes.ask(method, _at(path, id_), headers=headers)
            if "{" not in path:
                break


async def test_queries_bodies_and_methods_of_every_sort(
    lanes: Lanes, town: Town, composed: Composed
) -> None:
    reader, post_id = await _a_liked_post(town)
    for method, template in _endpoints(composed):
        path = _at(template, post_id)
        for query in (
            "limit=5",
            "limit=0",
            "limit=51",
            "limit=x",
            "cursor=x",
            "cursor=" + "a" * 3000,
        ):
            await lanes.ask(method, f"{path}?{query}", headers=reader.headers)
        for content in (b"{}", b"x" * 1024, b"x" * 1025, b"x" * 300_000):
            await lanes.ask(method, path, headers=reader.headers, content=content)
        for other in ("POST", "PATCH", "DELETE", "PUT"):
            if (other, template) not in _endpoints(composed):
                await lanes.ask(other, path, headers=reader.headers)


async def test_not_modified_where_nothing_changed(lanes: Lanes, town: Town) -> None:
    reader, _ = await _a_liked_post(town)
    status, _, headers = await lanes.ask("GET", "/v1/feed", headers=reader.headers)
    assert status == 200
    again = {**reader.headers, "if-none-match": headers["etag"]}
    status, body, _ = await lanes.ask("GET", "/v1/feed", headers=again)
    assert (status, body) == (304, b"")


async def test_a_revoked_sign_in_is_refused_by_both(lanes: Lanes, town: Town) -> None:
    reader, _ = await _a_liked_post(town)
    await town.good("DELETE", "/v1/auth/sessions", reader)

    for _ in range(100):
        if (await lanes.hot.get("/v1/feed", headers=reader.headers)).status_code == 401:
            break
        await asyncio.sleep(0.05)
    status, _, headers = await lanes.ask("GET", "/v1/feed", headers=reader.headers)
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"


async def test_metrics_count_both_under_the_same_name(lanes: Lanes, town: Town) -> None:
    reader, _ = await _a_liked_post(town)
    metrics = town.house.metrics
    counted: list[float] = []
    for lane in (lanes.hot, lanes.plain):
        metrics.flush()
        before = _answered("getFeed")
        await lane.get("/v1/feed", headers=reader.headers)
        metrics.flush()
        counted.append(_answered("getFeed") - before)
    assert counted == [1.0, 1.0]


def _answered(operation: str) -> float:
    labels = {"operation": operation, "status": "200"}
    return REGISTRY.get_sample_value("carnival_http_requests_total", labels) or 0.0
