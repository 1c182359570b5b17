"""Health: alive says the process turns, ready names each dependency."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC

import structlog
from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.kernel.clock import Clock
from app.kernel.structs import Timestamp, View

log: structlog.stdlib.BoundLogger = structlog.get_logger("health")

Check = Callable[[], Awaitable[None]]
_CHECK_SECONDS = 1.5


class Alive(View):
    """The process answers."""

    status: str = "alive"


class Ready(View):
    """Whether requests should come here, and the state of each dependency: ok or away."""

    status: str
    checks: dict[str, str]


class Now(View):
    """The server's clock, for countdowns."""

    now: Timestamp


class Checks:
    """The dependencies of this process by name."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def run(self) -> Ready:
        """Ask every dependency at once, each for 1.5 seconds at most."""
        results = await asyncio.gather(*(self._one(n, c) for n, c in self._checks.items()))
        states = dict(zip(self._checks, results, strict=True))
        good = all(state == "ok" for state in states.values())
        return Ready(status="ready" if good else "degraded", checks=states)

    async def _one(self, name: str, check: Check) -> str:
        try:
            await asyncio.wait_for(check(), _CHECK_SECONDS)
        except Exception as error:
            log.warning("dependency_away", dependency=name, error=repr(error))
            return "away"
        return "ok"


class HealthController(Controller):
    """For load balancers, the supervisor and the countdowns of phones."""

    tags = ("health",)

    @get("/health/live", operation_id="healthLive", summary="Is the process alive?")
    async def live(self) -> Alive:
        """Always 200 while the event loop turns."""
        return Alive()

    @get("/health/ready", operation_id="healthReady", summary="Can requests be served?")
    async def ready(self, checks: NamedDependency[Checks]) -> Response[Ready]:
        """200 when every dependency answers, else 503 with the names of those that do not."""
        result = await checks.run()
        return Response(result, status_code=200 if result.status == "ready" else 503)

    @get("/v1/time", operation_id="getTime", summary="The server's clock")
    async def time(self, clock: NamedDependency[Clock]) -> Now:
        """What countdowns are measured against."""
        return Now(now=Timestamp.of(clock.now().astimezone(UTC)))
