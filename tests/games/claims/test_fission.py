"""A fission: a grab makes a link; each helper opens a share of it and enlarges the sharer's."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from campaigns.ledger.interfaces import AccountKind
from games.claims import store as store_module
from games.claims.errors import DeviceDone, HelperDone, LinkFull, NotAside
from games.claims.interfaces import Grant, Help
from games.claims.service import HelpReceipt
from games.packets.interfaces import CloseReason, Fission, PacketRecord
from tests.factories.town import Resident
from tests.games.claims.test_half_way import CALLS_MAX, fail_once, settle_soon
from tests.games.conftest import Fair

RULES = {
    "form": "fission",
    "links": 4,
    "baseMinor": 100,
    "helpers": 3,
    "helperMinor": 20,
    "bonusMinor": 50,
    "helpsMax": 2,
    "deviceHelpsMax": 4,
}
TOTAL = 4 * (100 + 3 * 70)


async def help_out(
    fair: Fair, packet_id: str, who: Resident, link: str, step: str, device: str = "a device"
) -> Any:
    body = {"link": link, "device": device}
    return await fair.town.ask("POST", f"/v1/packets/{packet_id}/helps/{step}", who, json=body)


class TestHelping:
    async def test_each_helper_gets_a_share_and_the_sharer_more(self, fair: Fair):
        shop = await fair.rich_shop(TOTAL)
        ann, ben, cleo = [await fair.town.shopper(name) for name in ("安", "本", "可")]
        packet_id = await fair.open(shop, RULES)
        claim = (await fair.grab(packet_id, ann))["claim"]
        assert claim["amount"]["amountMinor"] == 100
        path = f"/v1/packets/{packet_id}/link?code={claim['link']}"
        seen = await fair.town.good("GET", path, ben)
        assert (seen["sharerName"], seen["helped"], seen["helpers"]) == ("安", 0, 3)
        assert (await fair.town.good("GET", path, ann))["own"] is True
        answer = await help_out(fair, packet_id, ben, claim["link"], "confirm")
        assert answer.json()["code"] == "reservation_over"
        reserved = (await help_out(fair, packet_id, ben, claim["link"], "reserve")).json()
        again = (await help_out(fair, packet_id, ben, claim["link"], "reserve")).json()
        assert reserved["until"] == again["until"] is not None
        helped = (await help_out(fair, packet_id, ben, claim["link"], "confirm")).json()
        assert helped["amount"]["amountMinor"] == 20
        assert (await help_out(fair, packet_id, ben, claim["link"], "confirm")).json() == helped
        told = (await help_out(fair, packet_id, ben, claim["link"], "reserve")).json()
        assert told == {"until": None, "claim": helped}
        await help_out(fair, packet_id, cleo, claim["link"], "reserve")
        await help_out(fair, packet_id, cleo, claim["link"], "confirm")
        await fair.town.settle()
        assert await fair.money(shop, packet_id, ann, ben, cleo) == [0, TOTAL - 240, 200, 20, 20]
        mine = (await fair.view(packet_id, ann))["mine"]
        assert [each["amount"]["amountMinor"] for each in mine] == [100, 50, 50]
        await fair.act(shop, packet_id, "end")
        await fair.town.settle()
        assert await fair.money(shop, packet_id) == [TOTAL - 240, 0]
        assert await fair.audit() == []

    async def test_without_links_it_is_sold_out_and_friends_help_on(self, fair: Fair):
        shop = await fair.rich_shop(TOTAL)
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, {**RULES, "links": 1})
        assert (await fair.view(packet_id, ben))["status"] == "open"
        link = (await fair.grab(packet_id, ann))["claim"]["link"]
        view = await fair.view(packet_id, ben)
        assert (view["status"], view["ticket"]) == ("sold_out", None)
        for step in ("reserve", "confirm"):
            assert (await help_out(fair, packet_id, ben, link, step)).status_code == 200
        await fair.town.settle()
        assert len((await fair.view(packet_id, ben))["mine"]) == 1

    async def test_nobody_helps_oneself_and_no_link_is_guessed(self, fair: Fair):
        shop = await fair.rich_shop(TOTAL * 2)
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id, other = await fair.open(shop, RULES), await fair.open(shop, RULES)
        link = (await fair.grab(packet_id, ann))["claim"]["link"]
        for step in ("reserve", "confirm"):
            answer = await help_out(fair, packet_id, ann, link, step)
            assert answer.json()["code"] == "own_link"
            for wrong in ("guessed guess", link[:-8] + "AAAAAAA="):
                answer = await help_out(fair, packet_id, ben, wrong, step)
                assert (answer.status_code, answer.json()["code"]) == (404, "link_not_found")
            answer = await help_out(fair, other, ben, link, step)
            assert answer.json()["code"] == "link_not_found"
        receipt = (await fair.grab(packet_id, ann))["claim"]["receipt"]
        answer = await help_out(fair, packet_id, ben, receipt, "reserve")
        assert answer.status_code == 404
        await fair.town.settle()
        assert len(await fair.rows(packet_id)) == 1

    async def test_what_is_set_aside_is_kept_given_up_or_runs_out(self, fair: Fair):
        shop = await fair.rich_shop(TOTAL)
        people = [await fair.town.shopper() for _ in range(5)]
        packet_id = await fair.open(shop, RULES)
        link = (await fair.grab(packet_id, people[0]))["claim"]["link"]
        for who in people[1:4]:
            assert (await help_out(fair, packet_id, who, link, "reserve")).status_code == 200
        answer = await help_out(fair, packet_id, people[4], link, "reserve")
        assert answer.json()["code"] == "link_full"
        gone = (await help_out(fair, packet_id, people[1], link, "release")).json()
        assert gone == {"until": None, "claim": None}
        assert (await help_out(fair, packet_id, people[4], link, "reserve")).status_code == 200
        answer = await help_out(fair, packet_id, people[1], link, "reserve")
        assert answer.json()["code"] == "link_full"
        await fair.step(packet_id, 121)
        answer = await help_out(fair, packet_id, people[4], link, "confirm")
        assert answer.json()["code"] == "reservation_over"
        assert (await help_out(fair, packet_id, people[1], link, "reserve")).status_code == 200
        assert (await help_out(fair, packet_id, people[1], link, "confirm")).status_code == 200


async def opened(fair: Fair, sharers: int, **more: int) -> tuple[PacketRecord, Fission, list[int]]:
    """A fission with links of so many sharers."""
    shop = await fair.rich_shop(10**9)
    record = await fair.record(await fair.open(shop, {**RULES, **more}))
    assert isinstance(record.rules, Fission)
    links = [(await fair.give(record, 1_000 + n)).share for n in range(sharers)]
    return record, record.rules, links


async def help_quick(fair: Fair, record: PacketRecord, rules: Fission, help_: Help) -> Any:
    await fair.claims.reserve_help(record, rules, help_, 60_000)
    return await fair.claims.confirm_help(record, rules, help_)


class TestLimits:
    async def test_a_link_takes_so_many_helpers_under_any_concurrency(self, fair: Fair):
        record, rules, _ = await opened(fair, 1)
        helps = [Help(0, 1_000, helper, helper) for helper in range(1, 60) for _ in range(2)]
        answers = await asyncio.gather(
            *(help_quick(fair, record, rules, each) for each in helps), return_exceptions=True
        )
        good = {each.order for each in answers if not isinstance(each, BaseException)}
        assert len(good) == 3
        assert {type(each) for each in answers if isinstance(each, BaseException)} <= {
            LinkFull,
            NotAside,
        }
        await fair.town.settle()
        assert await fair.balance(AccountKind.WALLET, 1_000) == 100 + 3 * 50
        assert await fair.audit() == []

    async def test_a_helper_and_a_device_help_so_often_also_after_a_loss(self, fair: Fair):
        record, rules, links = await opened(fair, 4)
        for link in links[:2]:
            await help_quick(fair, record, rules, Help(link, 1_000 + link, 5, 77))
        with pytest.raises(HelperDone):
            await help_quick(fair, record, rules, Help(2, 1_002, 5, 78))
        for helper in (6, 7):
            await help_quick(fair, record, rules, Help(2, 1_002, helper, 77))
        with pytest.raises(DeviceDone):
            await help_quick(fair, record, rules, Help(3, 1_003, 8, 77))
        await fair.town.settle()
        await fair.wipe_live()
        with pytest.raises(HelperDone):
            await help_quick(fair, record, rules, Help(2, 1_002, 5, 78))
        with pytest.raises(DeviceDone):
            await help_quick(fair, record, rules, Help(3, 1_003, 8, 77))
        again = await fair.claims.confirm_help(record, rules, Help(0, 1_000, 5, 77))
        assert (again.share, again.new) == (0, False)
        await help_quick(fair, record, rules, Help(2, 1_002, 9, 9))
        with pytest.raises(LinkFull):
            await help_quick(fair, record, rules, Help(2, 1_002, 10, 10))
        await fair.town.settle()
        assert await fair.audit() == []

    async def test_a_contradicting_help_pays_neither(self, fair: Fair):
        record, rules, _ = await opened(fair, 1)
        await help_quick(fair, record, rules, Help(0, 1_000, 1, 1))
        await help_quick(fair, record, rules, Help(0, 1_000, 2, 2))
        base, one, two = await fair.decisions(str(record.id))
        await fair.settle_these([base])
        bad = replace(two, sequence=99, fields={**two.fields, "shopper": b"1", "share": b"2"})
        assert await fair.settle_these([one]) == []
        assert len(await fair.settle_these([one, bad, two])) == 1
        assert await fair.balance(AccountKind.WALLET, 1) == 20
        assert await fair.balance(AccountKind.WALLET, 1_000) == 100 + 2 * 50
        assert len(await fair.rows(str(record.id))) == 5


@pytest.mark.parametrize("name", ["_RESERVE_HELP", "_CONFIRM_HELP", "_RESTORE_HELP"])
async def test_every_call_may_fail(fair: Fair, monkeypatch: pytest.MonkeyPatch, name: str):
    assert hasattr(store_module, name)
    record, rules, _ = await opened(fair, 40, links=40)
    await fair.town.settle()

    async def act(help_: Help, at: int) -> object:
        if name != "_RESTORE_HELP":
            return await help_quick(fair, record, rules, help_)
        share = help_.link * rules.helpers + at % 2
        receipt = HelpReceipt(record.id, help_, share, 77 << 32 | at)
        return await fair.claims.restore_help(record, receipt)

    for at in range(1, CALLS_MAX):
        help_ = Help(at % 40, 1_000 + at % 40, 5_000 + at, at)
        failed = await fail_once(fair, monkeypatch, name, at, lambda h=help_, n=at: act(h, n))
        settling = asyncio.create_task(settle_soon(fair))
        await help_quick(
            fair, record, rules, Help(help_.link, help_.sharer_id, 9_000 + at, 90 + at)
        )
        await settling
        one = await act(help_, at)
        assert isinstance(one, Grant)
        assert (await fair.claims.confirm_help(record, rules, help_)).order == one.order
        await fair.town.settle()
        assert await fair.audit() == []
        if not failed:
            await fair.claims.close(record.id, CloseReason.ENDED)
            await fair.town.settle()
            assert await fair.audit() == []
            return
    raise AssertionError("too many calls")
