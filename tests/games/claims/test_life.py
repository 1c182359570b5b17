"""A packet's life: drafted, funded, opened, grabbed, settled, closed; its rest returns once."""

import asyncio

import pytest

from campaigns.ledger.interfaces import AccountKind
from tests.games.conftest import EQUAL, Fair, soon
from tests.servers import Servers, Valkeys

LUCKY = {"form": "lucky", "count": 20, "totalMinor": 10_000, "minMinor": 10}


class TestLife:
    async def test_from_draft_to_refund_every_cent_is_somewhere(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        ann, ben, cleo = [await fair.town.shopper() for _ in range(3)]
        packet_id = await fair.draft(shop)
        assert await fair.money(shop, packet_id) == [1_000, 0]
        await fair.act(shop, packet_id, "fund")
        assert await fair.money(shop, packet_id) == [736, 264]
        await fair.act(shop, packet_id, "schedule", json={"closesAt": soon(120)})
        won = await fair.grab(packet_id, ann)
        assert won["outcome"] == "granted"
        assert won["claim"]["amount"] == {"amountMinor": 88, "currency": "CNY"}
        assert (await fair.grab(packet_id, ben))["claim"]["share"] == 2
        figures = await fair.figures(shop, packet_id)
        assert (figures["granted"], figures["unsettled"], figures["remaining"]) == (176, 176, 88)
        await fair.town.settle()
        assert await fair.money(shop, packet_id, ann, ben, cleo) == [736, 88, 88, 88, 0]
        figures = await fair.figures(shop, packet_id)
        assert (figures["granted"], figures["unsettled"], figures["opened"]) == (176, 0, 2)
        ticket = (await fair.view(packet_id, cleo))["ticket"]
        await fair.step(packet_id, 121)
        assert await fair.refused(packet_id, cleo, ticket=ticket) == "packet_over"
        await fair.sweep()
        assert await fair.money(shop, packet_id, ann, ben, cleo) == [824, 0, 88, 88, 0]
        figures = await fair.figures(shop, packet_id)
        assert (figures["refunded"], figures["remaining"], figures["status"]) == (88, 0, "closed")
        again = await fair.view(packet_id, ann)
        assert again["mine"][0]["amount"]["amountMinor"] == 88
        await fair.sweep()
        assert await fair.money(shop, packet_id) == [824, 0]
        assert await fair.audit() == []

    async def test_lucky_shares_add_up_to_what_was_funded(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        record = await fair.record(packet_id)
        grants = await asyncio.gather(*(fair.give(record, 1_000 + n) for n in range(25)))
        amounts = [grant.amount_minor for grant in grants if grant is not None]
        assert len(amounts) == 20
        assert sum(amounts) == 10_000
        assert min(amounts) >= 10
        await fair.town.settle()
        assert await fair.balance(AccountKind.ESCROW, int(packet_id)) == 0
        assert sum(row.amount_minor for row in await fair.rows(packet_id)) == 10_000
        assert await fair.audit() == []

    async def test_results_name_who_got_what_and_best_luck(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, LUCKY)
        people = [await fair.town.shopper(f"客人{n}") for n in range(4)]
        won = [(await fair.grab(packet_id, each))["claim"]["amount"] for each in people]
        await fair.town.settle()
        path = f"/v1/packets/{packet_id}/results"
        page = await fair.town.good("GET", f"{path}?limit=3", people[0])
        rest = await fair.town.good("GET", f"{path}?limit=3&cursor={page['nextCursor']}")
        items = page["items"] + rest["items"]
        assert [each["name"] for each in items] == [f"客人{n}" for n in (3, 2, 1, 0)]
        assert [each["amount"] for each in items] == won[::-1]
        best = max(amount["amountMinor"] for amount in won)
        assert [each["amount"]["amountMinor"] for each in items if each["best"]] == [best]

    async def test_nobody_is_luckier_where_all_get_the_same(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        packet_id = await fair.open(shop, EQUAL)
        for name in ("客人1", "客人2"):
            await fair.grab(packet_id, await fair.town.shopper(name))
        await fair.town.settle()
        page = await fair.town.good("GET", f"/v1/packets/{packet_id}/results")
        assert [each["best"] for each in page["items"]] == [False, False]

    async def test_calling_off_before_the_opening_returns_all(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        opens = soon(3_600)
        for steps in ([], ["fund"], ["fund", "schedule"]):
            packet_id = await fair.draft(shop)
            for step in steps:
                body = {"json": {"opensAt": opens}} if step == "schedule" else {}
                await fair.act(shop, packet_id, step, **body)
            await fair.act(shop, packet_id, "cancel")
            await fair.town.settle()
            await fair.sweep()
            assert await fair.money(shop, packet_id) == [1_000, 0]
            assert (await fair.record(packet_id)).status == "cancelled"
            await fair.act(shop, packet_id, "cancel") if steps != ["fund", "schedule"] else None
        assert await fair.audit() == []

    async def test_what_has_opened_is_not_called_off_but_ended(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        ann = await fair.town.shopper()
        packet_id = await fair.open(shop)
        await fair.grab(packet_id, ann)
        path = f"/v1/brands/{shop.id}/packets/{packet_id}/cancel"
        answer = await fair.town.ask("POST", path, shop.owner)
        assert (answer.status_code, answer.json()["code"]) == (409, "packet_already_open")
        ticket = (await fair.view(packet_id, ann))["ticket"]
        await fair.act(shop, packet_id, "end")
        ben = await fair.town.shopper()
        assert (await fair.view(packet_id, ben))["ticket"] is None
        again = await fair.grab(packet_id, ann, ticket=ticket)
        assert again["claim"]["amount"]["amountMinor"] == 88
        await fair.town.settle()
        await fair.sweep()
        assert await fair.money(shop, packet_id, ann) == [912, 0, 88]
        await fair.act(shop, packet_id, "end")
        assert await fair.audit() == []

    async def test_it_is_loaded_before_the_crowd_comes(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop, opensAt=soon(60))
        called_off = await fair.open(shop, opensAt=soon(60))
        await fair.act(shop, called_off, "cancel")
        await fair.town.settle()
        assert await fair.store.standing(int(packet_id)) is None
        assert "packets.warm" not in await fair.town.run_jobs()
        assert "packets.warm" in await fair.town.run_jobs(also_later=True)
        assert await fair.store.standing(int(packet_id)) is not None

    async def test_a_pause_holds_grabs_up_and_nothing_else(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop)
        await fair.grab(packet_id, ann)
        await fair.act(shop, packet_id, "pause")
        assert (await fair.view(packet_id, ben))["status"] == "paused"
        assert await fair.refused(packet_id, ben) == "packet_paused"
        assert (await fair.grab(packet_id, ann))["claim"]["share"] == 1
        await fair.act(shop, packet_id, "resume")
        assert (await fair.grab(packet_id, ben))["claim"]["share"] == 2

    async def test_a_pause_that_was_overtaken_changes_nothing(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.open(shop)
        record = await fair.record(packet_id)
        await fair.give(record, 1)
        await fair.claims.pause(record.id, record.version + 2, paused=False)
        await fair.claims.pause(record.id, record.version + 1, paused=True)
        assert (await fair.give(record, 2)).share == 1

    async def test_it_opens_and_closes_by_the_servers_clock(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, opensAt=soon(60), closesAt=soon(120))
        assert (await fair.view(packet_id, ann))["status"] == "upcoming"
        assert await fair.refused(packet_id, ann) == "packet_not_open"
        ticket = (await fair.view(packet_id, ben))["ticket"]
        await fair.step(packet_id, 50)
        assert await fair.refused(packet_id, ann) == "packet_not_open"
        await fair.step(packet_id, 11)
        mine = (await fair.view(packet_id, ann))["ticket"]
        assert (await fair.grab(packet_id, ann, ticket=mine))["outcome"] == "granted"
        await fair.step(packet_id, 60)
        assert await fair.refused(packet_id, ben, ticket=ticket) == "packet_over"
        again = await fair.grab(packet_id, ann, ticket=mine)
        assert again["claim"]["share"] == 1


class TestMoney:
    async def test_a_dry_run_says_what_funding_does_and_does_nothing(self, fair: Fair):
        shop = await fair.rich_shop(1_000)
        packet_id = await fair.draft(shop)
        told = await fair.act(shop, packet_id, "fund?dryRun=true")
        assert told["dryRun"] is True
        assert (told["budgetAfter"]["amountMinor"], told["missing"]["amountMinor"]) == (736, 0)
        assert await fair.money(shop, packet_id) == [1_000, 0]
        assert (await fair.record(packet_id)).status == "draft"
        poor = await fair.town.shop()
        packet_id = await fair.draft(poor)
        told = await fair.act(poor, packet_id, "fund?dryRun=true")
        assert told["missing"]["amountMinor"] == 264

    async def test_over_budget_is_refused_and_changes_nothing(self, fair: Fair):
        shop = await fair.rich_shop(263)
        packet_id = await fair.draft(shop)
        path = f"/v1/brands/{shop.id}/packets/{packet_id}/fund"
        answer = await fair.town.ask("POST", path, shop.owner)
        assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_funds")
        assert await fair.money(shop, packet_id) == [263, 0]
        assert (await fair.record(packet_id)).status == "draft"

    async def test_a_budget_is_never_promised_twice(self, fair: Fair):
        shop = await fair.rich_shop(264 * 3)
        ids = [await fair.draft(shop) for _ in range(8)]
        paths = [f"/v1/brands/{shop.id}/packets/{each}/fund" for each in ids]
        answers = await asyncio.gather(
            *(fair.town.ask("POST", path, shop.owner) for path in paths for _ in range(2))
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] * 3 + [409] * 13
        assert await fair.balance(AccountKind.BUDGET, shop.id) == 0

    async def test_a_funded_packet_keeps_its_rules(self, fair: Fair):
        shop = await fair.rich_shop()
        packet_id = await fair.draft(shop)
        path = f"/v1/brands/{shop.id}/packets/{packet_id}"
        changed = await fair.town.good("PATCH", path, shop.owner, json={"rules": LUCKY})
        assert (changed["count"], changed["rules"]["form"]) == (20, "lucky")
        await fair.act(shop, packet_id, "fund")
        answer = await fair.town.ask("PATCH", path, shop.owner, json={"rules": EQUAL})
        assert (answer.status_code, answer.json()["code"]) == (409, "packet_state")
        changed = await fair.town.good("PATCH", path, shop.owner, json={"title": "新名字"})
        assert changed["title"] == "新名字"


class TestBadInput:
    @pytest.fixture
    def valkeys(self, servers: Servers) -> Valkeys:
        """What is refused reaches neither: once is enough."""
        return servers.singles

    @pytest.mark.parametrize(
        ("rules", "pointer"),
        [
            ({"form": "lucky", "count": 10, "totalMinor": 9}, "/rules/totalMinor"),
            ({"form": "equal", "count": 0, "eachMinor": 9}, "/rules/count"),
            ({"form": "equal", "count": 1, "eachMinor": -9}, "/rules/eachMinor"),
            ({"form": "equal", "count": 10**9, "eachMinor": 9}, "/rules/count"),
            ({"form": "passphrase", "phrase": " ", "split": EQUAL}, "/rules/phrase"),
            ({"form": "passphrase", "phrase": "\u200b\u200b", "split": EQUAL}, "/rules/phrase"),
            ({"form": "cheese"}, "/rules/form"),
            ({"form": "follow", "split": EQUAL, "accountId": "1"}, "/rules/accountId"),
            ({"form": "watch", "split": EQUAL, "videoId": "1", "atMs": 0}, "/rules/videoId"),
        ],
    )
    async def test_rules_that_nobody_can_keep_are_named(
        self, fair: Fair, rules: dict[str, object], pointer: str
    ):
        shop = await fair.rich_shop()
        path = f"/v1/brands/{shop.id}/packets"
        body = {"title": "x", "rules": rules}
        answer = await fair.town.ask("POST", path, shop.owner, json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == pointer, answer.text
        assert (await fair.town.good("GET", path, shop.owner))["items"] == []

    async def test_what_is_no_currency_is_named(self, fair: Fair):
        shop = await fair.rich_shop()
        path = f"/v1/brands/{shop.id}/packets"
        draft = await fair.draft(shop)
        body = {"title": "x", "rules": EQUAL, "currency": "ZZZ"}
        for method, where in (("POST", path), ("PATCH", f"{path}/{draft}")):
            sent = body if method == "POST" else {"currency": "XAU"}
            answer = await fair.town.ask(method, where, shop.owner, json=sent)
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["pointer"] == "/currency"
        (kept,) = (await fair.town.good("GET", path, shop.owner))["items"]
        assert kept["total"]["currency"] == "CNY"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"opensAt": "2020-01-01T00:00:00Z"}, "/opensAt"),
            ({"opensAt": "2090-01-01T00:00:00Z"}, "/opensAt"),
            ({"closesAt": "2020-01-01T00:00:00Z"}, "/closesAt"),
            ({"closesAt": "2090-01-01T00:00:00Z"}, "/closesAt"),
            ({"announcedAt": "2090-01-01T00:00:00Z"}, "/announcedAt"),
            ({"opensAt": "9999-12-31T23:59:59Z"}, "/opensAt"),
            ({"opensAt": "0001-01-01T00:00:00Z"}, "/opensAt"),
            ({"closesAt": "9999-12-31T23:59:59Z"}, "/closesAt"),
        ],
    )
    async def test_impossible_windows_are_named(
        self, fair: Fair, body: dict[str, str], pointer: str
    ):
        shop = await fair.rich_shop()
        packet_id = await fair.draft(shop)
        await fair.act(shop, packet_id, "fund")
        path = f"/v1/brands/{shop.id}/packets/{packet_id}/schedule"
        answer = await fair.town.ask("POST", path, shop.owner, json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert (await fair.record(packet_id)).status == "funded"
