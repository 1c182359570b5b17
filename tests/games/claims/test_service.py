"""Grabs are exact: under concurrency, replays, lost state, and whatever callers send."""

import asyncio
import random
from dataclasses import replace

import pytest

from app.kernel.errors import AppError, Unavailable
from app.kernel.tickets import Tickets
from app.kernel.valkey import aggregates
from app.kernel.valkey.decisions import clock_key
from app.kernel.valkey.keys import bucket_of
from campaigns.ledger.interfaces import AccountKind
from games.claims.errors import PacketOver
from games.claims.interfaces import Grant
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
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        token = fair.store.packets.loading_keys(record.id)[1]
        real_shares = fair.packets.shares
        taken: list[bool] = []

        async def meanwhile(asked: PacketRecord) -> object:
            if not taken:
                taken.append(True)
                await fair.house.live.call("SET", token, "somebody else's", "PX", 50)
            return await real_shares(asked)

        monkeypatch.setattr(fair.packets, "shares", meanwhile)
        assert (await fair.give(record, 1)).share == 0
        assert taken

    async def test_large_packets_load_in_parts(self, fair: Fair, monkeypatch: pytest.MonkeyPatch):
        from games.claims import repository, store

        monkeypatch.setattr(store, "_PAIRS_A_PART", 3)
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


class TestCallers:
    async def test_a_guessed_id_opens_nothing(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(
            shop, EQUAL, opensAt=soon(50), closesAt=soon(200), announcedAt=soon(40)
        )
        answer = await fair.town.ask("GET", f"/v1/packets/{packet_id}", ann)
        assert answer.status_code == 404
        assert await fair.refused(packet_id, ann, ticket="x") == "packet_not_found"
        assert (await fair.town.good("GET", "/v1/packets"))["items"] == []
        await fair.step(packet_id, 41)
        listed = await fair.town.good("GET", "/v1/packets")
        assert [each["id"] for each in listed["items"]] == [packet_id]
        assert (await fair.view(packet_id, ann))["ticket"]
        await fair.step(packet_id, 12)
        for wrong in ("", "guess", "A" * 64):
            assert await fair.refused(packet_id, ann, ticket=wrong) == "ticket_invalid"
        assert await fair.refused(packet_id, ann, ticket="A" * 161) == "invalid"

    async def test_a_ticket_is_ones_own_and_for_one_packet(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        one, other = await fair.open(shop), await fair.open(shop)
        ticket = (await fair.view(one, ann))["ticket"]
        assert await fair.refused(one, ben, ticket=ticket) == "ticket_invalid"
        assert await fair.refused(other, ann, ticket=ticket) == "ticket_invalid"
        for place in (0, 20, 40):
            changed = ticket[:place] + ("A" if ticket[place] != "A" else "B") + ticket[place + 1 :]
            assert await fair.refused(one, ann, ticket=changed) == "ticket_invalid"
        assert await fair.rows(one) == []
        assert (await fair.view(one, None))["ticket"] is None

    async def test_bodies_of_every_sort_are_clear_problems(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop)
        path = f"/v1/packets/{packet_id}/grab"
        for body in (b"", b"{", b"[]", b"{}", b'{"ticket":1}', b'{"ticket":"x","more":1}'):
            answer = await fair.town.ask("POST", path, ann, content=body)
            assert answer.status_code == 400, (body, answer.text)
            assert answer.json()["code"] == "invalid"
        answer = await fair.town.ask("POST", path, json={"ticket": "x"})
        assert answer.status_code == 401
        key = await fair.town.key(shop, live=True)
        answer = await fair.town.ask("POST", path, key, json={"ticket": "x"})
        assert answer.status_code == 403
        assert (await fair.view(packet_id, ann))["mine"] == []

    async def test_a_process_that_has_not_heard_gives_no_money(
        self, fair: Fair, monkeypatch: pytest.MonkeyPatch
    ):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop)
        ticket = (await fair.view(packet_id, ann))["ticket"]
        monkeypatch.setattr(type(fair.house.changes), "stale_seconds", 11.0)
        answer = await fair.ask_grab(packet_id, ann, ticket=ticket)
        assert answer.status_code == 503


class TestRestoring:
    async def test_a_receipt_brings_a_forgotten_share_back(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, LUCKY)
        for number in range(1, 6):
            await fair.give(await fair.record(packet_id), number)
        await fair.town.settle()
        won = (await fair.grab(packet_id, ann))["claim"]
        await fair.wipe_live()
        path = f"/v1/packets/{packet_id}/restore"
        back = await fair.town.good("POST", path, ann, json={"receipt": won["receipt"]})
        assert (back["share"], back["amount"]) == (won["share"], won["amount"])
        again = await fair.town.good("POST", path, ann, json={"receipt": won["receipt"]})
        assert again == back
        assert (await fair.grab(packet_id, ann))["claim"] == back
        record = await fair.record(packet_id)
        rest = await asyncio.gather(*(fair.give(record, n) for n in range(10, 80)))
        assert sum(each is not None for each in rest) == 54
        await fair.town.settle()
        assert await fair.balance(AccountKind.ESCROW, record.id) == 0
        assert await fair.balance(AccountKind.LOSS, 0) == 0
        assert await fair.audit() == []

    async def test_a_share_given_again_is_paid_twice_the_second_time_by_the_platform(
        self, fair: Fair
    ):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, LUCKY)
        won = (await fair.grab(packet_id, ann))["claim"]
        amount = won["amount"]["amountMinor"]
        await fair.wipe_live()
        record = await fair.record(packet_id)
        other = await fair.give(record, 2)
        assert (other.share, other.amount_minor) == (won["share"] - 1, amount)
        path = f"/v1/packets/{packet_id}/restore"
        await fair.town.good("POST", path, ann, json={"receipt": won["receipt"]})
        await fair.town.settle()
        assert await fair.balance(AccountKind.WALLET, ann.id) == amount
        assert await fair.balance(AccountKind.WALLET, 2) == amount
        assert await fair.balance(AccountKind.LOSS, 0) == -amount
        assert (await fair.figures(shop, packet_id))["lost"] == amount
        await fair.wipe_live()
        assert (await fair.grab(packet_id, ann))["claim"]["amount"]["amountMinor"] == amount
        assert await fair.quarantined() == []
        assert await fair.audit() == []

    async def test_a_decision_that_arrives_after_its_share_was_given_again_is_paid_too(
        self, fair: Fair
    ):
        """A worker held it while the live state was lost, and wakes up."""
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        first = await fair.give(record, 1)
        held = await fair.decisions(packet_id)
        await fair.wipe_live()
        assert (await fair.give(record, 2)).share == first.share
        await fair.town.settle()
        assert await fair.settle_these(held) == []
        assert await fair.balance(AccountKind.WALLET, 1) == first.amount_minor
        assert await fair.balance(AccountKind.LOSS, 0) == -first.amount_minor
        assert await fair.settle_these(held) == []
        assert await fair.balance(AccountKind.WALLET, 1) == first.amount_minor

    async def test_restored_and_the_original_arrives_as_well_is_one(self, fair: Fair):
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, LUCKY)
        won = (await fair.grab(packet_id, ann))["claim"]
        held = await fair.decisions(packet_id)
        await fair.wipe_live()
        path = f"/v1/packets/{packet_id}/restore"
        await fair.town.good("POST", path, ann, json={"receipt": won["receipt"]})
        await fair.town.settle()
        assert await fair.settle_these(held) == []
        assert await fair.balance(AccountKind.WALLET, ann.id) == won["amount"]["amountMinor"]
        assert await fair.audit() == []

    async def test_a_closing_that_was_lost_before_its_claims_came_is_decided_again(
        self, fair: Fair
    ):
        """Its claims are gone with the live state; the rest returns all the same."""
        shop = await fair.rich_shop()
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop, LUCKY)
        won = (await fair.grab(packet_id, ann))["claim"]
        record = await fair.record(packet_id)
        await fair.claims.close(record.id, CloseReason.ENDED)
        _, closing = await fair.decisions(packet_id)
        await fair.settle_these([closing])
        await fair.wipe_live()
        await fair.sweep()
        await fair.sweep()
        assert (await fair.record(packet_id)).returned_minor == 30_000
        path = f"/v1/packets/{packet_id}/restore"
        await fair.town.good("POST", path, ann, json={"receipt": won["receipt"]})
        await fair.town.settle()
        amount = won["amount"]["amountMinor"]
        assert await fair.balance(AccountKind.WALLET, ann.id) == amount
        assert await fair.balance(AccountKind.LOSS, 0) == -amount
        assert await fair.money(shop, packet_id) == [1_000_000, 0]
        assert await fair.audit() == []

    async def test_only_ones_own_receipt_counts(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id, other = await fair.open(shop), await fair.open(shop)
        receipt = (await fair.grab(packet_id, ann))["claim"]["receipt"]
        for path_id, who, text, code in (
            (packet_id, ben, receipt, "receipt_invalid"),
            (other, ann, receipt, "receipt_invalid"),
            (packet_id, ann, receipt[:-9] + "AAAAAAAA=", "ticket_invalid"),
            (packet_id, ann, (await fair.view(other, ann))["ticket"], "ticket_invalid"),
        ):
            path = f"/v1/packets/{path_id}/restore"
            answer = await fair.town.ask("POST", path, who, json={"receipt": text})
            assert (answer.status_code, answer.json()["code"]) == (403, code)
        forged = Tickets([b"0" * 32], "packet-receipt").sign(int(packet_id), ben.id, 0, 1, 88, 1)
        path = f"/v1/packets/{packet_id}/restore"
        answer = await fair.town.ask("POST", path, ben, json={"receipt": forged})
        assert answer.status_code == 403
        await fair.town.settle()
        assert len(await fair.rows(packet_id)) == 1


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
