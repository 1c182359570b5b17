"""Shares are decided on single servers as on clusters."""

import pytest

from tests.servers import Servers, Valkeys


@pytest.fixture(params=["single", "cluster"])
def valkeys(request: pytest.FixtureRequest, servers: Servers) -> Valkeys:
    """Every test here runs twice: on single servers and on real clusters of six nodes."""
    return servers.singles if request.param == "single" else servers.clusters
