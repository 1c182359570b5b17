"""A house whose films are on a stage: see `tests.media.stage`."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import app.composition
from app.composition import Composed, alive, compose
from app.kernel.settings import Settings
from media.transcoding.interfaces import Cut
from tests.application import application
from tests.factories.films import film
from tests.factories.town import Town
from tests.media.stage import Stage, staged


@dataclass
class Theatre:
    """A town, and the stage its films are on."""

    town: Town
    stage: Stage
    client: httpx.AsyncClient


@pytest.fixture
def staging(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[Composed, Stage]:
    """A composed house with a stage in it."""
    stages: list[Stage] = []
    with monkeypatch.context() as patched:
        patched.setattr(app.composition, "SLICES", staged(app.composition.SLICES, stages))
        composed = compose(settings)
    return composed, stages[0]


@pytest.fixture
async def theatre(staging: tuple[Composed, Stage]) -> AsyncIterator[Theatre]:
    """The house, living, and HTTP to it."""
    composed, stage = staging
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(alive(composed.house))
        transport = httpx.ASGITransport(app=application(composed))  # pyright: ignore[reportArgumentType]
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://testserver")
        )
        yield Theatre(Town(client, composed), stage, client)


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cut, dict[str, bytes]]:
    """Six seconds, two pictures, sound: three segments each."""
    return film(tmp_path_factory.mktemp("film"))


@pytest.fixture(scope="session")
def other_film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cut, dict[str, bytes]]:
    """Another one, shorter."""
    folder: Path = tmp_path_factory.mktemp("other")
    return film(folder, seconds=4, sides=(120,), hue=120)
