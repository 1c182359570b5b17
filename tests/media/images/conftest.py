"""The doors of pictures in a living house."""

import httpx
import pytest

from app.kernel.house import House
from media.images.interfaces import Images
from tests.factories.town import Resident, Town


@pytest.fixture
def images(client: httpx.AsyncClient, house: House) -> Images:
    """The door of pictures; `client` closes the workshop in the end."""
    return house.doors.get(Images)


@pytest.fixture
async def anna(town: Town) -> Resident:
    """Somebody with a camera, whom `client` speaks for unless a request says otherwise."""
    anna = await town.shopper()
    town.client.headers.update(anna.headers)
    return anna
