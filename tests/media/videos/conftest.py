"""What tests of videos share."""

from pathlib import Path

import pytest

from tests.media.inspection import films


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A short film."""
    path: Path = tmp_path_factory.mktemp("films") / "film.mp4"
    films.film(path)
    return path.read_bytes()
