"""The denylist of a process: revoked things, read from SQL every second.

SQL is the only truth here. The process that revokes knows at once, the log of changes wakes the
others early, and when both of these are lost the poll finds the row within a second.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Revoked, RevokedScope
from app.identity.sessions.models import Revocation
from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.ids import Ids
from app.kernel.valkey.changes import Change, Changes

log: structlog.stdlib.BoundLogger = structlog.get_logger("revocations")

POLL_SECONDS = 1.0
_READ_SECONDS = 5.0
"""A poll that hangs on a dead connection is given up for a new one."""
_KIND = "revoked"
_MARGIN = timedelta(minutes=1)
"""Revocations outlive the tokens they concern by what clocks may differ."""

# One statement, so one snapshot. Every transaction below its `xmin` had ended by then, and what it
# wrote is seen: so the next poll needs only rows of later ones, however long any of them takes.
_READ = text(
    """
    SELECT now.xmin, r.id, r.scope, r.subject_id, r.actor_id, r.brand_id, r.expires_at
    FROM (SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint AS xmin) AS now
    LEFT JOIN revocations AS r ON r.transaction >= :after AND r.expires_at > :at
    """
)


class RevocationList:
    """What lets nobody in any longer. `denied` maps subjects to when they can be forgotten."""

    def __init__(
        self, clock: Clock, ids: Ids, changes: Changes, *, token_life_seconds: int
    ) -> None:
        self.denied: dict[int, datetime] = {}
        self._clock = clock
        self._ids = ids
        self._changes = changes
        self._keep = timedelta(seconds=token_life_seconds) + _MARGIN
        self._told: dict[int, datetime] = {}
        self._after = 0
        self._synced_at = float("-inf")
        self._callbacks: list[Callable[[Revoked], None]] = []
        self._wake = asyncio.Event()
        changes.listen(self)

    def on_revoked(self, callback: Callable[[Revoked], None]) -> None:
        """Call back for each new revocation, in the event loop."""
        self._callbacks.append(callback)

    def seconds_since_sync(self) -> float:
        """For how long this process has not heard from SQL."""
        return time.monotonic() - self._synced_at

    def revoke(
        self,
        tx: Transaction,
        scope: RevokedScope,
        subject_id: int,
        *,
        actor_id: int | None = None,
        brand_id: int | None = None,
    ) -> None:
        """Revoke with the transaction: here at its commit, elsewhere within a second or so."""
        revoked = Revoked(
            id=self._ids.new(),
            scope=scope,
            subject_id=subject_id,
            actor_id=actor_id,
            brand_id=brand_id,
            expires_at=self._clock.now() + self._keep,
        )
        tx.session.add(
            Revocation(
                id=revoked.id,
                scope=scope,
                subject_id=subject_id,
                actor_id=actor_id,
                brand_id=brand_id,
                expires_at=revoked.expires_at,
            )
        )

        async def tell() -> None:
            self._tell(revoked)
            await self._changes.append(_KIND, subject_id)

        tx.after_commit(tell)

    def changed(self, change: Change) -> None:
        """The log of changes: look at SQL now instead of in a moment."""
        if change.kind == _KIND:
            self._wake.set()

    def reset(self) -> None:
        """The log of changes lost entries: one may have been ours."""
        self._wake.set()

    async def sync(self, session: AsyncSession) -> None:
        """Learn what was revoked since the last time."""
        begun, now = time.monotonic(), self._clock.now()
        rows = (await session.execute(_READ, {"after": self._after, "at": now})).all()
        for row in rows:
            if row.id is not None:
                self._tell(
                    Revoked(
                        id=row.id,
                        scope=RevokedScope(row.scope),
                        subject_id=row.subject_id,
                        actor_id=row.actor_id,
                        brand_id=row.brand_id,
                        expires_at=row.expires_at.astimezone(UTC),
                    )
                )
        self._after = rows[0].xmin
        self._synced_at = begun
        self._forget(now)

    @asynccontextmanager
    async def following(self, database: Database) -> AsyncGenerator[None]:
        """Keep in step for the life of the process. The list is complete before the first request,
        unless SQL is away, and then nothing else works either."""
        await self._try_sync(database)
        task = asyncio.create_task(self._follow(database))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _follow(self, database: Database) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            await self._try_sync(database)

    async def _try_sync(self, database: Database) -> None:
        try:
            async with asyncio.timeout(_READ_SECONDS), database.reading() as session:
                await self.sync(session)
        except Exception as error:
            stale_seconds = round(self.seconds_since_sync(), 1)
            log.warning("revocations_not_read", error=repr(error), stale_seconds=stale_seconds)

    def _tell(self, revoked: Revoked) -> None:
        if revoked.id in self._told:
            return
        self._told[revoked.id] = revoked.expires_at
        self.denied[revoked.subject_id] = revoked.expires_at
        for callback in self._callbacks:
            try:
                callback(revoked)
            except Exception:
                log.exception("revocation_callback_failed")

    def _forget(self, now: datetime) -> None:
        for known in (self.denied, self._told):
            for id_ in [id_ for id_, until in known.items() if until <= now]:
                del known[id_]
