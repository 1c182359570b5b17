"""A claim in quarantine holds up its packet's rest until two operators decide about it."""

from typing import Any

import pytest

from app.kernel import audits
from app.kernel.valkey.quarantine import audit_quarantine
from app.kernel.valkey.scripts import Script
from campaigns.ledger.interfaces import AccountKind
from games.claims import store
from tests.factories.town import Resident, Shop
from tests.games.conftest import Fair
from tests.servers import Servers, Valkeys

EQUAL = {"form": "equal", "count": 10, "eachMinor": 100}


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers: what operators decide about lies in SQL."""
    return servers.singles


async def give_twice(fair: Fair, monkeypatch: pytest.MonkeyPatch, packet_id: str) -> None:
    """A defect: the first two shoppers are given the same share."""
    record = await fair.record(packet_id)
    script: Script = vars(store)["_GRAB"]
    same = script.source.replace("'next:' .. pool, share + 1", "'next:' .. pool, share")
    assert same != script.source
    with monkeypatch.context() as patch:
        patch.setattr(store, "_GRAB", Script("planted", same, script.refusals))
        await fair.give(record, 1)
        await fair.give(record, 2)
    # the share moves on with the next who come
    await fair.house.live.call("HINCRBY", fair.store.packets.state_key(record.id), "next:0", 1)


async def ended(fair: Fair, shop: Shop, packet_id: str) -> None:
    await fair.act(shop, packet_id, "end")
    await fair.town.settle()


async def listed(fair: Fair, who: Resident) -> Any:
    return (await fair.town.good("GET", "/v1/quarantine", who))["items"]


@pytest.mark.parametrize(("what", "paid"), [("dismiss", 0), ("pay", 100)])
@pytest.mark.parametrize("first", ["the end", "the decision"])
async def test_two_operators_decide_and_the_rest_returns(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, what: str, paid: int, first: str
):
    monkeypatch.setattr(audits, "_TRIES", 2)
    operator, shop = await fair.town.operator(), await fair.rich_shop()
    packet_id = await fair.open(shop, EQUAL)
    await give_twice(fair, monkeypatch, packet_id)
    await fair.give(await fair.record(packet_id), 3)
    if first == "the end":
        await ended(fair, shop, packet_id)
        await fair.sweep()
        assert (await fair.record(packet_id)).returned_minor is None
    await fair.town.settle()
    assert await audit_quarantine(fair.house.database)
    (found,) = await listed(fair, operator)
    assert (found["packetId"], found["amountMinor"], found["resolution"]) == (packet_id, 100, None)
    assert found["shopperId"] in ("1", "2")
    path, body = f"/v1/quarantine/{packet_id}/{found['order']}", {"note": "given twice by a defect"}
    wished = await fair.town.good("POST", f"{path}/{what}", operator, json=body)
    assert (wished["proposedBy"], wished["note"]) == (str(operator.id), body["note"])
    assert wished["resolution"] is None
    assert await audit_quarantine(fair.house.database)
    other = await fair.town.operator()
    done = await fair.town.good("POST", f"{path}/approve", other)
    assert (done["resolvedBy"], done["resolution"]) == (str(other.id), wished["proposal"])
    for step in (what, "approve", "refuse"):
        again = await fair.town.ask("POST", f"{path}/{step}", other, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "quarantine_decided")
    if first == "the decision":
        await ended(fair, shop, packet_id)
    assert (await fair.record(packet_id)).returned_minor == 800
    wallet = await fair.balance(AccountKind.WALLET, int(found["shopperId"]))
    assert (wallet, await fair.balance(AccountKind.LOSS, 0)) == (paid, -paid)
    assert await fair.money(shop, packet_id) == [1_000_000 - 200, 0]
    assert (await listed(fair, operator))[0]["resolution"] == done["resolution"]
    assert await audit_quarantine(fair.house.database) == []
    assert await fair.audit() == []


async def test_a_decision_about_one_lets_nothing_else_pass(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
):
    operator, shop = await fair.town.operator(), await fair.rich_shop()
    packet_id = await fair.open(shop, EQUAL)
    await give_twice(fair, monkeypatch, packet_id)
    await fair.town.settle()
    (found,) = await listed(fair, operator)
    path = f"/v1/quarantine/{packet_id}/{found['order']}"
    await fair.town.good("POST", f"{path}/dismiss", operator, json={"note": "a defect"})
    await fair.town.good("POST", f"{path}/approve", await fair.town.operator())
    for shopper in (3, 4):
        await fair.give(await fair.record(packet_id), shopper)
    await fair.act(shop, packet_id, "end")
    decisions = await fair.decisions(packet_id)
    await fair.settle_these([each for each in decisions if each.fields.get("shopper") != b"4"])
    assert (await fair.record(packet_id)).returned_minor is None, "a claim is missing"
    await fair.town.settle()
    assert (await fair.record(packet_id)).returned_minor == 700


async def test_one_operator_alone_changes_nothing(fair: Fair, monkeypatch: pytest.MonkeyPatch):
    one, other = await fair.town.operator(), await fair.town.operator()
    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, EQUAL)
    await give_twice(fair, monkeypatch, packet_id)
    await ended(fair, shop, packet_id)
    (found,) = await listed(fair, one)
    path = f"/v1/quarantine/{packet_id}/{found['order']}"

    async def refused(step: str, who: Resident) -> tuple[int, str]:
        answer = await fair.town.ask("POST", f"{path}/{step}", who, json={"note": "a defect"})
        return answer.status_code, answer.json()["code"]

    for step in ("approve", "refuse"):
        assert await refused(step, other) == (409, "nothing_proposed")
    await fair.town.good("POST", f"{path}/pay", one, json={"note": "a defect"})
    for step in ("approve", "refuse"):
        assert await refused(step, one) == (403, "same_operator")
        assert await refused(step, shop.owner) == (404, "not_in_quarantine")
    for who in (one, other):
        assert await refused("dismiss", who) == (409, "quarantine_proposed")
    assert (await fair.record(packet_id)).returned_minor is None
    assert await fair.balance(AccountKind.LOSS, 0) == 0
    back = await fair.town.good("POST", f"{path}/refuse", other)
    assert (back["proposal"], back["proposedBy"], back["note"]) == (None, None, "")
    # whoever refused may want something else, and then needs the first
    await fair.town.good("POST", f"{path}/dismiss", other, json={"note": "a defect"})
    assert await refused("approve", other) == (403, "same_operator")
    done = await fair.town.good("POST", f"{path}/approve", one)
    assert (done["resolution"], done["resolvedBy"]) == ("dismissed", str(one.id))
    assert (await fair.record(packet_id)).returned_minor == 900
    assert await fair.balance(AccountKind.LOSS, 0) == 0


async def test_only_operators_see_it_and_only_what_is_there(fair: Fair):
    operator, shop = await fair.town.operator(), await fair.rich_shop()
    packet_id = await fair.open(shop, EQUAL)
    answer = await fair.town.ask("GET", "/v1/quarantine", shop.owner)
    assert answer.status_code == 403
    for who in (operator, shop.owner):
        path = f"/v1/quarantine/{packet_id}/4711/pay"
        answer = await fair.town.ask("POST", path, who, json={"note": "a defect"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_in_quarantine")
