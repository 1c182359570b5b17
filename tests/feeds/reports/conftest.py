"""What this slice does goes by SQL alone: one kind of Valkey is enough to show it."""

import pytest

from tests.servers import Servers, Valkeys


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """The single servers."""
    return servers.singles
