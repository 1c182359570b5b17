"""Whatever is killed, whenever: nothing acknowledged is lost, and the feed is right by itself."""

import random
import time
from pathlib import Path

import pytest
import redis

from tests.faults.crowd import Crowd
from tests.faults.healing import heals
from tests.faults.installation import KINDS, Installation

SHOPPERS = 24


@pytest.fixture
def sign_ins(tmp_path: Path) -> Path:
    return tmp_path / "sign-ins.jsonl"


def test_kill_9_of_every_process_loses_nothing_acknowledged(tmp_path: Path, sign_ins: Path) -> None:
    _survives(tmp_path, sign_ins, kills=[*KINDS, "wipe the cache", *KINDS], seed=1, pause=2.0)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(5))
def test_many_kills_in_any_order_lose_nothing_acknowledged(
    tmp_path: Path, sign_ins: Path, seed: int
) -> None:
    chance = random.Random(seed)
    kills = chance.choices([*KINDS, "wipe the cache"], k=20)
    _survives(tmp_path, sign_ins, kills=kills, seed=seed, pause=1.5)


def _survives(folder: Path, sign_ins: Path, *, kills: list[str], seed: int, pause: float) -> None:
    with Installation(folder) as installation:
        installation.run("rehearse", str(SHOPPERS), "--out", str(sign_ins))
        with Crowd(installation.url, sign_ins, seed) as crowd:
            time.sleep(4.0)
            for kill in kills:
                if kill == "wipe the cache":
                    wipe_cache(installation)
                else:
                    installation.kill(kill)
                time.sleep(pause)
                installation.wait_until_ready()
            time.sleep(2.0)
        installation.wait_until_ready()
        assert crowd.answers > 100, "the crowd hardly did anything"
        assert len(crowd.log.posts) > 10
        heals(crowd)
        installation.run("audit")


def wipe_cache(installation: Installation) -> None:
    """Everything in the cache is gone."""
    from app.local import Local

    secret = (installation.folder / "data" / "secret").read_text().strip()
    local = Local(data=installation.folder / "data", secret=secret, port=installation.port)
    server = local.cache()
    assert server is not None
    connection: redis.Redis = server.connect()
    connection.flushall()
    connection.close()
