"""The way in, and a second process beside the first."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from app.composition import Composed, alive, compose
from app.kernel.house import House
from app.kernel.settings import Settings
from tests.application import application
from tests.identity.people import Door


@pytest.fixture
def codes_file(settings: Settings) -> Iterator[Path]:
    """Where the console sender writes."""
    assert settings.otp_console_file is not None
    file = Path(settings.otp_console_file)
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def door(client: httpx.AsyncClient, codes_file: Path, house: House) -> Door:
    """The way in of the application that `client` talks to."""
    return Door(client, codes_file, house)


@pytest.fixture
async def door_from(
    composed: Composed, house: House, codes_file: Path
) -> AsyncIterator[Callable[[str], Door]]:
    """The same application as `house`, asked from an address."""
    async with AsyncExitStack() as stack:
        for wiring in composed.wirings:
            for part in wiring.web_lifespan:
                await stack.enter_async_context(part())
        app = application(composed)
        clients: list[httpx.AsyncClient] = []

        def from_address(address: str) -> Door:
            transport = httpx.ASGITransport(app=app, client=(address, 1))  # pyright: ignore[reportArgumentType]
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            clients.append(client)
            return Door(client, codes_file, house)

        yield from_address
        for client in clients:
            await client.aclose()


class Process:
    """A second process of the house: it shares nothing with the first but the servers."""

    def __init__(self, composed: Composed, door: Door) -> None:
        self.house = composed.house
        self.door = door


@pytest.fixture
async def other(settings: Settings, house: House, codes_file: Path) -> AsyncIterator[Process]:
    """Another web process."""
    composed = compose(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(alive(composed.house))
        for wiring in composed.wirings:
            for part in wiring.web_lifespan:
                await stack.enter_async_context(part())
        transport = httpx.ASGITransport(app=application(composed))  # pyright: ignore[reportArgumentType]
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://testserver")
        )
        yield Process(composed, Door(client, codes_file, composed.house))
