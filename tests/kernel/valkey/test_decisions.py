"""Decisions: their ids, their bound, their clock, and where a bucket stands."""

import asyncio

import pytest

from app.kernel.database import Transaction
from app.kernel.valkey import decisions as decisions_module
from app.kernel.valkey.decisions import (
    Decision,
    clock_key,
    cut,
    epoch_key,
    raise_epoch,
)
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.keys import BUCKETS, bucket_key
from app.kernel.valkey.scripts import Script
from tests.kernel.valkey.settling import Ground

IS_READY = Script.load("tests/kernel/valkey/lua/ask_ready.lua")


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


def test_the_bound_on_unsettled_decisions_fits_the_server():
    """64 full buckets of entries of 200 bytes stay far below the live server's 2 GB."""
    assert decisions_module.UNSETTLED_MAX * BUCKETS * 200 < 2**30
