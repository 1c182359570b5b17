"""Leases of node numbers: what makes ids of many processes differ.

A holder promises never to make an id beyond `limit_ms`; the promise is stored before it is used
and raised at each renewal. Whoever gets the number next starts behind it. So neither `kill -9`
nor a clock that steps back can make an id twice.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Database
from app.kernel.ids import NODES_MAX, Ids, ms_of

log: structlog.stdlib.BoundLogger = structlog.get_logger("nodes")

LEASE_SECONDS = 60
_RENEW_SECONDS = 10


class NodeLease(Base):
    """Who holds a node number, until when, and how far its ids may reach."""

    __tablename__ = "node_leases"

    node: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(64))
    until_seconds: Mapped[int]
    limit_ms: Mapped[int]


_LEASE = text(
    """
    INSERT INTO node_leases AS l (node, holder, until_seconds, limit_ms)
    SELECT n, :holder, extract(epoch FROM clock_timestamp())::bigint + :seconds,
           greatest(:limit_ms, coalesce(o.limit_ms, 0) + :seconds * 1000)
    FROM generate_series(0, :nodes - 1) n LEFT JOIN node_leases o ON o.node = n
    WHERE o.node IS NULL OR o.until_seconds < extract(epoch FROM clock_timestamp())
    ORDER BY o.node IS NULL, o.until_seconds, n
    LIMIT 1
    ON CONFLICT (node) DO UPDATE SET holder = excluded.holder,
        until_seconds = excluded.until_seconds, limit_ms = excluded.limit_ms
        WHERE l.until_seconds < extract(epoch FROM clock_timestamp())
    RETURNING node, limit_ms,
        (SELECT p.limit_ms FROM node_leases p WHERE p.node = l.node) AS before_ms
    -- the subquery reads the row as it was before this statement
    """
)
_RENEW = text(
    """
    UPDATE node_leases SET until_seconds = extract(epoch FROM clock_timestamp())::bigint + :seconds,
           limit_ms = greatest(limit_ms, :limit_ms)
    WHERE node = :node AND holder = :holder
    """
)
_RELEASE = text(
    """
    UPDATE node_leases SET until_seconds = 0, limit_ms = :last_ms
    WHERE node = :node AND holder = :holder
    """
)


@asynccontextmanager
async def leased(database: Database, holder: str, ids: Ids) -> AsyncGenerator[None]:
    """Let `ids` make ids for as long as the context lasts; renewed in the background."""
    fresh = await _lease(database, holder)
    ids.become(fresh)
    renewing = asyncio.create_task(_renew_forever(database, holder, ids))
    try:
        yield
    finally:
        renewing.cancel()
        node, last_ms = ids.node, ids.last_ms
        ids.extend(0)
        try:
            await _execute(database, _RELEASE, node=node, holder=holder, last_ms=last_ms)
        except Exception as error:
            # not released: the lease runs out by itself
            log.info("node_not_released", node=node, error=repr(error))


async def _lease(database: Database, holder: str) -> Ids:
    while True:
        values = {
            "holder": holder,
            "seconds": LEASE_SECONDS,
            "limit_ms": _limit_ms(),
            "nodes": NODES_MAX,
        }
        async with database.transaction() as tx:
            row = (await tx.session.execute(_LEASE, values)).one_or_none()
        if row is not None:
            return Ids(row.node, last_ms=row.before_ms or 0, limit_ms=row.limit_ms)
        # lost a race for the same number, or all are taken: look again
        await asyncio.sleep(0.05)


async def _renew_forever(database: Database, holder: str, ids: Ids) -> None:
    while True:
        await asyncio.sleep(_RENEW_SECONDS)
        limit_ms = max(_limit_ms(), ids.last_ms + LEASE_SECONDS * 1000)
        values = {"node": ids.node, "holder": holder, "seconds": LEASE_SECONDS}
        try:
            if await _execute(database, _RENEW, **values, limit_ms=limit_ms) == 1:
                ids.extend(limit_ms)
            else:
                # we slept past the lease and somebody else holds our number: take another
                fresh = await _lease(database, holder)
                ids.become(fresh)
        except Exception as error:
            log.warning("node_not_renewed", node=ids.node, error=repr(error))


async def _execute(database: Database, statement: object, **values: object) -> int:
    async with database.transaction() as tx:
        result = await tx.session.execute(statement, values)  # type: ignore[call-overload]
        return int(result.rowcount)  # type: ignore[attr-defined]


def _limit_ms() -> int:
    """How far a lease taken now lets ids reach: its life, and no further."""
    return ms_of(time.time()) + LEASE_SECONDS * 1000
