"""Grabs are exact: under concurrency, replays, lost state, and whatever callers send."""

import asyncio
import random

import pytest
from msgspec.structs import replace

from app.kernel.errors import AppError, Unavailable
from app.kernel.valkey import aggregates
from app.kernel.valkey.decisions import clock_key
from app.kernel.valkey.keys import bucket_of
from campaigns.ledger.interfaces import AccountKind
from games.claims.errors import PacketOver, PacketPaused
from games.claims.interfaces import Grant
from games.claims.loading import parts
from games.packets.interfaces import CloseReason, PacketRecord
from tests.games.conftest import EQUAL, Fair, soon

LUCKY = {"form": "lucky", "count": 60, "totalMinor": 30_000}


class TestOnce:
    async def test_a_thousand_grabs_of_one_shopper_at_once_are_one(self, fair: Fair):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        grants = await asyncio.gather(*(fair.give(record, 7) for _ in range(1_000)))
        assert len({(g.share, g.amount_minor, g.order) for g in grants}) == 1
        assert sum(grant.new for grant in grants) == 1
        await fair.town.settle()
        assert len(await fair.rows(str(record.id))) == 1
        assert await fair.balance(AccountKind.WALLET, 7) == grants[0].amount_minor

    async def test_no_share_is_given_twice_and_sold_out_is_final(self, fair: Fair):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        shoppers = [number for number in range(1, 101) for _ in range(3)]
        random.Random(5).shuffle(shoppers)
        grants = await asyncio.gather(*(fair.give(record, each) for each in shoppers))
        by_shopper: dict[int, set[Grant | None]] = {}
        for shopper, grant in zip(shoppers, grants, strict=True):
            plain = None if grant is None else grant._replace(new=False)
            by_shopper.setdefault(shopper, set()).add(plain)
        assert all(len(told) == 1 for told in by_shopper.values())
        won = [each for told in by_shopper.values() for each in told if each is not None]
        assert sorted(each.share for each in won) == list(range(60))
        assert sum(each.amount_minor for each in won) == 30_000
        winner = next(s for s, told in by_shopper.items() if None not in told)
        assert (await fair.give(record, winner)).new is False

    async def test_a_missing_key_is_never_empty(self, fair: Fair):
        """Whatever part of the state is gone, it is loaded again, not read as sold out."""
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        state = fair.store.packets.state_key(record.id)
        fields = ("epoch", "shares:0:0", "window:0", "next:0", "closed", "granted", "cap")
        shopper = 0
        for field in (None, *fields):
            shopper += 1
            before = await fair.give(record, shopper)
            await fair.town.settle()
            if field is None:
                await fair.house.live.call("DEL", state)
            else:
                await fair.house.live.call("HDEL", state, field)
            assert (await fair.give(record, shopper)).order == before.order, field
            shopper += 1
            assert (await fair.give(record, shopper)).share == shopper - 1, field
        await fair.town.settle()
        assert await fair.audit() == []

    async def test_what_is_loaded_holds_all_that_was_decided(self, fair: Fair):
        """State of an older epoch is loaded again only once SQL holds what it decided."""
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        first = await fair.give(record, 1)
        await aggregates.forget_all(fair.house.live)
        asked = asyncio.create_task(fair.give(record, 2))
        await asyncio.sleep(0.1)
        assert not asked.done(), "loaded although a decision was not settled"
        await fair.town.settle()
        assert (await asked).share == 1
        assert (await fair.give(record, 1)).order == first.order

    async def test_a_load_that_was_overtaken_is_thrown_away(
        self, fair: Fair, monkeypatch: pytest.MonkeyPatch
    ):
        """It read SQL before the brand paused the packet: it must not bring that back."""
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        real_shares = fair.packets.shares
        paused: list[bool] = []

        async def meanwhile(asked: PacketRecord) -> object:
            if not paused:
                paused.append(True)
                await fair.act(shop, packet_id, "pause")
            return await real_shares(asked)

        monkeypatch.setattr(fair.packets, "shares", meanwhile)
        with pytest.raises(PacketPaused):
            await fair.give(record, 1)
        assert paused

    async def test_a_load_that_lacks_a_part_is_none(self, fair: Fair):
        """As after a failover in its middle."""
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        keys = fair.store.packets.loading_keys(record.id)
        load = parts._LOAD  # pyright: ignore[reportPrivateUsage]
        await fair.house.live.call("SET", keys[1], "mine")
        assert await fair.house.live.run(load, keys, ("mine", 0, 0, 10, 60, "a", "1")) == 1
        assert await fair.house.live.run(load, keys, ("mine", 2, 1, 10, 60, "b", "1")) == 0
        assert await fair.house.live.call("HGET", keys[0], "epoch") is None
        await fair.house.live.call("DEL", keys[0])
        assert await fair.house.live.run(load, keys, ("mine", 1, 1, 10, 60, "b", "1")) == 0
        assert await fair.house.live.call("HGET", keys[0], "epoch") is None
        await fair.house.live.call("DEL", keys[1])
        assert (await fair.give(record, 1)).share == 0

    async def test_large_packets_load_in_parts(self, fair: Fair, monkeypatch: pytest.MonkeyPatch):
        from games.claims import repository

        monkeypatch.setattr(parts, "_PAIRS_A_PART", 3)
        monkeypatch.setattr(repository, "_PAGE", 7)
        shop = await fair.rich_shop()
        rules = {"form": "lucky", "count": 200, "totalMinor": 30_000}
        record = await fair.record(await fair.open(shop, rules))
        grants = [await fair.give(record, number) for number in range(1, 101)]
        await fair.town.settle()
        await fair.wipe_live()
        again = [await fair.give(record, number) for number in range(1, 101)]
        assert [g._replace(new=False) for g in grants] == again
        more = await asyncio.gather(*(fair.give(record, n) for n in range(101, 210)))
        assert sum(each is not None for each in more) == 100
        total = sum(each.amount_minor for each in (*grants, *more) if each is not None)
        assert total == 30_000

    async def test_too_much_unsettled_is_unavailable_not_sold_out(
        self, fair: Fair, monkeypatch: pytest.MonkeyPatch
    ):
        from app.kernel.valkey import decisions

        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        defaults = dict(decisions.decide.__kwdefaults__ or {})
        monkeypatch.setattr(decisions.decide, "__kwdefaults__", {**defaults, "unsettled_max": 2})
        first = await fair.give(record, 1)
        await fair.give(record, 2)
        with pytest.raises(Unavailable):
            await fair.give(record, 3)
        assert (await fair.give(record, 1)).order == first.order
        await fair.town.settle()
        assert (await fair.give(record, 3)).share == 2


class TestClosing:
    @pytest.mark.parametrize("seed", range(5))
    async def test_grabs_against_a_closing_are_in_one_line(self, fair: Fair, seed: int):
        """What was granted is what the closing counted; after it nobody gets anything."""
        rng = random.Random(seed)
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        granted: list[Grant] = []
        after: list[Grant] = []
        closed = asyncio.Event()

        async def shopper(number: int) -> None:
            await asyncio.sleep(rng.random() / 50)
            begun_after_closing = closed.is_set()
            try:
                grant = await fair.give(record, number)
            except PacketOver:
                return
            if grant is not None:
                (after if begun_after_closing else granted).append(grant)

        async def brand() -> None:
            await asyncio.sleep(rng.random() / 50)
            await fair.claims.close(record.id, CloseReason.ENDED)
            closed.set()

        await asyncio.gather(*(shopper(number) for number in range(1, 51)), brand())
        assert after == []
        await fair.town.settle()
        await fair.sweep()
        record = await fair.record(packet_id)
        total = sum(each.amount_minor for each in granted)
        assert (record.closed_claims, record.closed_minor) == (len(granted), total)
        assert record.returned_minor == 30_000 - total
        assert await fair.money(shop, packet_id) == [1_000_000 - total, 0]
        assert await fair.audit() == []

    async def test_late_shoppers_end_it_without_any_job(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY, closesAt=soon(60))
        record = await fair.record(packet_id)
        await fair.give(record, 1)
        await fair.step(packet_id, 61)
        with pytest.raises(PacketOver):
            await fair.give(record, 2)
        async with asyncio.timeout(10):
            while (await fair.record(packet_id)).returned_minor is None:
                await asyncio.sleep(0.01)
                await fair.town.settle()

    async def test_the_clock_may_step_an_hour_and_the_rest_returns_once(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY, closesAt=soon(60))
        record = await fair.record(packet_id)
        won = await fair.give(record, 1)
        key = clock_key(bucket_of(record.id))
        for seconds in (61, -3_600, 3_600, -3_600, 7_200):
            await fair.house.live.call("INCRBY", key, seconds * 1_000)
            await fair.sweep()
            with pytest.raises(PacketOver):
                await fair.give(record, 2)
            await fair.sweep()
        assert await fair.money(shop, packet_id) == [1_000_000 - won.amount_minor, 0]
        assert await fair.audit() == []

    @pytest.mark.parametrize("seed", range(4))
    async def test_any_order_and_three_times_end_the_same(self, fair: Fair, seed: int):
        rng = random.Random(seed)
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        grants = [await fair.give(record, number) for number in range(1, 31)]
        await fair.claims.close(record.id, CloseReason.ENDED)
        decisions = await fair.decisions(packet_id) * 3
        rng.shuffle(decisions)
        while decisions:
            size = rng.randrange(1, 20)
            batch, decisions = decisions[:size], decisions[size:]
            assert await fair.settle_these(batch) == []
        total = sum(each.amount_minor for each in grants)
        assert await fair.money(shop, packet_id) == [1_000_000 - total, 0]
        for number, grant in enumerate(grants, 1):
            assert await fair.balance(AccountKind.WALLET, number) == grant.amount_minor
        await fair.town.settle()
        assert await fair.audit() == []

    async def test_the_rest_waits_for_the_last_claim(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        for number in range(1, 4):
            await fair.give(record, number)
        await fair.claims.close(record.id, CloseReason.ENDED)
        first, second, third, closing = await fair.decisions(packet_id)
        for each in (closing, third, first):
            await fair.settle_these([each])
            assert not await fair.settler.finish(record.id)
            assert (await fair.record(packet_id)).returned_minor is None
        await fair.settle_these([second])
        assert (await fair.record(packet_id)).returned_minor is not None

    async def test_many_who_finish_at_once_return_it_once(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, EQUAL)
        record = await fair.record(packet_id)
        await fair.claims.close(record.id, CloseReason.ENDED)
        closing = await fair.decisions(packet_id)
        await asyncio.gather(
            *(fair.settle_these(closing) for _ in range(3)),
            *(fair.settler.finish(record.id) for _ in range(3)),
        )
        assert await fair.money(shop, packet_id) == [1_000_000, 0]


class TestConflicts:
    async def test_a_contradiction_is_quarantined_and_pays_nobody(self, fair: Fair):
        """Two decisions of one epoch about one share cannot be: no loss explains them."""
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, EQUAL)
        record = await fair.record(packet_id)
        await fair.give(record, 1)
        await fair.give(record, 2)
        one, two = await fair.decisions(packet_id)
        same_share = replace(two, sequence=101, fields={**two.fields, "share": b"0"})
        another = replace(two, sequence=102, fields={**two.fields, "shopper": b"1", "share": b"2"})
        elsewhere = replace(two, sequence=103, fields={**two.fields, "packet": b"12345"})
        await fair.settle_these([one])
        for bad in (same_share, another, elsewhere):
            assert len(await fair.settle_these([bad])) == 1
        assert len(await fair.settle_these([one, same_share, two])) == 1
        assert await fair.balance(AccountKind.WALLET, 2) == 88
        assert await fair.balance(AccountKind.WALLET, 1) == 88


async def test_a_wallet_sees_a_grant_before_it_is_settled(fair: Fair):
    from campaigns.ledger.interfaces import Registry

    shop = await fair.rich_shop()
    ann = await fair.town.shopper()
    packet_id = await fair.open(shop)
    await fair.grab(packet_id, ann)
    registry = fair.house.doors.get(Registry)
    async with asyncio.timeout(5):
        while await registry.pending(ann.id) != {"CNY": 88}:
            await asyncio.sleep(0.01)
    await fair.town.settle()
    assert not await registry.pending(ann.id)
    assert await fair.balance(AccountKind.WALLET, ann.id) == 88


async def test_the_proof_balances_at_every_moment(fair: Fair):
    from games.claims.settling.books import PacketBooks

    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, EQUAL)
    record = await fair.record(packet_id)
    audits = {n: a for w in fair.town.composed.wirings for n, a in w.audits.items()}
    books: PacketBooks = audits["packets"].__self__  # type: ignore[attr-defined]

    async def cut() -> tuple[int, int]:
        made = (await books.cut([record.id, 999]))[record.id]
        return made.remaining_minor, made.unsettled_minor

    assert await cut() == (264, 0)
    await fair.give(record, 1)
    assert await cut() == (176, 88)
    await fair.town.settle()
    assert await cut() == (176, 0)
    await fair.give(record, 2)
    await fair.claims.close(record.id, CloseReason.ENDED)
    assert await cut() == (0, 176)
    await fair.town.settle()
    assert await cut() == (0, 0)
    with pytest.raises(AppError):
        await fair.give(record, 3)
