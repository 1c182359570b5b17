"""A lucky bag: who enters in time takes part, and anybody can draw again."""

import asyncio
import hashlib
import random

import pytest

from campaigns.ledger.interfaces import AccountKind
from games.claims.errors import PacketOver
from games.packets.interfaces import CloseReason
from games.packets.rules import drawn
from tests.games.conftest import Fair, soon

BAG = {"form": "draw", "split": {"form": "lucky", "count": 5, "totalMinor": 1_000}}


class TestDraw:
    async def test_enter_then_draw_pays_the_winners_and_returns_the_rest(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        people = [await fair.town.shopper() for _ in range(8)]
        packet_id = await fair.open(shop, BAG, closesAt=soon(60))
        for number, who in enumerate(people, 1):
            entered = await fair.grab(packet_id, who)
            assert (entered["outcome"], entered["entry"]) == ("entered", number)
            assert await fair.grab(packet_id, who) == entered
        view = await fair.view(packet_id, people[2])
        assert (view["draw"]["entries"], view["draw"]["entry"]) == (8, 3)
        assert view["draw"]["seed"] is None
        await fair.town.settle()
        assert await fair.rows(packet_id) == []
        await fair.step(packet_id, 61)
        await fair.sweep()
        rows = await fair.rows(packet_id)
        assert len(rows) == 5
        assert sum(row.amount_minor for row in rows) == 1_000
        for row in rows:
            assert await fair.balance(AccountKind.WALLET, row.shopper_id) == row.amount_minor
        after = await fair.view(packet_id, people[2])
        assert after["draw"]["commitment"] == view["draw"]["commitment"]
        seed = bytes.fromhex(after["draw"]["seed"])
        assert hashlib.sha256(seed).hexdigest() == after["draw"]["commitment"]
        by_share = sorted(rows, key=lambda row: row.share)
        assert [row.shopper_id for row in by_share] == [people[n].id for n in drawn(seed, 8, 5)]
        assert await fair.money(shop, packet_id) == [0, 0]
        await fair.sweep()
        assert await fair.audit() == []

    async def test_fewer_entries_than_prizes_return_the_rest_once(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        packet_id = await fair.open(shop, BAG)
        record = await fair.record(packet_id)
        for number in (1, 2):
            await fair.claims.enter(record, number)
        await fair.claims.close(record.id, CloseReason.ENDED)
        decisions = await fair.decisions(packet_id) * 3
        random.Random(3).shuffle(decisions)
        for each in decisions:
            assert await fair.settle_these([each]) == []
        won = [await fair.balance(AccountKind.WALLET, number) for number in (1, 2)]
        assert min(won) > 0
        assert await fair.money(shop, packet_id) == [1_000 - sum(won), 0]
        await fair.wipe_live()
        with pytest.raises(PacketOver):
            await fair.claims.enter(record, 3)
        assert (await fair.claims.enter(record, 2)).share == 1
        await fair.town.settle()
        assert await fair.audit() == []

    async def test_a_thousand_entries_of_one_shopper_are_one(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        record = await fair.record(await fair.open(shop, BAG))
        entered = await asyncio.gather(*(fair.claims.enter(record, 7) for _ in range(1_000)))
        assert {each.share for each in entered} == {0}
        await fair.town.settle()
        await fair.wipe_live()
        entered = await asyncio.gather(*(fair.claims.enter(record, n) for n in range(1, 50)))
        assert sorted(each.share for each in entered) == list(range(49))
        assert entered[6].share == 0
