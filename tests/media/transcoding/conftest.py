"""A film with numbers and beeps, and works that make small ladders of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvloop

from app.kernel.settings import Settings
from media.transcoding import rules
from tests.media.sharing import made_once
from tests.media.transcoding.clips import Clip, make
from tests.media.transcoding.premiere import Premiere, perform, recall
from tests.media.transcoding.works import Works
from tests.servers import Servers

NUMBERED = Clip(
    rate="10",
    frames=147,
    codec=("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "33"),
)
"""14.7 seconds at ten frames a second: eight segments, three early pieces and two of the ladder,
with keyframes that lie elsewhere."""
_LADDER = ((90, 200_000), (120, 400_000), (180, 900_000))


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film, made once."""
    folder = made_once(
        tmp_path_factory, "numbered", lambda folder: make(NUMBERED, folder / "numbered.mp4")
    )
    return folder / "numbered.mp4"


@pytest.fixture(scope="session")
def premiere(
    started: Servers, numbered: Path, tmp_path_factory: pytest.TempPathFactory
) -> Premiere:
    """The film transcoded, undisturbed, at small rungs."""

    def fill(folder: Path) -> None:
        started.empty()
        settings = started.settings(started.singles)
        with pytest.MonkeyPatch.context() as patched, _loop() as loop:
            patched.setattr(rules, "_LADDER", _LADDER)
            loop.run(perform(settings, numbered, folder))

    return recall(made_once(tmp_path_factory, "premiere", fill))


def _loop() -> asyncio.Runner:
    """What lasts for the whole run has a loop of its own."""
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


@pytest.fixture
def small_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rungs for small films, so that ladders cost seconds."""
    monkeypatch.setattr(rules, "_LADDER", _LADDER)


@pytest.fixture
async def works(settings: Settings, tmp_path: Path, small_ladder: None) -> AsyncIterator[Works]:
    """Transcoding, with small ladders."""
    works = Works(settings, tmp_path)
    yield works
    await works.close()
