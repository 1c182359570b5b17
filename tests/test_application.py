"""Applications of several houses share their routes, and nothing else."""

import gc
import weakref
from contextlib import AsyncExitStack

import httpx
import msgspec

from app.asgi import dependencies, front, litestar
from app.composition import Composed, alive, compose
from app.kernel.settings import Settings
from tests.application import application
from tests.factories.town import Town
from tests.served import asgi, talking


async def test_each_house_answers_for_itself(town: Town, settings: Settings) -> None:
    """Two of them, in turn: what differs between their settings shows in their answers."""
    author = await town.shopper()
    post_id = await town.post_id(author)
    elsewhere = msgspec.structs.replace(settings, public_url="http://elsewhere")
    other = compose(elsewhere)
    async with alive(other.house), asgi(application(other)) as client:
        path, body = f"/v1/posts/{post_id}/shares", {"channel": "link"}
        for _ in range(2):
            theirs = await client.post(path, json=body, headers=author.headers)
            assert theirs.json()["url"].startswith("http://elsewhere/")
            ours = await town.good("POST", path, author, json=body)
            assert ours["url"].startswith("http://testserver/")


async def test_nothing_of_a_house_stays_behind(settings: Settings) -> None:
    """After its last request nobody holds a house, its services or its caches any more."""
    composed = compose(settings)
    kept = [weakref.ref(composed.house), weakref.ref(composed.house.doors)]
    kept += [weakref.ref(composed.service(name)) for name in ("publishing", "claims", "library")]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(alive(composed.house))
        for lane in (talking, asgi):
            client = await stack.enter_async_context(lane(application(composed)))
            assert (await client.get("/health/ready")).status_code == 200
            assert (await client.get("/v1/feed")).status_code == 401
            assert (await client.get("/v1/accounts/suggestions")).status_code == 200
    del composed, client, stack
    compose(settings)  # procrastinate's own tasks know the application that was made last
    gc.collect()
    assert [each() for each in kept if each() is not None] == []


async def test_it_answers_as_the_one_that_is_built_for_a_house(town: Town) -> None:
    """Every route, every name of a dependency, and a few answers."""
    composed = town.composed
    own = litestar(composed)
    author = await town.shopper()
    post_id = await town.post_id(author)
    real, shared = front(composed, own), application(composed)
    async with asgi(real) as one, asgi(shared) as other:
        for path in ("/v1/openapi.json", f"/v1/posts/{post_id}", "/v1/feed", "/v1/nothing"):
            answers = [await client.get(path, headers=author.headers) for client in (one, other)]
            first, second = ((answer.status_code, _without_id(answer)) for answer in answers)
            assert first == second, path
    assert set(own.dependencies) == set(dependencies(composed))


async def test_a_limit_of_the_settings_is_the_houses_own(town: Town, settings: Settings) -> None:
    """The one setting that Litestar itself is built with."""
    small = msgspec.structs.replace(settings, request_body_bytes_max=1_000)
    composed: Composed = compose(small)
    author = await town.shopper()
    body = {"kind": "news", "text": "字" * 400}
    async with alive(composed.house), asgi(application(composed)) as client:
        answer = await client.post("/v1/posts", json=body, headers=author.headers)
    assert answer.status_code == 413
    await town.good("POST", "/v1/posts", author, json=body)


def _without_id(answer: httpx.Response) -> object:
    body = answer.json()
    body.pop("requestId", None)
    return body
