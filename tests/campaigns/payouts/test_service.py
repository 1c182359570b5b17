"""Withdrawals through the API, paid by the sandbox with all its manners."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from campaigns.ledger.proof.service import ProofService
from campaigns.payouts.interfaces import Payout, PayoutNews
from campaigns.payouts.schemas import WithdrawalView
from campaigns.payouts.service import WithdrawalService
from campaigns.payouts.wallet.service import WalletService
from tests.campaigns.ledger.purse import balances, claim, fund, money, post, rows, top_up
from tests.factories.town import Resident, Town

DROP, BRAND = 4_000_000_000_001, 4_000_000_000_000


async def rich(town: Town, amount: int = 1000) -> Resident:
    """A shopper who won something."""
    who = await town.shopper()
    drop = DROP + who.id % 1_000_000_007
    await post(town.house, top_up(BRAND, amount, f"{who.id}"), fund(BRAND, drop, amount))
    await post(town.house, claim(drop, who.id, amount))
    return who


async def ask(town: Town, who: Resident | None, **fields: Any) -> httpx.Response:
    """The answer to a wish of 300."""
    body = {"amount": money(300), "payee": "alipay:小明", "clientId": "one", **fields}
    return await town.ask("POST", "/v1/me/withdrawals", who, json=body)


async def wallet(town: Town, who: Resident) -> tuple[int, int]:
    """(available, withdrawing), asked of the service: the clock moves faster than tokens live."""
    wallets: WalletService = town.composed.service("wallets")
    (balance,) = (await wallets.wallet(who.actor)).balances
    return balance.available.amount_minor, balance.withdrawing.amount_minor


async def seen(town: Town, who: Resident, id_: str) -> WithdrawalView:
    """The withdrawal as it stands."""
    withdrawals: WithdrawalService = town.composed.service("withdrawals")
    async with town.house.database.reading() as session:
        return await withdrawals.get(session, who.actor, int(id_))


async def state(town: Town, who: Resident, id_: str) -> str:
    return str((await seen(town, who, id_)).state)


async def sound(town: Town) -> None:
    """Audits find nothing."""
    withdrawals: WithdrawalService = town.composed.service("withdrawals")
    proof: ProofService = town.composed.service("proof")
    assert [*await withdrawals.audit(), *await proof.audit_rows()] == []


class TestAsk:
    async def test_from_wallet_to_the_world(self, town: Town) -> None:
        who = await rich(town)
        asked = await ask(town, who)
        assert asked.status_code == 201
        id_ = asked.json()["id"]
        assert (asked.json()["state"], asked.json()["amount"]) == ("sending", money(300))
        assert await wallet(town, who) == (700, 300)
        await sound(town)
        await town.run_jobs()
        assert await state(town, who, id_) == "sent"
        await sound(town)
        await town.run_jobs(also_later=True)
        assert await state(town, who, id_) == "received"
        assert await wallet(town, who) == (700, 0)
        assert (await balances(town.house))["platform:0:CNY"] == -700
        await sound(town)
        lines = await town.good("GET", "/v1/me/wallet/lines", who)
        assert [(each["kind"], each["changeMinor"]) for each in lines["items"]] == [
            ("withdraw", -300),
            ("packet.claim", 1000),
        ]

    async def test_a_tap_sent_twice_is_one_withdrawal(self, town: Town) -> None:
        who = await rich(town)
        answers = await asyncio.gather(*(ask(town, who) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert await wallet(town, who) == (700, 300)
        for other in ({"amount": money(301)}, {"payee": "x"}, {"amount": money(300, "USD")}):
            clash = await ask(town, who, **other)
            assert (clash.status_code, clash.json()["code"]) == (409, "client_id_reused")
        await town.run_jobs(also_later=True)
        again = await ask(town, who)
        assert again.json()["state"] == "received"
        assert (await ask(town, await rich(town))).json()["id"] != again.json()["id"]
        await sound(town)

    async def test_never_more_than_there_is(self, town: Town) -> None:
        who = await rich(town)
        before = await rows(town.house)
        short = await ask(town, who, amount=money(1001))
        assert (short.status_code, short.json()["code"]) == (409, "insufficient_funds")
        assert (await ask(town, who, amount=money(1, "USD"))).status_code == 409
        assert (await ask(town, who, amount=money(10**15))).status_code == 409
        assert await rows(town.house) == before
        assert (await town.good("GET", "/v1/me/withdrawals", who))["items"] == []
        wishes = (ask(town, who, clientId=f"{n}", amount=money(400)) for n in range(6))
        answers = await asyncio.gather(*wishes)
        assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]
        assert await wallet(town, who) == (200, 800)
        await sound(town)

    async def test_only_so_many_at_once(self, town: Town) -> None:
        who = await rich(town)
        wishes = (ask(town, who, clientId=f"{n}", amount=money(1)) for n in range(14))
        answers = await asyncio.gather(*wishes)
        refused = [answer.json() for answer in answers if answer.status_code == 409]
        assert [each["code"] for each in refused] == ["too_many_withdrawals"] * 4
        await town.run_jobs(also_later=True)
        assert (await ask(town, who, clientId="more", amount=money(1))).status_code == 201

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"amount": money(0)}, "/amount/amountMinor"),
            ({"amount": money(-5)}, "/amount/amountMinor"),
            ({"amount": money(10**15 + 1)}, "/amount/amountMinor"),
            ({"amount": money(2**80)}, "/amount/amountMinor"),
            ({"amount": money(5, "yen")}, "/amount/currency"),
            ({"amount": money(5, "ZZZ")}, "/amount/currency"),
            ({"payee": ""}, "/payee"),
            ({"payee": " \u200b"}, "/payee"),
            ({"payee": "x" * 65}, "/payee"),
            ({"clientId": ""}, "/clientId"),
            ({"clientId": "x" * 65}, "/clientId"),
            ({"clientId": "一"}, "/clientId"),
            ({"shopperId": "5"}, ""),
        ],
    )
    async def test_bad_input(self, town: Town, wrong: dict[str, Any], pointer: str) -> None:
        who = await rich(town)
        answer = await ask(town, who, **wrong)
        assert answer.status_code == 400, answer.text
        assert pointer in {each["pointer"] for each in answer.json()["errors"]}
        assert await wallet(town, who) == (1000, 0)

    async def test_whose_it_is(self, town: Town) -> None:
        who, other = await rich(town), await rich(town)
        shop = await town.shop()
        key = await town.key(shop, live=True)
        id_ = (await ask(town, who)).json()["id"]
        for stranger in (other, shop.owner):
            path = f"/v1/me/withdrawals/{id_}"
            assert (await town.ask("GET", path, stranger)).status_code == 404
            assert (await town.good("GET", "/v1/me/withdrawals", stranger))["items"] == []
        assert (await ask(town, key)).status_code == 403
        assert (await ask(town, None)).status_code == 401
        for path in ("wallet", "wallet/lines", "withdrawals"):
            assert (await town.ask("GET", f"/v1/me/{path}", key)).status_code == 403
            assert (await town.ask("GET", f"/v1/me/{path}")).status_code == 401

    async def test_pages(self, town: Town) -> None:
        who = await rich(town)
        made = [(await ask(town, who, clientId=f"{n}")).json()["id"] for n in range(3)]
        for path in ("withdrawals", "wallet/lines"):
            found: list[str] = []
            cursor = ""
            while cursor is not None:
                page = await town.good("GET", f"/v1/me/{path}?limit=1{cursor}", who)
                found += [each.get("id") or each["kind"] for each in page["items"]]
                cursor = f"&cursor={page['nextCursor']}" if page["nextCursor"] else None
            assert found == (made[::-1] if path == "withdrawals" else ["withdraw"] * 3
                            + ["packet.claim"])  # fmt: skip


class TestManners:
    """Every way in which a provider behaves, to the end, by jobs and reconciliation."""

    @pytest.mark.parametrize(
        ("payee", "end"),
        [
            ("alipay:小明", "received"),
            ("sandbox-pay", "received"),
            ("sandbox-refuse", "refunded"),
            ("sandbox-fail", "refunded"),
            ("sandbox-timeout", "received"),
            ("sandbox-unreachable", "received"),
            ("sandbox-twice", "received"),
            ("sandbox-silent", "received"),
            ("sandbox-late", "received"),
            ("sandbox-hang", "refunded"),
        ],
    )
    async def test_to_the_end(self, town: Town, payee: str, end: str) -> None:
        who = await rich(town)
        withdrawals: WithdrawalService = town.composed.service("withdrawals")
        id_ = (await ask(town, who, payee=payee)).json()["id"]
        states = ["sending"]
        for _ in range(40):
            await town.run_jobs(also_later=len(states) > 1)
            states.append(await state(town, who, id_))
            await sound(town)
            if states[-1] in ("received", "refunded"):
                break
            town.house.clock.shift(timedelta(hours=2))
            await withdrawals.reconcile()
        assert states[-1] == end, states
        assert await wallet(town, who) == ((700, 0) if end == "received" else (1000, 0))
        assert ((await seen(town, who, id_)).reason is not None) == (end == "refunded")
        before = await rows(town.house)
        town.house.clock.shift(timedelta(hours=30))
        await withdrawals.reconcile()
        await town.run_jobs(also_later=True)
        assert await rows(town.house) == before

    async def test_what_hangs_is_cancelled_before_it_is_refunded(self, town: Town) -> None:
        who = await rich(town)
        withdrawals: WithdrawalService = town.composed.service("withdrawals")
        id_ = (await ask(town, who, payee="sandbox-hang")).json()["id"]
        await town.run_jobs()
        town.house.clock.shift(timedelta(hours=23))
        await withdrawals.reconcile()
        assert await state(town, who, id_) == "sent"
        town.house.clock.shift(timedelta(hours=2))
        await withdrawals.reconcile()
        assert await state(town, who, id_) == "refunding"
        assert await wallet(town, who) == (700, 300)
        assert await town.run_jobs() == ["payouts.advance", "payouts.advance"]
        assert await state(town, who, id_) == "refunded"
        assert await wallet(town, who) == (1000, 0)


class TestReconcile:
    async def test_one_that_cannot_be_helped_keeps_nobody_waiting(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        who, other = await rich(town), await rich(town)
        ill = (await ask(town, who)).json()["id"]
        well = (await ask(town, other)).json()["id"]
        withdrawals: WithdrawalService = town.composed.service("withdrawals")
        provider = withdrawals._provider
        send = provider.send

        async def sometimes(payout: Payout) -> PayoutNews:
            if payout.id == ill:
                raise RuntimeError("a defect of ours")
            return await send(payout)

        monkeypatch.setattr(provider, "send", sometimes)
        town.house.clock.shift(timedelta(minutes=1))
        assert await withdrawals.reconcile() == 2
        assert await state(town, other, well) == "sent"
        assert await state(town, who, ill) == "sending"
        assert await withdrawals.reconcile() == 0  # it waits for its turn like everybody else
        monkeypatch.undo()
        town.house.clock.shift(timedelta(minutes=1))
        assert await withdrawals.reconcile() == 2
        assert await state(town, who, ill) == "sent"
        await sound(town)


class TestAudit:
    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("UPDATE withdrawals SET state = 'received'", "clearing holds 300 CNY"),
            ("UPDATE withdrawals SET state = 'refunded'", "its transfers are withdraw and none"),
            ("UPDATE withdrawals SET amount_minor = 299", "its transfers are none and none"),
            ("DELETE FROM withdrawals", "withdrawals under way are 0"),
        ],
    )
    async def test_what_does_not_match_is_named(
        self, town: Town, statement: str, words: str
    ) -> None:
        from sqlalchemy import text

        await ask(town, await rich(town))
        withdrawals: WithdrawalService = town.composed.service("withdrawals")
        assert await withdrawals.audit() == []
        async with town.house.database.transaction() as tx:
            await tx.session.execute(text(statement))
        problems = await withdrawals.audit()
        assert any(words in each for each in problems), problems
