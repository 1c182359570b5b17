"""Polls are answered by many at once."""

import msgspec
import pytest

from app.kernel.settings import Settings

AT_ONCE = 24


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As many connections as there are votes at once: nobody is told to come back later."""
    return msgspec.structs.replace(settings, database_pool_size=AT_ONCE + 2)
