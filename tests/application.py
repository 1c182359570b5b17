"""The web application of a test's own house, without building all its routes again.

To build Litestar's routes costs a hundred times what a house costs, and they are the same for every
house. So a process builds them once, around a house that is connected to nothing, and every request
brings along what its handlers get: the dependencies and the hot endpoints of the house it is for.
Nothing of a house stays behind in the routes (tests/test_application.py).
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import Any

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.types import ASGIApp, Receive, Scope, Send

from app.asgi import dependencies, front, litestar
from app.composition import Composed, compose
from app.kernel.http.files import FileAnswer, FileRequest
from app.kernel.http.front import Front
from app.kernel.http.hot import HotAnswer, HotEndpoint, HotRequest
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.settings import Settings

_Place = tuple[str, str]
"""Method and path of a hot endpoint."""


@dataclass(frozen=True)
class _Own:
    """What differs from house to house."""

    provided: Mapping[str, Provide]
    hot: Mapping[_Place, HotEndpoint]
    files: Mapping[str, FileEndpoint]
    """By path."""


_own: ContextVar[_Own] = ContextVar("own")
"""Of the house that the request at hand is for."""
_NOWHERE = Settings(
    secret="a secret of nobody, long enough to be one",
    valkey_url="valkey://127.0.0.1:1",
    valkey_cache_url="valkey://127.0.0.1:1",
    database_url="postgresql://127.0.0.1:1/none",
)


def application(composed: Composed) -> Front:
    """What a web process of this house would serve."""
    return front(composed, plain(composed))


def plain(composed: Composed) -> ASGIApp:
    """Litestar, whose handlers work in this house."""
    endpoints = [each for wiring in composed.wirings for each in wiring.hot]
    own = _Own(
        dependencies(composed),
        {(each.method, each.path): each for each in endpoints},
        {each.path: each for wiring in composed.wirings for each in wiring.files},
    )
    routes = _routes(composed.house.settings.request_body_bytes_max)

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        token = _own.set(own)
        try:
            await routes(scope, receive, send)
        finally:
            _own.reset(token)

    return inner


@lru_cache
def _routes(request_body_bytes_max: int) -> Litestar:
    """All routes, around no house in particular; of the settings they depend on one only."""
    settings = msgspec.structs.replace(_NOWHERE, request_body_bytes_max=request_body_bytes_max)
    nobody = compose(settings)
    wirings = [
        replace(
            wiring,
            hot=[_looked_up(endpoint) for endpoint in wiring.hot],
            files=[_looked_up_file(endpoint) for endpoint in wiring.files],
        )
        for wiring in nobody.wirings
    ]
    provided = {name: _provided(name, each) for name, each in dependencies(nobody).items()}
    return litestar(Composed(nobody.house, wirings), provided)


def _looked_up(endpoint: HotEndpoint) -> HotEndpoint:
    async def handle(request: HotRequest) -> HotAnswer:
        own = _own.get().hot[endpoint.method, endpoint.path]
        return await own.handle(request)

    return replace(endpoint, handle=handle)


def _looked_up_file(endpoint: FileEndpoint) -> FileEndpoint:
    async def answer(asked: FileRequest, values: Sequence[str]) -> FileAnswer:
        return await _own.get().files[endpoint.path].answer(asked, values)

    return replace(endpoint, answer=answer)


def _provided(name: str, like: Provide) -> Provide:
    """Calls what the house at hand provides under the name, which has the same signature."""

    @wraps(like.dependency)
    def provide(**values: Any) -> Any:
        return _own.get().provided[name].dependency(**values)

    looked_up = copy(like)
    looked_up.dependency = provide
    return looked_up
