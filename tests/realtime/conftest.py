"""The channel is tested on a single server and on a real cluster of six nodes."""

from collections.abc import AsyncIterator

import pytest

from app.kernel.valkey.client import Valkey
from tests.servers import Servers


@pytest.fixture(params=["single", "cluster"])
def url(request: pytest.FixtureRequest, servers: Servers) -> str:
    """The address of an emptied Valkey of either kind."""
    return servers.cache.url if request.param == "single" else servers.cluster().url


@pytest.fixture
async def valkey(url: str) -> AsyncIterator[Valkey]:
    """A client of our own, closed after the test."""
    client = Valkey(url)
    yield client
    await client.close()
