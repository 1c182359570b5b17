"""What every test may ask for: real servers, settings that point at them, a house, a client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import uvloop
from hypothesis import settings as hypothesis_settings

from app.composition import Composed, alive, compose
from app.kernel.embedded.cluster import ValkeyCluster
from app.kernel.house import House
from app.kernel.settings import Settings
from tests.factories.town import Town
from tests.servers import Servers, Valkeys

hypothesis_settings.register_profile("carnival", hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("carnival")
"""How long an example takes says nothing on a machine that is shared. All else is Hypothesis' own
choice, by whether it runs in continuous integration."""


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the loop of production: its transports differ from asyncio's own."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lies under tests/browser needs a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent / "browser"):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def started() -> Iterator[Servers]:
    """The servers of this run, whatever is in them; most tests want `servers`."""
    servers = Servers.begun()
    try:
        yield servers
    finally:
        servers.stop()


@pytest.fixture
def servers(started: Servers) -> Servers:
    """The running servers, emptied for this test."""
    started.empty()
    return started


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Where the live and the cache Valkey are; suites that run on clusters too override it."""
    return servers.singles


@pytest.fixture
def cluster(servers: Servers) -> ValkeyCluster:
    """A real Valkey Cluster of six nodes, emptied for this test."""
    return servers.cluster()


@pytest.fixture
def settings(servers: Servers, valkeys: Valkeys) -> Settings:
    """Settings of a process that works against the test servers."""
    return servers.settings(valkeys)


@pytest.fixture
def composed(settings: Settings) -> Composed:
    """The house of a process with all slices wired, connected to nothing yet."""
    return compose(settings)


@pytest.fixture
async def house(composed: Composed) -> AsyncIterator[House]:
    """A living house; a test that also asks for `client` talks to the same one."""
    async with alive(composed.house):
        yield composed.house


@pytest.fixture
async def client(composed: Composed, house: House) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP to the web application, hot lane included, without a socket in between."""
    from tests.application import application

    async with AsyncExitStack() as stack:
        for wiring in composed.wirings:
            for part in wiring.web_lifespan:
                await stack.enter_async_context(part())
        transport = httpx.ASGITransport(app=application(composed))  # pyright: ignore[reportArgumentType]
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://testserver")
        )


@pytest.fixture
def town(client: httpx.AsyncClient, composed: Composed) -> Town:
    """People, brands and jobs of the application that `client` talks to."""
    return Town(client, composed)
