"""Whatever is killed, whenever: nothing acknowledged is lost, and the feed is right by itself."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.faults.crowd import Crowd
from tests.faults.healing import heals
from tests.faults.installation import KINDS, Installation
from tests.waiting import until

SHOPPERS = 24
ACTS_SECONDS = 120.0
"""A bound for machines that do much else."""


@pytest.fixture
def sign_ins(tmp_path: Path) -> Path:
    return tmp_path / "sign-ins.jsonl"


def test_kill_9_of_every_process_loses_nothing_acknowledged(tmp_path: Path, sign_ins: Path) -> None:
    _survives(tmp_path, sign_ins, kills=[*KINDS, "wipe the cache", *KINDS], seed=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
def test_many_kills_in_any_order_lose_nothing_acknowledged(
    tmp_path: Path, sign_ins: Path, seed: int
) -> None:
    chance = random.Random(seed)
    kills = chance.choices([*KINDS, "wipe the cache"], k=20)
    _survives(tmp_path, sign_ins, kills=kills, seed=seed)


def _survives(folder: Path, sign_ins: Path, *, kills: list[str], seed: int) -> None:
    with Installation(folder) as installation:
        installation.run("rehearse", str(SHOPPERS), "--out", str(sign_ins))
        with Crowd(installation.url, sign_ins, seed) as crowd:
            for kill in kills:
                # however slow the machine is: there is much to lose
                acts_on(installation, lambda: crowd.answers, 100)
                if kill == "wipe the cache":
                    wipe_cache(installation)
                else:
                    installation.kill(kill)
                time.sleep(0.3)
            acts_on(installation, lambda: crowd.answers, 100)
            until(lambda: len(crowd.log.posts) > 10, ACTS_SECONDS)
        installation.wait_until_ready()
        heals(crowd)
        installation.run("audit")


def acts_on(installation: Installation, answers: Callable[[], int], more: int) -> None:
    """Return when everything is there and the crowd has got so many more answers from it."""
    installation.wait_until_ready()
    wanted = answers() + more
    until(lambda: answers() >= wanted, ACTS_SECONDS)


def wipe_cache(installation: Installation) -> None:
    """Everything in the cache is gone. One that was killed just before is waited for."""
    from app.local import Local

    secret = (installation.folder / "data" / "secret").read_text().strip()
    local = Local(data=installation.folder / "data", secret=secret, port=installation.port)
    server = local.cache()
    assert server is not None
    connection: redis.Redis = server.connect()

    def wiped() -> bool:
        try:
            return bool(connection.flushall())
        except redis.ConnectionError:
            return False

    until(wiped, ACTS_SECONDS)
    connection.close()
