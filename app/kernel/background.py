"""Work that a process repeats in the background for as long as it lives."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("background")


@asynccontextmanager
async def repeating(
    name: str, seconds: float, work: Callable[[], Awaitable[object]], *, at_end: bool = False
) -> AsyncGenerator[None]:
    """Call `work` every so many seconds, and with `at_end` once more when the process stops. What
    it raises is logged: the next turn is the retry."""
    task = asyncio.create_task(_forever(name, seconds, work), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if at_end:
            await _once(name, work)


async def _forever(name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _once(name, work)


async def _once(name: str, work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except Exception as error:
        log.warning("background_work_failed", name=name, error=repr(error))
