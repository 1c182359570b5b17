"""Background jobs: Procrastinate on PostgreSQL.

A job is deferred on the business transaction's own connection, so the two commit together and no
outbox is needed. Jobs run at least once: every task is idempotent.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import procrastinate
import structlog
from procrastinate import jobs as procrastinate_jobs
from procrastinate.exceptions import ConnectorException

from app.kernel.settings import Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger("jobs")

QUEUE_DEFAULT = "default"
QUEUE_MEDIA = "media"
QUEUE_ARRIVING = "arriving"
"""What lasts as long as somebody sends, and is done all the same where no hand was free for it."""
QUEUE_STILLS = "stills"
"""A film is looked at from end to end: minutes for a long one."""
QUEUE_OPENING = "opening"
QUEUE_SOUND = "sound"
QUEUE_TRANSCODING = "transcoding"
QUEUE_STUDIO = "studio"
"""These four are worked on by `carnival transcoder` alone: hours of encoding keep nobody waiting.
"""
STALLED_SECONDS = 30
GRACE_SECONDS = 5.0
"""What a stopping worker gives its jobs: most are done in a moment."""
_SWEEP_SECONDS = 10
_AGAIN_SECONDS = 0.5


class Crew(NamedTuple):
    """Hands of a worker process, each of which does one job at a time."""

    hands: int
    queues: tuple[str, ...]
    """Of the jobs that wait in any of them the one of the highest priority is next."""


CREWS: Final = (
    Crew(4, (QUEUE_DEFAULT,)),
    *(Crew(2, (queue,)) for queue in (QUEUE_MEDIA, QUEUE_ARRIVING, QUEUE_STILLS)),
)
"""Of a worker: every queue has its own, so that a hundred pictures waiting to be drawn do not keep
a post from its followers."""


@dataclass(frozen=True)
class Task:
    """A kind of job. `run` gets the arguments given to `Transaction.defer`."""

    name: str
    run: Callable[..., Awaitable[None]]
    queue: str = QUEUE_DEFAULT
    attempts_max: int = 10
    """Tries after the first, until it is given up. What a stopping worker left was no try."""
    given_up: Callable[..., Awaitable[None]] | None = None
    """Done after the last try has failed, with the same arguments: whoever waits learns of it."""
    every_cron: str | None = None
    """A cron expression when the job also runs by the clock; then `run` gets no arguments."""


class Jobs:
    """Procrastinate's application of one process: defers everywhere, runs in workers."""

    def __init__(self, settings: Settings) -> None:
        # without a bound, who is asked to stop while PostgreSQL is away would wait half a minute
        # for each of the things it wants to tell it
        connector = procrastinate.PsycopgConnector(
            conninfo=settings.database_url,
            min_size=1,
            max_size=7,
            timeout=settings.database_timeout_seconds,
        )
        self._app = procrastinate.App(connector=connector)
        self._queues: dict[str, str] = {}

    def register(self, tasks: Sequence[Task]) -> None:
        """Make tasks known; a name is registered once."""
        for task in tasks:
            assert task.name not in self._queues, f"task {task.name} is registered twice"
            self._queues[task.name] = task.queue
            retry = _Retry(max_attempts=task.attempts_max, exponential_wait=2)
            declare = self._app.task(
                name=task.name, queue=task.queue, retry=retry, pass_context=True
            )
            declared: Any = declare(self._runner(task))
            if task.every_cron is not None:
                self._app.periodic(cron=task.every_cron)(declared)

    def _runner(self, task: Task) -> Callable[..., Awaitable[None]]:
        async def run(context: procrastinate.JobContext, **arguments: Any) -> None:
            if task.every_cron is not None:
                arguments.pop("timestamp", None)
            try:
                await task.run(**arguments)
            except asyncio.CancelledError:
                await self._uncount(context.job)
                raise
            except Exception:
                # Procrastinate says nothing of it until it gives up
                log.warning("job_failed", task=task.name, exc_info=True)
                if context.job.attempts >= task.attempts_max and task.given_up is not None:
                    await task.given_up(**arguments)
                raise

        return run

    async def _uncount(self, job: procrastinate_jobs.Job) -> None:
        """The worker stops: this was no try. Procrastinate counts one when it puts the job back."""
        try:
            await self._app.connector.execute_query_async(
                "UPDATE procrastinate_jobs SET attempts = attempts - 1"
                " WHERE id = %(id)s AND status = 'doing'",
                id=job.id,
            )
        except ConnectorException as away:
            log.warning("job_not_uncounted", job=job.id, error=repr(away))

    async def defer_on(
        self,
        connection: Any,
        task: str,
        at: datetime | None,
        lock: str | None,
        priority: int,
        queue: str | None,
        arguments: dict[str, Any],
    ) -> None:
        """Queue a job on an open connection of psycopg; it commits with that connection.

        `at` is the earliest moment; of jobs with the same `lock` one runs at a time.
        `queue` is another one than its task's own.
        """
        deferrer = self._app.configure_task(
            task,
            allow_unknown=False,
            connection=connection,
            schedule_at=at,
            lock=lock,
            priority=priority,
            **({} if queue is None else {"queue": queue}),
        )
        await deferrer.defer_async(**arguments)

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Connected for working; deferring needs no connection of its own."""
        async with self._app.open_async():
            yield

    async def run(
        self, crews: Sequence[Crew], *, name: str, grace_seconds: float = GRACE_SECONDS
    ) -> None:
        """Work until cancelled; jobs under way get so long to finish, then they are left to whoever
        works next."""
        async with self.opened(), asyncio.TaskGroup() as group:
            group.create_task(self._sweep_forever())
            for crew in crews:
                group.create_task(self._work(crew, f"{name} {crew.queues[-1]}", grace_seconds))

    async def _work(self, crew: Crew, name: str, grace_seconds: float) -> None:
        """Procrastinate's worker stops, and returns as if all were well, when it loses a connection
        that it listens or beats on, and raises when there is none to begin with; a queue without
        one would wait for ever."""
        while not _cancelled():
            error = None
            try:
                await self._app.run_worker_async(
                    queues=list(crew.queues),
                    name=name,
                    concurrency=crew.hands,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=5.0,
                    stalled_worker_timeout=float(STALLED_SECONDS),
                    shutdown_graceful_timeout=grace_seconds,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            except ConnectorException as away:
                error = repr(away)
            log.warning("queues_stopped", queues=crew.queues, error=error)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _sweep_forever(self) -> None:
        """Give jobs of killed workers to living ones."""
        while True:
            try:
                await self.sweep()
            except Exception as error:
                log.warning("sweep_failed", error=repr(error))
            await asyncio.sleep(_SWEEP_SECONDS)

    async def sweep(self, silent_seconds: float = STALLED_SECONDS) -> int:
        """Retry every job whose worker has not beaten for so long. Returns how many."""
        manager = self._app.job_manager
        stalled: list[procrastinate_jobs.Job] = list(
            await manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds)
        )
        for job in stalled:
            log.warning("job_of_dead_worker_retried", job=job.id, task=job.task_name)
            await manager.retry_job(job, datetime.now(UTC))
        return len(stalled)


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Retry(procrastinate.RetryStrategy):
    """Whatever a job's tries: who stops before it is done leaves it to the next, at once."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate_jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision(retry_in={"seconds": 0})
        return super().get_retry_decision(exception=exception, job=job)
