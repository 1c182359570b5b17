"""Builds the house of a process and brings it to life: the same for web, worker and tools."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from app.kernel import nodes
from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.events import Events
from app.kernel.house import House, Wiring
from app.kernel.http.cursors import Cursors
from app.kernel.http.draining import Draining
from app.kernel.http.shelf import Shelf
from app.kernel.ids import Ids
from app.kernel.jobs import Jobs
from app.kernel.metrics import Metrics
from app.kernel.objects import Objects
from app.kernel.safety import refuse_unsafe
from app.kernel.secrets import keys_for
from app.kernel.settings import Settings
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import NEW_EPOCHS
from app.kernel.valkey.promotions import FORGET
from app.slices import SLICES

log: structlog.stdlib.BoundLogger = structlog.get_logger("house")

_CLOCK_SECONDS = 30
_metrics: list[Metrics] = []


@dataclass(frozen=True)
class Composed:
    """A house and what its slices add."""

    house: House
    wirings: Sequence[Wiring]

    def service(self, name: str) -> Any:
        """The very object that handlers get under this name. Raises KeyError."""
        for wiring in self.wirings:
            if name in wiring.dependencies:
                provide: Any = wiring.dependencies[name].dependency
                return provide()
        raise KeyError(name)


def compose(settings: Settings) -> Composed:
    """Build everything, connect to nothing. Call once a process (tests: once an app)."""
    jobs = Jobs(settings)
    cache = Valkey(settings.valkey_cache_url, settings, remedy=FORGET)
    house = House(
        settings=settings,
        database=Database(settings, jobs.defer_on),
        live=Valkey(
            settings.valkey_url,
            settings,
            remedy=NEW_EPOCHS,
            replicated_seconds=settings.replicated_seconds,
        ),
        cache=cache,
        changes=Changes(cache),
        objects=Objects(settings.object_store_url),
        ids=Ids.unleased(),
        clock=Clock(),
        events=Events(),
        jobs=jobs,
        metrics=_shared_metrics(),
        cursors=Cursors(keys_for(settings, "cursor")),
    )
    house.doors.provide(Draining, Draining())
    house.doors.provide(Shelf, Shelf(house.objects))
    wirings = [slice_.wire(house) for slice_ in SLICES]
    for wiring in wirings:
        jobs.register(wiring.tasks)
    return Composed(house, wirings)


@asynccontextmanager
async def alive(house: House) -> AsyncGenerator[None]:
    """Connect, check that acknowledged means durable, lease a node, follow the clock."""
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(6)}"
    async with AsyncExitStack() as stack:
        stack.push_async_callback(house.database.close)
        stack.push_async_callback(house.live.close)
        stack.push_async_callback(house.cache.close)
        await refuse_unsafe(house)
        await house.clock.follow(house.database.now_seconds)
        await stack.enter_async_context(nodes.leased(house.database, holder, house.ids))
        stack.callback(asyncio.create_task(_follow_clock(house)).cancel)
        await stack.enter_async_context(house.changes.tailing())
        await stack.enter_async_context(house.metrics.flushing())
        yield


async def _follow_clock(house: House) -> None:
    while True:
        await asyncio.sleep(_CLOCK_SECONDS)
        try:
            await house.clock.follow(house.database.now_seconds)
        except Exception as error:
            log.warning("clock_not_followed", error=repr(error))


def _shared_metrics() -> Metrics:
    """Prometheus keeps one registry a process; several apps in a test share it."""
    if not _metrics:
        _metrics.append(Metrics())
    return _metrics[0]
