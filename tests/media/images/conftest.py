"""The house with its real servers, and a client that says who it is."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from litestar import Request
from litestar.di import Provide

from app.asgi import litestar
from app.composition import Composed, alive, compose
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Unauthorized
from app.kernel.house import House, Wiring
from app.kernel.settings import Settings
from media.images.interfaces import Images


@pytest.fixture
async def composed(settings: Settings) -> AsyncIterator[Composed]:
    """A living house with every slice."""
    composed = compose(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(alive(composed.house))
        for wiring in composed.wirings:
            for part in wiring.web_lifespan:
                await stack.enter_async_context(part())
        yield composed


@pytest.fixture
def house(composed: Composed) -> House:
    """The house."""
    return composed.house


@pytest.fixture
def images(house: House) -> Images:
    """The door of pictures."""
    return house.doors.get(Images)


def _actor(request: Request[Any, Any, Any]) -> Actor:
    """Whoever `x-actor` says: an id, or an id and a brand."""
    words = request.headers.get("x-actor", "").split()
    if not words:
        raise Unauthorized
    brand = int(words[1]) if len(words) > 1 else None
    kind = ActorKind.KEY if brand else ActorKind.SHOPPER
    return Actor(kind=kind, id=int(words[0]), brand_id=brand, live="test" not in words)


@pytest.fixture
async def client(composed: Composed) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP without a socket; shopper 7 unless a request says otherwise."""
    who = Wiring(dependencies={"actor": Provide(_actor, sync_to_thread=False)})
    app: Any = litestar(Composed(composed.house, [*composed.wirings, who]))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers={"x-actor": "7"}
    ) as client:
        yield client
