"""Settling: decisions from the buckets' streams become rows in SQL, in batches.

Every worker reads every bucket through one consumer group, so each decision goes to one of them.
Rows are committed before entries are forgotten; whoever dies in between leaves its entries to the
others, which settle them once more. So a handler sees a decision at least once, perhaps twice,
perhaps after a later one: it writes with `ON CONFLICT` on the decision, or compares `order`.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.kernel.database import Database, Transaction
from app.kernel.errors import Unavailable
from app.kernel.metrics import Metrics
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import (
    Decision,
    MalformedDecision,
    cut,
    raise_epoch,
    stream_key,
)
from app.kernel.valkey.errors import ValkeyError
from app.kernel.valkey.keeping import kept_key, mark_key
from app.kernel.valkey.keys import BUCKETS
from app.kernel.valkey.quarantine import quarantine
from app.kernel.valkey.scripts import Script

log: structlog.stdlib.BoundLogger = structlog.get_logger("settle")

GROUP = "settle"
_NEW, _HELD = ">", "0"
"""Where to read from: what nobody was given yet, or what we were given and have not settled."""
_ENTRIES_PER_BUCKET = 100
_ENTRIES_PER_BUSY_BUCKET = 2_000
"""Of one that gave all it was asked for: a festival's drop is decided in one bucket."""
_PAUSE_SECONDS = 0.01
_PAUSE_SECONDS_MAX = 0.1
_TROUBLE_SECONDS = 0.5
_SWEEP_SECONDS = 2.0
_CLAIM_IDLE_MS = 5_000
"""An entry somebody holds for longer is taken over: its worker is dead, or will do no harm."""
_UNKNOWN_SECONDS = 600
"""How long a decision of an unknown kind or version may wait for a worker that knows it."""
_CONSUMER_IDLE_MS = 3_600_000
_SQL_AWAY = ("08", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE that speak of the server or of a collision, not of the statement."""

_ACKNOWLEDGE = Script.load("app/kernel/valkey/lua/acknowledge.lua")
_FORGET_CONSUMERS = Script.load("app/kernel/valkey/lua/forget_consumers.lua")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A decision that contradicts what SQL holds, such as a second winner of the same share."""

    decision: Decision
    reason: str


Handle = Callable[[Transaction, list[Decision]], Awaitable[Sequence[Conflict] | None]]


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles one kind. `handle` writes a batch, idempotently and in any order, and returns the
    decisions it cannot accept; those go to quarantine with the rest's commit. What it raises is
    narrowed down to the decision that causes it."""

    kind: str
    handle: Handle
    version_max: int = 1
    """The newest version of the fields that `handle` understands."""


class SettleWorker:
    """One process's part of the settling. `name` is its own among all workers, ever."""

    def __init__(
        self,
        live: Valkey,
        database: Database,
        metrics: Metrics,
        settlers: Sequence[Settler],
        *,
        name: str,
    ) -> None:
        self._live = live
        self._database = database
        self._metrics = metrics
        self._settlers = {settler.kind: settler for settler in settlers}
        assert len(self._settlers) == len(settlers), "a kind has two settlers"
        self._name = name
        self._behind = False
        """Whether we hold entries that an error kept us from settling."""
        self._busy: set[int] = set()
        """Buckets that had more than they were asked for."""
        self._settled_to: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
        """By bucket the latest epoch and sequence we brought to SQL."""
        self._swept_at = float("-inf")
        self._forgot_at = float("-inf")

    async def run(self) -> None:
        """Settle until cancelled; the batch under way is finished first."""
        pause = _PAUSE_SECONDS
        while True:
            turn = asyncio.create_task(self._turn())
            try:
                settled = await asyncio.shield(turn)
            except asyncio.CancelledError:
                await asyncio.gather(turn, return_exceptions=True)
                raise
            except Exception as error:
                self._behind = True
                log.warning("settling_paused", error=repr(error))
                await asyncio.sleep(_TROUBLE_SECONDS)
                continue
            pause = _PAUSE_SECONDS if settled else min(pause * 2, _PAUSE_SECONDS_MAX)
            await asyncio.sleep(0 if self._busy else pause)

    async def settle_once(self) -> int:
        """Settle what is new now, or what we still hold. Returns how many entries were read.

        Raises what Valkey or SQL raise when they are away; then the entries stay and come again.
        """
        position = _HELD if self._behind else _NEW
        commands = [self._read(bucket, position) for bucket in range(BUCKETS)]
        read = await self._settle(await asyncio.gather(*commands))
        self._behind = False
        return read

    async def take_over(self, idle_ms: int) -> int:
        """Settle what others hold and have not touched for `idle_ms`. Returns how many."""
        commands = [self._claim(bucket, idle_ms) for bucket in range(BUCKETS)]
        return await self._settle(await asyncio.gather(*commands))

    async def settle_again(self, bucket: int, entries: list[tuple[bytes, list[bytes]]]) -> int:
        """Bring decisions to SQL that an older SQL, put back from a backup, may lack."""
        return await self._settle([_Entries(bucket, entries)])

    async def _turn(self) -> int:
        read = await self.settle_once()
        now = time.monotonic()
        if now - self._swept_at >= _SWEEP_SECONDS:
            self._swept_at = now
            read += await self.take_over(_CLAIM_IDLE_MS)
            await self.watch()
        if now - self._forgot_at >= _CONSUMER_IDLE_MS / 1000:
            self._forgot_at = now
            args = (GROUP, _CONSUMER_IDLE_MS)
            streams = [stream_key(bucket) for bucket in range(BUCKETS)]
            runs = [self._live.run(_FORGET_CONSUMERS, (stream,), args) for stream in streams]
            await asyncio.gather(*runs, return_exceptions=True)
        return read

    async def watch(self) -> None:
        """Measure what waits, and notice a server that forgot what SQL already holds.

        A replica promoted too early, or an old file restored, would give ids a second time and
        serve state older than SQL: a new epoch makes ids new, and state load again from SQL.
        """
        cuts = await asyncio.gather(*(cut(self._live, bucket) for bucket in range(BUCKETS)))
        self._metrics.unsettled.set(sum(each.unsettled for each in cuts))
        for each in cuts:
            if (each.last_epoch, each.sequence) < self._settled_to[each.bucket]:
                del self._settled_to[each.bucket]
                epoch = await raise_epoch(self._live, each.bucket)
                log.error("decisions_lost_by_server", bucket=each.bucket, new_epoch=epoch)

    async def _read(self, bucket: int, position: str) -> "_Entries":
        stream = stream_key(bucket)
        count = _ENTRIES_PER_BUSY_BUCKET if bucket in self._busy else _ENTRIES_PER_BUCKET
        command = ("XREADGROUP", "GROUP", GROUP, self._name, "COUNT", count)
        reply = await self._in_group(stream, *command, "STREAMS", stream, position)
        entries: list[Any] = reply[0][1] if reply else []
        if len(entries) == count:
            self._busy.add(bucket)
        else:
            self._busy.discard(bucket)
        return _Entries(bucket, [each for each in entries if each[1] is not None])

    async def _claim(self, bucket: int, idle_ms: int) -> "_Entries":
        stream = stream_key(bucket)
        command = ("XAUTOCLAIM", stream, GROUP, self._name, idle_ms, "0-0")
        reply = await self._in_group(stream, *command, "COUNT", _ENTRIES_PER_BUCKET)
        return _Entries(bucket, reply[1])

    async def _in_group(self, stream: str, *command: str | int) -> Any:
        """Run a command of the group; a fresh or wiped server is given the group first."""
        try:
            return await self._live.call(*command)
        except ValkeyError as error:
            if error.kind != "NOGROUP":
                raise
        try:
            await self._live.call("XGROUP", "CREATE", stream, GROUP, "0", "MKSTREAM")
        except ValkeyError as error:
            if error.kind != "BUSYGROUP":
                raise
        return await self._live.call(*command)

    async def _settle(self, groups: Sequence["_Entries"]) -> int:
        by_kind: dict[str, list[Decision]] = defaultdict(list)
        for bucket, entries in ((group.bucket, group.entries) for group in groups):
            for entry_id, flat in entries:
                try:
                    decision = Decision.read(bucket, entry_id, flat)
                except MalformedDecision as error:
                    await self._discard(bucket, entry_id.decode(), "malformed", flat, str(error))
                else:
                    by_kind[decision.kind].append(decision)
        for kind, decisions in by_kind.items():
            settler = self._settlers.get(kind)
            version_max = settler.version_max if settler is not None else -1
            known = [each for each in decisions if each.version <= version_max]
            if settler is not None and known:
                await self._commit(settler, known)
            await self._leave([each for each in decisions if each.version > version_max])
        return sum(len(group.entries) for group in groups)

    async def _commit(self, settler: Settler, batch: list[Decision]) -> None:
        """Settle a batch. When it fails, halve it until the decision that causes it stands alone,
        so that one bad decision costs a few transactions and holds up nobody."""
        try:
            conflicts = await self._attempt(settler, batch)
        except Exception as error:
            if is_away(error):
                raise
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._commit(settler, batch[:middle])
                await self._commit(settler, batch[middle:])
                return
            (decision,) = batch
            fields = dict(decision.fields)
            await self._discard(
                decision.bucket, decision.entry_id, settler.kind, fields, repr(error)
            )
            return
        now = datetime.now(UTC)
        for decision in batch:
            lag = (now - decision.decided_at).total_seconds()
            self._metrics.settle_lag_seconds.observe(max(0.0, lag))
        self._metrics.settled.labels(settler.kind).inc(len(batch) - conflicts)
        await self._acknowledge(batch)

    async def _attempt(self, settler: Settler, batch: list[Decision]) -> int:
        async with self._database.transaction() as tx:
            conflicts = list(await settler.handle(tx, batch) or ())
            for decision, reason in ((each.decision, each.reason) for each in conflicts):
                await quarantine(
                    tx,
                    bucket=decision.bucket,
                    entry_id=decision.entry_id,
                    kind=decision.kind,
                    entry=dict(decision.fields),
                    reason=reason,
                )
        for conflict in conflicts:
            self._alert(conflict.decision.id, settler.kind, conflict.reason)
        return len(conflicts)

    async def _leave(self, unknown: list[Decision]) -> None:
        """During a release a newer worker will know these. They stay held, and come again."""
        for decision in unknown:
            age = (datetime.now(UTC) - decision.decided_at).total_seconds()
            log.warning("decision_unknown", decision=decision.id, kind=decision.kind)
            if age > _UNKNOWN_SECONDS:
                reason = f"no worker knows {decision.kind} version {decision.version}"
                fields = dict(decision.fields)
                await self._discard(
                    decision.bucket, decision.entry_id, decision.kind, fields, reason
                )

    async def _discard(
        self, bucket: int, entry_id: str, kind: str, entry: Any, reason: str
    ) -> None:
        """Keep an entry in quarantine, and only then forget it."""
        async with self._database.transaction() as tx:
            await quarantine(
                tx, bucket=bucket, entry_id=entry_id, kind=kind, entry=entry, reason=reason
            )
        self._alert(f"{bucket}:{entry_id}", kind, reason)
        await self._live.run(_ACKNOWLEDGE, _acknowledging(bucket), (GROUP, entry_id))

    def _alert(self, decision: str, kind: str, reason: str) -> None:
        self._metrics.quarantined.labels(kind).inc()
        log.error("decision_quarantined", decision=decision, kind=kind, reason=reason[:500])

    async def _acknowledge(self, batch: list[Decision]) -> None:
        by_bucket: dict[int, list[str]] = defaultdict(list)
        for decision in batch:
            by_bucket[decision.bucket].append(decision.entry_id)
            place = (decision.epoch, decision.sequence)
            self._settled_to[decision.bucket] = max(place, self._settled_to[decision.bucket])
        runs = (
            self._live.run(_ACKNOWLEDGE, _acknowledging(bucket), (GROUP, *ids))
            for bucket, ids in by_bucket.items()
        )
        await asyncio.gather(*runs)


@dataclass(frozen=True, slots=True)
class _Entries:
    """What one bucket's stream gave: ids with their flat fields."""

    bucket: int
    entries: list[tuple[bytes, list[bytes]]]


def _acknowledging(bucket: int) -> tuple[str, str, str]:
    return stream_key(bucket), kept_key(bucket), mark_key(bucket)


def is_away(error: BaseException) -> bool:
    """Whether an error means "later" rather than "never": then nothing is to be quarantined."""
    if isinstance(error, DBAPIError):
        state: str | None = getattr(error.orig, "sqlstate", None)
        if state is None:  # not from the server: a lost connection, or a value it cannot be sent
            return isinstance(error, OperationalError | InterfaceError)
        return state.startswith(_SQL_AWAY)
    away = (Unavailable, PoolTimeoutError, ConnectionError, TimeoutError)
    return isinstance(error, away)
