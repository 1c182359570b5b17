"""What every test may ask for: real servers, settings that point at them, a house, a client."""

from collections.abc import Iterator

import pytest

from app.kernel.embedded.cluster import ValkeyCluster
from app.kernel.settings import Settings
from tests.servers import Servers


@pytest.fixture(scope="session")
def started() -> Iterator[Servers]:
    """The servers of this run, whatever is in them; most tests want `servers`."""
    servers = Servers()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture
def servers(started: Servers) -> Servers:
    """The running servers, emptied for this test."""
    started.empty()
    return started


@pytest.fixture
def cluster(started: Servers) -> ValkeyCluster:
    """A real Valkey Cluster of six nodes, emptied for this test."""
    return started.cluster()


@pytest.fixture
def settings(servers: Servers) -> Settings:
    """Settings of a process that works against the test servers."""
    objects = servers.folder / "objects"
    objects.mkdir(exist_ok=True)
    return Settings(
        secret="a secret of tests, long enough to be one",
        valkey_url=servers.live.url,
        valkey_cache_url=servers.cache.url,
        database_url=servers.postgres.url,
        database_owner_url=servers.postgres.owner_url,
        object_store_url=f"file://{objects}",
        public_url="http://testserver",
        otp_console_file=str(servers.folder / "codes.log"),
        database_pool_size=4,
    )
