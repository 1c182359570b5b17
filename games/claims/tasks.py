"""Jobs of claims. Nothing that must happen on time depends on them: they make it happen even if
nobody asks."""

from datetime import timedelta

import structlog

from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.errors import AppError
from app.kernel.jobs import Task
from games.claims.service import ClaimService
from games.claims.settling.settler import ClaimSettler
from games.packets.interfaces import CloseReason, Packets

PAUSE, WARM, SWEEP = "packets.pause", "packets.warm", "packets.sweep"
WARM_BEFORE = timedelta(seconds=30)
_PAGE = 200

log: structlog.stdlib.BoundLogger = structlog.get_logger("packets")


def tasks(
    database: Database,
    clock: Clock,
    packets: Packets,
    claims: ClaimService,
    settler: ClaimSettler,
) -> list[Task]:
    """Pausing and loading, even if the process that wanted it dies; and the sweep."""

    async def pause(packet_id: int, version: int, paused: bool) -> None:
        await claims.pause(packet_id, version, paused=paused)

    async def sweep() -> None:
        await sweep_finished(database, clock, packets, claims, settler)

    return [
        Task(PAUSE, pause),
        Task(WARM, claims.warm),
        Task(SWEEP, sweep, every_cron="* * * * *"),
    ]


async def sweep_finished(
    database: Database,
    clock: Clock,
    packets: Packets,
    claims: ClaimService,
    settler: ClaimSettler,
) -> int:
    """Close every packet whose time is over, and the books of those whose claims are all in SQL.
    Returns how many books are closed now."""
    done = after = 0
    while True:
        async with database.reading() as session:
            ids = await packets.unfinished(session, clock.now(), after, _PAGE)
        for packet_id in ids:
            try:
                await claims.close(packet_id, CloseReason.DUE)
                done += await settler.finish(packet_id)
            except AppError as error:
                # the bucket's clock decides; the next sweep asks again
                log.info("packet_not_finished_yet", packet=packet_id, error=repr(error))
        if len(ids) < _PAGE:
            return done
        after = max(ids)
