"""Jobs live and die with their transaction, and outlive their worker."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from app.kernel.database import Database, Transaction
from app.kernel.jobs import Crew, Jobs, Task
from app.kernel.settings import Settings

_CREW = Crew(2, ("default",))


class Office:
    """A database, its jobs, and what ran."""

    def __init__(self, settings: Settings) -> None:
        self.jobs = Jobs(settings)
        self.database = Database(settings, self.jobs.defer_on)
        self.ran: list[object] = []
        self.failures = 0
        self.begun = 0
        self.jobs.register(
            [
                Task("test.note", self.note),
                Task("test.flaky", self.flaky),
                Task("test.slow", self.slow, attempts_max=1),
                Task("test.broken", self.broken, attempts_max=1, given_up=self.note),
            ]
        )

    async def note(self, value: object) -> None:
        self.ran.append(value)

    async def flaky(self) -> None:
        self.failures += 1
        if self.failures < 2:
            raise RuntimeError("once")
        self.ran.append("flaky")

    async def slow(self) -> None:
        self.begun += 1
        if self.begun < 4:
            await asyncio.Event().wait()
        self.ran.append("slow")

    async def broken(self, value: object) -> None:
        self.failures += 1
        raise RuntimeError

    async def work_until(self, count: int, crew: Crew = _CREW, *, seconds: float = 20.0) -> None:
        working = asyncio.create_task(self.jobs.run([crew], name="test"))
        for _ in range(int(seconds / 0.05)):
            if len(self.ran) >= count:
                break
            await asyncio.sleep(0.05)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    async def waiting(self) -> int:
        async with self.database.reading() as session:
            count = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
            return int((await session.execute(count)).scalar_one())


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    office = Office(settings)
    yield office
    await office.database.close()


async def test_a_committed_job_runs_with_its_arguments(office: Office) -> None:
    async with office.database.transaction() as tx:
        await tx.defer("test.note", value={"id": "5", "list": [1, 2]})
    await office.work_until(1)
    assert office.ran == [{"id": "5", "list": [1, 2]}]


async def test_a_rollback_takes_the_job_with_it(office: Office) -> None:
    with pytest.raises(RuntimeError):
        async with office.database.transaction() as tx:
            await tx.defer("test.note", value=1)
            raise RuntimeError
    assert await office.waiting() == 0


async def test_a_failing_job_is_tried_again(office: Office) -> None:
    async with office.database.transaction() as tx:
        await tx.defer("test.flaky")
    await office.work_until(1)
    assert office.ran == ["flaky"]


async def test_of_the_jobs_in_its_queues_a_crew_takes_the_one_of_highest_priority(
    office: Office,
) -> None:
    async with office.database.transaction() as tx:
        for queue, priority in (("other", 1), (None, 3), ("other", 5), (None, 2), ("other", 4)):
            await tx.defer("test.note", value=priority, priority=priority, queue=queue)
    await office.work_until(5, Crew(1, ("default", "other")))
    assert office.ran == [5, 4, 3, 2, 1]


async def test_hands_that_are_kept_for_a_queue_are_free_for_it(office: Office) -> None:
    async with office.database.transaction() as tx:
        await tx.defer("test.slow")
        await tx.defer("test.slow")
    every, kept = Crew(2, ("default", "other")), Crew(1, ("other",))
    working = asyncio.create_task(office.jobs.run([every, kept], name="test"))
    async with asyncio.timeout(20):
        while office.begun < 2:
            await asyncio.sleep(0.05)
        async with office.database.transaction() as tx:
            await tx.defer("test.slow")
            await tx.defer("test.note", value=1, queue="other")
        while not office.ran:
            await asyncio.sleep(0.05)
    assert office.begun == 2
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_what_stopping_workers_leave_was_no_try(office: Office) -> None:
    async with office.database.transaction() as tx:
        await tx.defer("test.slow")
        await tx.session.execute(text("UPDATE procrastinate_jobs SET attempts = 1"))
    for count in range(1, 4):
        running = office.jobs.run([Crew(1, ("default",))], name="test", grace_seconds=0.01)
        working = asyncio.create_task(running)
        for _ in range(2_000):
            if office.begun >= count:
                break
            await asyncio.sleep(0.01)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        assert (office.begun, await office.waiting()) == (count, 1), "it waits for the next"
    async with office.database.reading() as session:
        counted = await session.scalar(text("SELECT attempts FROM procrastinate_jobs"))
    assert counted == 1
    await office.work_until(1)
    assert office.ran == ["slow"]


async def test_whoever_waits_for_a_job_that_fails_again_and_again_is_told(office: Office) -> None:
    async with office.database.transaction() as tx:
        await tx.defer("test.broken", value="told")
    await office.work_until(1)
    assert (office.ran, office.failures) == (["told"], 2)


async def test_a_name_without_a_task_is_refused_before_the_commit(office: Office) -> None:
    with pytest.raises(Exception, match=r"test\.unknown|not found|Task"):
        async with office.database.transaction() as tx:
            await tx.defer("test.unknown")


async def test_hints_run_after_the_commit_and_never_fail_the_request(office: Office) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(await office.waiting())

    async def broken() -> None:
        raise RuntimeError

    async with office.database.transaction() as tx:
        await tx.defer("test.note", value=1)
        tx.after_commit(broken)
        tx.after_commit(look)
    assert seen == [1]


async def test_nested_use_shares_the_transaction(office: Office) -> None:
    async def service(tx: Transaction) -> None:
        await tx.defer("test.note", value=2)

    async with office.database.transaction() as tx:
        await service(tx)
        assert await office.waiting() == 0, "not visible to others before the commit"
    assert await office.waiting() == 1


_VICTIM = """
import asyncio, os, sys
import msgspec
from pathlib import Path
from app.kernel.jobs import Crew, Jobs, Task
from app.kernel.settings import Settings

settings = msgspec.json.decode(os.environ["SETTINGS"], type=Settings)
marker = Path(os.environ["MARKER"])

async def note(value):
    marker.write_text("started")
    await asyncio.sleep(600)

jobs = Jobs(settings)
jobs.register([Task("test.note", note)])
asyncio.run(jobs.run([Crew(1, ("default",))], name="victim"))
"""


async def test_the_job_of_a_killed_worker_runs_again(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    async with office.database.transaction() as tx:
        await tx.defer("test.note", value="survivor")
    marker = tmp_path / "started"
    environment = {
        **os.environ,
        "SETTINGS": msgspec.json.encode(settings).decode(),
        "MARKER": str(marker),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    victim = subprocess.Popen([sys.executable, "-c", _VICTIM], env=environment)
    try:
        for _ in range(400):
            if marker.exists():
                break
            await asyncio.sleep(0.05)
        assert marker.exists(), "the worker never took the job"
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    assert await office.waiting() == 0, "still held by the dead worker"

    swept = 0
    async with office.jobs.opened():
        for _ in range(200):
            swept = await office.jobs.sweep(silent_seconds=0.5)
            if swept:
                break
            await asyncio.sleep(0.05)
    assert swept == 1
    await office.work_until(1)
    assert office.ran == ["survivor"]


async def test_a_queue_whose_worker_stopped_by_itself_gets_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Procrastinate's worker returns when a side task of it, such as its heartbeat, failed."""
    app = office.jobs._app  # pyright: ignore[reportPrivateUsage]
    real, stopped = app.run_worker_async, list[str]()

    async def run(**options: Any) -> None:
        if stopped:
            await real(**options)
        stopped.append(options["name"])

    monkeypatch.setattr(app, "run_worker_async", run)
    async with office.database.transaction() as tx:
        await tx.defer("test.note", value=1)
    await office.work_until(1)
    assert office.ran == [1]
    assert stopped
