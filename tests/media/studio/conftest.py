"""A house with a studio in it, on the stage of `tests.media`."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

import app.composition
from app.composition import alive, compose
from app.kernel.settings import Settings
from media.inspection.sandbox import FFMPEG
from media.stills.plugin import slice_ as stills
from media.studio.plugin import slice_ as studio
from tests.application import application
from tests.factories.town import Town
from tests.media.conftest import Theatre
from tests.media.stage import Stage, staged


@pytest.fixture
async def theatre(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Theatre]:
    """The house, living, with stills and studio, and HTTP to it."""
    stages: list[Stage] = []
    slices = [*staged(app.composition.SLICES, stages), stills, studio]
    # only meanwhile: the routes that all houses of a run share are those of the whole house
    with monkeypatch.context() as patched:
        patched.setattr(app.composition, "SLICES", slices)
        composed = compose(settings)
    stage = stages[-1]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(alive(composed.house))
        for wiring in composed.wirings:
            for part in wiring.worker_lifespan:
                await stack.enter_async_context(part())
        transport = httpx.ASGITransport(app=application(composed))  # pyright: ignore[reportArgumentType]
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://testserver")
        )
        yield Theatre(Town(client, composed), stage, client)


@pytest.fixture(scope="session")
def counted_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of 180 by 320 at 10 frames a second whose shade says the time, with a tone."""
    path = tmp_path_factory.mktemp("counted") / "film.mp4"
    arguments = [
        *(str(FFMPEG), "-v", "error", "-f", "lavfi", "-i", "color=gray:s=180x320:r=10:d=4"),
        *("-f", "lavfi", "-i", "sine=440:d=4", "-vf", "geq=lum='16+N*5':cb=128:cr=128"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "10", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-shortest", "-y", str(path)),
    ]
    subprocess.run(arguments, check=True, timeout=60)
    return path
