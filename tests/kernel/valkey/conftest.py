"""Every suite here runs twice: on a single server and on a real cluster of six nodes."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from app.kernel.database import Database
from app.kernel.settings import Settings
from app.kernel.valkey.client import Valkey
from tests.kernel.valkey.settling import TABLES, Ground
from tests.servers import Servers


@pytest.fixture(params=["single", "cluster"])
def url(request: pytest.FixtureRequest, servers: Servers) -> str:
    """The address of an emptied Valkey of either kind."""
    return servers.live.url if request.param == "single" else servers.cluster().url


@pytest.fixture
async def valkey(url: str) -> AsyncIterator[Valkey]:
    """A client of our own, closed after the test."""
    client = Valkey(url)
    yield client
    await client.close()


@pytest.fixture(scope="module")
def tables(started: Servers) -> Iterator[None]:
    """Tables of this suite alone, made by the owner as migrations would."""
    with psycopg.connect(started.postgres.owner_url, autocommit=True) as owner:
        owner.execute(TABLES)
    yield
    with psycopg.connect(started.postgres.owner_url, autocommit=True) as owner:
        owner.execute("DROP TABLE settle_test_likes, settle_test_seen")


@pytest.fixture
async def ground(valkey: Valkey, settings: Settings, tables: None) -> AsyncIterator[Ground]:
    """Live state and SQL, empty, for decisions about likes."""

    async def no_jobs(*_: Any) -> None:
        raise AssertionError("settling defers no job here")

    database = Database(settings, no_jobs)
    yield Ground(valkey, database)
    await database.close()
