"""A decision reaches SQL: at least once, in whatever order, past bad ones, and after any loss."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.kernel.database import Database, Transaction
from app.kernel.metrics import Metrics
from app.kernel.settings import Settings
from app.kernel.valkey import decisions as decisions_module
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import (
    Decision,
    clock_key,
    cut,
    decide,
    epoch_key,
    raise_epoch,
    stream_key,
)
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.quarantine import audit_quarantine
from app.kernel.valkey.scripts import Script
from app.kernel.valkey.settle import Conflict, Settler, SettleWorker
from tests.servers import Servers

LIKE = Script.load("tests/kernel/valkey/lua/toggle_like.lua")
IS_READY = Script.load("tests/kernel/valkey/lua/ask_ready.lua")
_TABLES = """
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


@pytest.fixture(scope="module")
def tables(started: Servers) -> Iterator[None]:
    """Tables of this suite alone, made by the owner as migrations would."""
    with psycopg.connect(started.postgres.owner_url, autocommit=True) as owner:
        owner.execute(_TABLES)
        yield
        owner.execute("DROP TABLE settle_test_likes, settle_test_seen")


@pytest.fixture
async def ground(valkey: Valkey, settings: Settings, tables: None) -> AsyncIterator[Ground]:
    async def no_jobs(*_: Any) -> None:
        raise AssertionError("settling defers no job here")

    database = Database(settings, no_jobs)
    yield Ground(valkey, database)
    await database.close()


class TestDecide:
    async def test_ids_are_unique_and_ordered_in_a_bucket(self, ground: Ground):
        entries = await asyncio.gather(*(ground.like(3, shopper) for shopper in range(200)))
        orders = [tuple(map(int, each.split(b"-"))) for each in entries]
        assert orders == sorted(set(orders))
        assert [sequence for _, sequence in orders] == list(range(200))

    async def test_what_already_holds_is_no_decision(self, ground: Ground):
        await ground.like(3, 7)
        assert await ground.like(3, 7) == 0
        assert (await cut(ground.live, 3)).unsettled == 1

    async def test_too_much_unsettled_is_refused_until_settled(self, ground: Ground):
        for shopper in range(3):
            await ground.like(3, shopper, unsettled_max=3)
        with pytest.raises(ValkeyUnavailable):
            await ground.like(3, 3, unsettled_max=3)
        assert b"3" not in await ground.live.call("SMEMBERS", bucket_key(3, "likers"))
        await ground.settle_all(ground.worker())
        await ground.like(3, 3, unsettled_max=3)

    async def test_the_clock_is_the_server_s_and_tests_may_move_it(self, ground: Ground):
        seen: list[Decision] = []

        async def look(_: Transaction, batch: list[Decision]) -> None:
            seen.extend(batch)

        await ground.like(3, 1)
        await ground.live.call("SET", clock_key(3), 3_600_000)
        await ground.like(3, 2)
        await ground.settle_all(ground.worker(look))
        first, second = seen
        assert 3500 < (second.decided_at - first.decided_at).total_seconds() < 3700
        assert abs((await ground.live.time() - first.decided_at).total_seconds()) < 100

    async def test_a_new_epoch_makes_loaded_state_missing_and_ids_grow(self, ground: Ground):
        await ground.like(3, 1)
        ready = bucket_key(3, "ready")
        keys = [ready, epoch_key(3)]
        epoch = (await cut(ground.live, 3)).epoch
        assert await ground.live.run(IS_READY, keys) == 0
        await ground.live.call("SET", ready, epoch)
        assert await ground.live.run(IS_READY, keys) == 1
        assert await raise_epoch(ground.live, 3) > epoch
        assert await ground.live.run(IS_READY, keys) == 0
        later = await ground.like(3, 2)
        assert int(later.split(b"-")[0]) > epoch

    async def test_a_cut_tells_where_a_bucket_stands(self, ground: Ground):
        empty = await cut(ground.live, 3)
        assert (empty.epoch, empty.sequence, empty.unsettled) == (0, 0, 0)
        for shopper in range(5):
            await ground.like(3, shopper)
        standing = await cut(ground.live, 3)
        assert (standing.sequence, standing.unsettled) == (4, 5)
        await ground.settle_all(ground.worker())
        settled = await cut(ground.live, 3)
        assert (settled.epoch, settled.sequence, settled.unsettled) == (standing.epoch, 4, 0)


class TestSettle:
    async def test_every_decision_of_every_bucket_becomes_a_row(self, ground: Ground):
        await asyncio.gather(*(ground.like(n % BUCKETS, n) for n in range(400)))
        await ground.settle_all(ground.worker())
        assert await ground.likes() == await ground.live_likes()
        assert len(await ground.likes()) == 400
        assert await ground.unsettled() == 0

    async def test_order_does_not_matter_with_many_workers(self, ground: Ground):
        tasks = [
            asyncio.create_task(ground.worker(name=f"w{n}").run(), name=f"w{n}") for n in range(3)
        ]
        dice = random.Random(4)
        for _ in range(20):
            calls = [ground.like(dice.randrange(4), dice.randrange(9), n % 2) for n in range(50)]
            await asyncio.gather(*calls)
        async with asyncio.timeout(60):
            while await ground.unsettled():
                await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert await ground.likes() == await ground.live_likes()
        assert await ground.quarantined() == []

    async def test_a_batch_committed_but_not_acknowledged_comes_again_harmlessly(
        self, ground: Ground
    ):
        class Killed(SettleWorker):
            async def _acknowledge(self, batch: list[Decision]) -> None:
                raise ConnectionError("killed after the commit")

        for shopper in range(10):
            await ground.like(3, shopper)
        killed = Killed(
            ground.live, ground.database, ground.metrics, [Settler("like", write)], name="killed"
        )
        with pytest.raises(ConnectionError):
            await killed.settle_once()
        assert len(await ground.likes()) == 10
        assert await ground.unsettled() == 10
        assert await ground.worker(name="other").take_over(0) == 10
        assert await ground.unsettled() == 0
        assert len(await ground.likes()) == 10
        assert await ground.rows("SELECT DISTINCT times FROM settle_test_seen") == [(2,)]

    async def test_entries_stay_until_sql_has_them(self, ground: Ground):
        async def away(_: Transaction, batch: list[Decision]) -> None:
            raise OperationalError("select", {}, Exception("server closed the connection"))

        for shopper in range(5):
            await ground.like(3, shopper)
        with pytest.raises(OperationalError):
            await ground.worker(away).settle_once()
        assert await ground.unsettled() == 5
        assert await ground.quarantined() == []
        await ground.settle_all(ground.worker(name="w2"))
        assert len(await ground.likes()) == 5

    async def test_one_bad_decision_holds_up_nobody(self, ground: Ground):
        async def picky(tx: Transaction, batch: list[Decision]) -> None:
            await write(tx, batch)
            for decision in batch:
                if decision.fields["shopper"] in (b"17", b"31"):
                    await tx.session.execute(text("SELECT 1/0"))

        for shopper in range(50):
            await ground.like(3, shopper)
        await ground.settle_all(ground.worker(picky))
        assert {shopper for _, shopper in await ground.likes()} == set(range(50)) - {17, 31}
        assert await ground.unsettled() == 0
        reasons = await ground.quarantined()
        assert len(reasons) == 2
        assert all("division by zero" in each for each in reasons)
        count = ground.metrics.quarantined.labels("like")._value.get()
        assert count == 2
        assert await audit_quarantine(ground.database) == [
            "2 decisions of kind like are in quarantine"
        ]

    async def test_what_sql_cannot_even_be_sent_is_quarantined_whole(self, ground: Ground):
        entry = ("v", 1, "k", "like", "t", 1, "thing", b"\x00\xff", "shopper", 1, "wanted", 1)
        await ground.live.call("XADD", stream_key(3), "5-*", *entry)
        await ground.like(3, 2)
        await ground.settle_all(ground.worker())
        assert len(await ground.likes()) == 1
        assert len(await ground.quarantined()) == 1
        assert await ground.unsettled() == 0

    async def test_a_conflict_the_handler_names_is_quarantined_with_the_rest_s_commit(
        self, ground: Ground
    ):
        async def first_of_all(tx: Transaction, batch: list[Decision]) -> list[Conflict]:
            await write(tx, batch[:1])
            return [Conflict(each, "the share is taken") for each in batch[1:]]

        for shopper in range(3):
            await ground.like(3, shopper)
        await ground.settle_all(ground.worker(first_of_all))
        assert len(await ground.likes()) == 1
        assert await ground.quarantined() == ["the share is taken"] * 2
        assert await ground.unsettled() == 0

    @pytest.mark.parametrize(
        "entry", [("x", "y"), ("v", "one", "k", "like", "t", 1), ("v", 1, "k", b"\xff", "t", 1)]
    )
    async def test_a_malformed_entry_is_quarantined(self, ground: Ground, entry: tuple[Any, ...]):
        await ground.live.call("XADD", stream_key(3), "5-*", *entry)
        await ground.like(3, 1)
        await ground.settle_all(ground.worker())
        assert len(await ground.quarantined()) == 1
        assert len(await ground.likes()) == 1

    async def test_an_unknown_kind_waits_for_a_worker_that_knows_it(self, ground: Ground):
        await ground.like(3, 1)
        old = ground.worker(kind="other", name="old release")
        assert await old.settle_once() == 1
        assert await ground.unsettled() == 1
        await ground.worker(name="new release").take_over(0)
        assert await ground.unsettled() == 0
        assert len(await ground.likes()) == 1

    async def test_an_unknown_kind_does_not_wait_for_ever(self, ground: Ground):
        await ground.live.call("SET", clock_key(3), -3_600_000)
        await ground.like(3, 1)
        await ground.worker(kind="other").settle_once()
        assert await ground.quarantined() == ["no worker knows like version 1"]
        assert await ground.unsettled() == 0

    async def test_a_wiped_server_gives_no_id_twice_and_heals(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ):
        worker = ground.worker()
        before = await ground.like(3, 1)
        await ground.settle_all(worker)
        await ground.live.everywhere("FLUSHALL")
        await asyncio.sleep(1.1)  # an epoch is a second
        after = await ground.like(3, 2)
        assert before != after
        await ground.settle_all(worker)
        assert len(await ground.likes()) == 2


class TestRun:
    async def test_a_stop_finishes_the_batch_under_way(self, ground: Ground):
        entered, leave = asyncio.Event(), asyncio.Event()

        async def slow(tx: Transaction, batch: list[Decision]) -> None:
            entered.set()
            await leave.wait()
            await write(tx, batch)

        await ground.like(3, 1)
        task = asyncio.create_task(ground.worker(slow).run())
        await entered.wait()
        task.cancel()
        await asyncio.sleep(0.05)
        leave.set()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert len(await ground.likes()) == 1
        assert await ground.unsettled() == 0

    async def test_trouble_passes(self, ground: Ground, monkeypatch: pytest.MonkeyPatch):
        failures = Counter[str]()

        async def flaky(tx: Transaction, batch: list[Decision]) -> None:
            failures["tried"] += 1
            if failures["tried"] < 2:
                raise ConnectionError("away")
            await write(tx, batch)

        monkeypatch.setattr("app.kernel.valkey.settle._CLAIM_IDLE_MS", 0)
        monkeypatch.setattr("app.kernel.valkey.settle._SWEEP_SECONDS", 0)
        await ground.like(3, 1)
        task = asyncio.create_task(ground.worker(flaky).run())
        async with asyncio.timeout(30):
            while not await ground.likes():
                await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def test_a_consumer_that_holds_entries_is_never_forgotten(self, ground: Ground):
        from app.kernel.valkey.settle import _FORGET_CONSUMERS, GROUP

        async def away(_: Transaction, batch: list[Decision]) -> None:
            raise ConnectionError("away")

        await ground.like(3, 1)
        with pytest.raises(ConnectionError):
            await ground.worker(away, name="holder").settle_once()
        await ground.worker(name="idle").settle_once()
        await asyncio.sleep(0.01)
        assert await ground.live.run(_FORGET_CONSUMERS, (stream_key(3),), (GROUP, 0)) == 1
        assert await ground.worker(name="heir").take_over(0) == 1


def test_the_bound_on_unsettled_decisions_fits_the_server():
    """64 full buckets of entries of 200 bytes stay far below the live server's 2 GB."""
    assert decisions_module.UNSETTLED_MAX * BUCKETS * 200 < 2**30
