"""The worker processes: `worker` settles decisions, runs jobs, keeps what must turn in the
background; `transcoder` makes films and encodes them."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog
import uvloop
from prometheus_client import start_http_server

from app.composition import alive, compose
from app.kernel.jobs import (
    CREWS,
    GRACE_SECONDS,
    QUEUE_OPENING,
    QUEUE_SOUND,
    QUEUE_STUDIO,
    QUEUE_TRANSCODING,
    Crew,
)
from app.kernel.logs import configure_logs
from app.kernel.settings import Settings, load_settings
from app.kernel.valkey.settle import SettleWorker

log: structlog.stdlib.BoundLogger = structlog.get_logger("worker")

_PATIENCE_SECONDS = 0.5
"""A piece of a film takes longer than anybody waits for a program to stop."""
_OPENING_HANDS = 1
"""Besides those that do whatever is next: a piece of one film takes minutes, and nobody should wait
so long for the first seconds of another."""
_SOUND_HANDS = 2
"""The sound of an evening is one job."""


def work(run: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """A process without a web server, with the environment's settings, until asked to stop."""
    settings = load_settings()
    configure_logs(settings.log_level, as_json=settings.log_json)
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr=settings.metrics_host)
    uvloop.run(run(settings))


async def run_transcoder(settings: Settings) -> None:
    """Make and encode films until SIGTERM or SIGINT. What is under way then is done by another."""
    jobs = settings.transcoder_jobs or max(2, len(os.sched_getaffinity(0)))
    await run_worker(
        settings, transcoding_crews(jobs), settles=False, grace_seconds=_PATIENCE_SECONDS
    )


def transcoding_crews(jobs: int) -> Sequence[Crew]:
    """Of a transcoder that encodes so many pieces of films at once."""
    return (
        Crew(jobs, (QUEUE_OPENING, QUEUE_TRANSCODING)),
        Crew(_OPENING_HANDS, (QUEUE_OPENING,)),
        Crew(_SOUND_HANDS, (QUEUE_SOUND,)),
        Crew(1, (QUEUE_STUDIO,)),
    )


async def run_worker(
    settings: Settings,
    crews: Sequence[Crew] = CREWS,
    *,
    settles: bool = True,
    grace_seconds: float = GRACE_SECONDS,
) -> None:
    """Work until SIGTERM or SIGINT; what is under way has so long to finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    composed = compose(settings)
    house = composed.house
    name = f"{socket.gethostname()}:{os.getpid()}"
    settlers = [settler for wiring in composed.wirings for settler in wiring.settlers]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(alive(house))
        for wiring in composed.wirings:
            for part in wiring.worker_lifespan:
                await stack.enter_async_context(part())
        jobs = house.jobs.run(crews, name=name, grace_seconds=grace_seconds)
        running = [asyncio.create_task(jobs, name="jobs")]
        if settles:
            settle = SettleWorker(house.live, house.database, house.metrics, settlers, name=name)
            running.append(asyncio.create_task(settle.run(), name="settle"))
        gc.collect()
        gc.freeze()  # what lives as long as the process is not looked through with every batch
        log.info("worker_ready", crews=crews, kinds=len(settlers))
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        results = await asyncio.gather(*running, return_exceptions=True)
        waiting.cancel()
    crashed = [r for r in results if isinstance(r, Exception)]
    if waiting not in done and crashed:
        # a part ended by itself: leave, and let the supervisor start a fresh process
        raise crashed[0]
