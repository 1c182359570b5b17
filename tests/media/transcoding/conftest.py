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
"""14.7 seconds at ten frames a second, eight segments: a head of three, in two pieces whose first
rung goes ahead, and four more pieces of what follows. Keyframes lie elsewhere."""
_SMALL = {
    "_LADDER": ((90, 200_000), (120, 400_000), (180, 900_000)),
    "_EARLY_GOPS": (1, 2),
}
"""Rules for small films, so that ladders cost seconds."""


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
            _make_small(patched)
            loop.run(perform(settings, numbered, folder))

    return recall(made_once(tmp_path_factory, "premiere", fill))


def _loop() -> asyncio.Runner:
    """What lasts for the whole run has a loop of its own."""
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


@pytest.fixture
def small_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rungs and pieces for small films."""
    _make_small(monkeypatch)


def _make_small(patched: pytest.MonkeyPatch) -> None:
    for name, value in _SMALL.items():
        patched.setattr(rules, name, value)


@pytest.fixture
async def works(settings: Settings, tmp_path: Path, small_ladder: None) -> AsyncIterator[Works]:
    """Transcoding, with small ladders."""
    works = Works(settings, tmp_path)
    yield works
    await works.close()
