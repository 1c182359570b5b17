"""A decision reaches SQL: at least once, in any order, past bad ones, after any loss."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.kernel.database import Transaction
from app.kernel.valkey.decisions import (
    Decision,
    clock_key,
    cut,
    stream_key,
)
from app.kernel.valkey.keys import BUCKETS
from app.kernel.valkey.quarantine import audit_quarantine
from app.kernel.valkey.settle import _FORGET_CONSUMERS, GROUP, Conflict, Settler, SettleWorker
from tests.kernel.valkey.settling import Ground, write


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
        entry = ("v", 1, "k", "like", "t", 1, "thing", b"\x00", "shopper", 1, "wanted", 1)
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

    async def test_a_server_that_forgot_gives_no_id_twice(self, ground: Ground):
        """A promoted replica may lack the latest decisions, which SQL already holds."""
        worker = ground.worker()
        before = [await ground.like(3, shopper) for shopper in range(5)]
        await ground.settle_all(worker)
        await worker.watch()
        epoch = (await cut(ground.live, 3)).epoch
        assert before[0].startswith(str(epoch).encode())  # nothing lost: nothing raised
        await ground.live.call("DEL", stream_key(3))
        await worker.watch()
        assert await ground.like(3, 7) not in before
        assert (await cut(ground.live, 3)).epoch > epoch
        epoch = (await cut(ground.live, 3)).epoch
        await worker.watch()
        assert (await cut(ground.live, 3)).epoch == epoch
        await ground.settle_all(worker)
        assert len(await ground.likes()) == 6


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

    async def test_trouble_passes_and_what_was_held_is_settled(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ):
        tried = Counter[str]()

        async def flaky(tx: Transaction, batch: list[Decision]) -> None:
            tried["times"] += 1
            if tried["times"] < 3:
                raise ConnectionError("away")
            await write(tx, batch)

        monkeypatch.setattr("app.kernel.valkey.settle._SWEEP_SECONDS", 1000)  # nobody takes over
        await ground.like(3, 1)
        worker = ground.worker(flaky)
        await worker.take_over(0)
        task = asyncio.create_task(worker.run())
        async with asyncio.timeout(30):
            while not await ground.likes():
                await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert tried["times"] == 3

    async def test_a_consumer_that_holds_entries_is_never_forgotten(self, ground: Ground):
        async def away(_: Transaction, batch: list[Decision]) -> None:
            raise ConnectionError("away")

        await ground.like(3, 1)
        with pytest.raises(ConnectionError):
            await ground.worker(away, name="holder").settle_once()
        await ground.worker(name="idle").settle_once()
        await asyncio.sleep(0.01)
        assert await ground.live.run(_FORGET_CONSUMERS, (stream_key(3),), (GROUP, 0)) == 1
        assert await ground.worker(name="heir").take_over(0) == 1
