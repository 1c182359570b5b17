"""One running installation for all contracts, and people of every kind in it."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.installation import Installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`up`, empty."""
    with Installation(tmp_path_factory.mktemp("contracts"), workers=1) as running:
        yield running


@pytest.fixture(scope="session")
def tokens(installation: Installation) -> list[str]:
    """Access tokens of shoppers; the first is an operator's."""
    path = Path(installation.folder) / "sign-ins.jsonl"
    installation.run("rehearse", "6", "--out", str(path))
    made = [json.loads(line) for line in path.read_text().splitlines()]
    installation.run("operator", made[0]["phone"])
    answer = httpx.post(
        f"{installation.url}/v1/auth/workplaces/operator",
        headers={"authorization": f"Bearer {made[0]['accessToken']}"},
    )
    assert answer.status_code < 300, answer.text
    return [answer.json()["accessToken"], *(each["accessToken"] for each in made[1:])]
