"""A film with numbers and beeps, and works that make small ladders of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.kernel.settings import Settings
from media.transcoding import rules
from tests.media.transcoding.clips import Clip, make
from tests.media.transcoding.works import Works

NUMBERED = Clip(
    rate="10",
    frames=147,
    codec=("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "33"),
)
"""14.7 seconds at ten frames a second: eight segments, three early pieces and two of the ladder,
with keyframes that lie elsewhere."""


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film, made once."""
    return make(NUMBERED, tmp_path_factory.mktemp("films") / "numbered.mp4")


@pytest.fixture
def small_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rungs for small films, so that ladders cost seconds."""
    ladder = ((90, 200_000), (120, 400_000), (180, 900_000))
    monkeypatch.setattr(rules, "_LADDER", ladder)


@pytest.fixture
async def works(settings: Settings, tmp_path: Path, small_ladder: None) -> AsyncIterator[Works]:
    """Transcoding, with small ladders."""
    works = Works(settings, tmp_path)
    yield works
    await works.close()
