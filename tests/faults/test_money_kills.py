"""Whatever is killed while thousands grab: each acknowledged share is paid, exactly once."""

import os
import random
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.grabbers import Brand, Grabbers, Person
from tests.faults.installation import KINDS, Installation
from tests.faults.test_kills import ACTS_SECONDS, acts_on, wipe_cache
from tests.waiting import until

SHOPPERS = 180
PACKETS_AT_FIRST = 8
STALL_SECONDS = 8.0
"""An entry that nobody touched for five seconds is taken over."""
LONG_STALL_SECONDS = 45.0
"""So is a job whose worker was silent for thirty, by a sweep every ten."""
WIPE = "wipe the cache"
TWENTY = [
    ["web"],
    ["valkey-live", "postgres"],
    ["worker", "valkey-cache"],
    [WIPE],
    ["postgres", "worker", "valkey-live"],
    ["web", "valkey-cache", "postgres"],
    ["valkey-live"],
    ["postgres", "valkey-cache"],
    ["valkey-live", "worker"],
    ["valkey-live", "valkey-cache", "postgres", "web"],
]
"""Kills at one go, one after the other: each kind alone or with others, 20 in all."""


def test_kill_9_of_every_process_loses_no_money(tmp_path: Path) -> None:
    _survives(tmp_path, kills=TWENTY, seed=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(10))
def test_many_kills_lose_no_money(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    kills = [chance.sample([*KINDS, WIPE], k=chance.choice((1, 1, 2))) for _ in range(20)]
    _survives(tmp_path, kills=kills, seed=seed, stall_seconds=LONG_STALL_SECONDS)


def _survives(
    folder: Path, *, kills: list[list[str]], seed: int, stall_seconds: float = STALL_SECONDS
) -> None:
    sign_ins = folder / "sign-ins.jsonl"
    with Installation(folder) as installation:
        installation.run("rehearse", str(SHOPPERS), "--out", str(sign_ins))
        people = [Person(line) for line in sign_ins.read_text().splitlines()]
        brand = Brand(installation, people[0])
        with Grabbers(installation.url, people, seed) as crowd, _Opening(brand, crowd, seed):
            for victims in kills:
                acts_on(installation, lambda: crowd.answers, SHOPPERS)
                for kind in victims:
                    if kind == WIPE:
                        wipe_cache(installation)
                    else:
                        installation.kill(kind)
                time.sleep(0.3)
            acts_on(installation, lambda: crowd.answers, SHOPPERS)
            _stall_the_worker(installation, stall_seconds)
            # on a slow machine it takes a while until there is enough to be wrong about
            until(lambda: len(crowd.log.granted) > 1000 and crowd.again > 50, ACTS_SECONDS)
        with Grabbers(installation.url, people, seed, log=crowd.log) as rest:
            time.sleep(1.0)
            installation.run("backup", str(folder / "backup"))
            time.sleep(1.0)
        assert rest.answers
        installation.wait_until_ready()
        for packet in crowd.log.packets:
            brand.end(packet)
        crowd.heals(brand)
        installation.run("audit")
        installation.stop()
        installation.run("restore", str(folder / "backup"))
        installation.start()
        # what PostgreSQL did not know at the time of the backup is in the streams
        crowd.heals(brand)
        installation.run("audit")
        figures = f"{len(crowd.log.packets)} packets, {len(crowd.log.granted)} shares, "
        print(f"{figures}{len(crowd.log.open)} calls left open, {crowd.again} asked again")


def _stall_the_worker(installation: Installation, seconds: float) -> None:
    """It sleeps past the time after which another takes over what it holds, and wakes up."""
    until(lambda: installation.pids("worker"))  # the last kill may have been its
    (pid,) = installation.pids("worker")
    with installation.another_worker():
        time.sleep(2.0)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
        time.sleep(1.0)


class _Opening:
    """Opens packet after packet until the block ends; some are over in the middle of it."""

    def __init__(self, brand: Brand, crowd: Grabbers, seed: int) -> None:
        self._brand, self._crowd = brand, crowd
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._failure: BaseException | None = None

    def __enter__(self) -> None:
        for _ in range(PACKETS_AT_FIRST):
            self._open()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        assert self._failure is None, repr(self._failure)

    def _run(self) -> None:
        try:
            while not self._stop.wait(0.4):
                self._open()
        except BaseException as error:
            self._failure = error

    def _open(self) -> None:
        schedule: dict[str, str] = {}
        rules = self._rules()
        if rules["form"] != "rain" and self._random.random() < 0.4:
            closes = datetime.now(UTC) + timedelta(seconds=self._random.uniform(8, 30))
            schedule = {"closesAt": closes.isoformat()}
        self._crowd.log.note_packet(*self._brand.open(rules, **schedule))

    def _rules(self) -> dict[str, Any]:
        """Some have a share for everybody, some are sold out."""
        count = self._random.choice((SHOPPERS // 3, SHOPPERS * 2))
        equal = {"form": "equal", "count": count, "eachMinor": self._random.randint(1, 500)}
        lucky = {"form": "lucky", "count": count, "totalMinor": count * 200}
        wave = {"lastsSeconds": 15, "split": lucky}
        waves = [{"afterSeconds": 15 * at, **wave} for at in range(3)]
        rain = {"form": "rain", "waves": waves, "cap": 2, "staggerSeconds": 2}
        return self._random.choice((equal, lucky, rain))
