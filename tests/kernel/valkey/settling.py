"""Where decisions are made and settled in tests: likes of things, as a slice would do it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import text

from app.kernel.database import Database, Transaction
from app.kernel.metrics import Metrics
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import (
    Decision,
    cut,
    decide,
)
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.scripts import Script
from app.kernel.valkey.settle import Conflict, Settler, SettleWorker

LIKE = Script.load("tests/kernel/valkey/lua/toggle_like.lua")
TABLES = """
CREATE TABLE IF NOT EXISTS settle_test_likes
    (thing text, shopper bigint, wanted boolean, decided bigint, PRIMARY KEY (thing, shopper));
CREATE TABLE IF NOT EXISTS settle_test_seen (decision text PRIMARY KEY, times int);
"""
_WRITE = text(
    """
    INSERT INTO settle_test_likes AS l VALUES (:thing, :shopper, :wanted, :order)
    ON CONFLICT (thing, shopper) DO UPDATE SET wanted = excluded.wanted, decided = excluded.decided
    WHERE l.decided < excluded.decided
    """
)
_SEEN = text(
    """
    INSERT INTO settle_test_seen AS s VALUES (:id, 1)
    ON CONFLICT (decision) DO UPDATE SET times = s.times + 1
    """
)


async def write(tx: Transaction, batch: list[Decision]) -> Sequence[Conflict]:
    """A well-behaved handler: of two decisions about the same thing, the later one holds."""
    for decision in sorted(batch, key=lambda each: each.fields["shopper"]):
        values = {
            "thing": decision.fields["thing"].decode(),
            "shopper": int(decision.fields["shopper"]),
            "wanted": decision.fields["wanted"] == b"1",
            "order": decision.order,
        }
        await tx.session.execute(_WRITE, values)
        await tx.session.execute(_SEEN, {"id": decision.id})
    return ()


class Ground:
    """Where decisions are made and settled in these tests."""

    def __init__(self, live: Valkey, database: Database) -> None:
        self.live = live
        self.database = database
        self.metrics = Metrics(CollectorRegistry())

    def worker(self, handle: Any = write, name: str = "w1", kind: str = "like") -> SettleWorker:
        settlers = [Settler(kind, handle)]
        return SettleWorker(self.live, self.database, self.metrics, settlers, name=name)

    async def like(self, bucket: int, shopper: int, wanted: int = 1, **bounds: int) -> Any:
        keys = [bucket_key(bucket, "likers")]
        return await decide(self.live, LIKE, bucket, keys, [shopper, wanted], **bounds)

    async def rows(self, statement: str) -> list[Any]:
        async with self.database.reading() as session:
            return [tuple(row) for row in (await session.execute(text(statement))).all()]

    async def likes(self) -> set[tuple[str, int]]:
        rows = await self.rows("SELECT thing, shopper FROM settle_test_likes WHERE wanted")
        return set(rows)

    async def live_likes(self) -> set[tuple[str, int]]:
        keys = [bucket_key(bucket, "likers") for bucket in range(BUCKETS)]
        sets = await asyncio.gather(*(self.live.call("SMEMBERS", key) for key in keys))
        return {(key, int(one)) for key, members in zip(keys, sets, strict=True) for one in members}

    async def quarantined(self) -> list[str]:
        rows = await self.rows("SELECT reason FROM quarantined_decisions ORDER BY sequence")
        return [row[0] for row in rows]

    async def unsettled(self) -> int:
        cuts = await asyncio.gather(*(cut(self.live, bucket) for bucket in range(BUCKETS)))
        return sum(each.unsettled for each in cuts)

    async def settle_all(self, worker: SettleWorker) -> None:
        while await worker.settle_once() or await worker.take_over(0):
            pass
