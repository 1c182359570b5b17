"""The ledger's proof holds at every moment, and names the packet that is wrong."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import text

from app.kernel import audits
from app.kernel.errors import AppError
from games.claims.service import Receipt
from games.packets.interfaces import CloseReason
from tests.games.conftest import Fair
from tests.servers import Servers, Valkeys

LUCKY = {"form": "lucky", "count": 400, "totalMinor": 100_000}
FISSION = {
    "form": "fission",
    "links": 3,
    "baseMinor": 10,
    "helpers": 2,
    "helperMinor": 7,
    "bonusMinor": 5,
}
RAIN = {
    "form": "rain",
    "waves": [
        {
            "afterSeconds": at,
            "lastsSeconds": 60,
            "split": {**LUCKY, "count": count, "totalMinor": 9_000},
        }
        for at, count in ((0, 64), (60, 130))
    ],
}


@pytest.fixture
def valkeys(servers: Servers) -> Valkeys:
    """Single servers: a packet's cut is one command, wherever it lies."""
    return servers.singles


async def test_it_holds_under_grabs_settling_and_closings(fair: Fair):
    rng = random.Random(4)
    shop = await fair.rich_shop()
    packets = [await fair.record(await fair.open(shop, LUCKY)) for _ in range(3)]
    done = asyncio.Event()

    async def shoppers() -> None:
        for number in range(1, 401):
            record = rng.choice(packets)
            try:
                await asyncio.gather(*(fair.give(record, number * 10 + n) for n in range(3)))
            except AppError:
                continue
            if number == 250:
                await fair.claims.close(packets[0].id, CloseReason.ENDED)
        done.set()

    async def worker() -> None:
        while not done.is_set():
            await fair.town.settle()
            await asyncio.sleep(rng.random() / 20)

    async def auditor() -> int:
        looks = 0
        while not done.is_set():
            proof: Any = await fair.town.good(
                "GET", f"/v1/brands/{shop.id}/ledger/proof", shop.owner
            )
            assert (proof["holds"], proof["problems"]) == (True, []), proof
            assert len(proof["drops"]) == 3
            looks += 1
        return looks

    _, _, looks = await asyncio.gather(shoppers(), worker(), auditor())
    assert looks > 1
    await fair.town.settle()
    await fair.sweep()
    assert await fair.audit() == []


async def test_it_names_the_packet_that_is_wrong(fair: Fair, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audits, "_TRIES", 2)  # it need not hope that all comes right
    shop = await fair.rich_shop()
    right, wrong = await fair.open(shop, LUCKY), await fair.open(shop, LUCKY)
    for packet_id in (right, wrong):
        await fair.give(await fair.record(packet_id), 1)
    await fair.town.settle()
    async with fair.house.database.transaction() as tx:
        await tx.session.execute(
            text("DELETE FROM packet_claims WHERE packet_id = :id"), {"id": int(wrong)}
        )
    found = await fair.audit()
    assert found
    assert all(wrong in sentence for sentence in found)
    assert not any(right in sentence for sentence in found)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (("HDEL", "shares:0:3"), "left live"),
        (("HSET", "shares:0:3", b"\0\0\0\1" * 64), "was drawn as"),
        (("HINCRBY", "next:0", 1), "left live"),
        (("HINCRBY", "granted", -1), "shares of"),
    ],
)
async def test_a_bucket_that_lost_money_is_named(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, spoil: tuple[Any, ...], named: str
):
    monkeypatch.setattr(audits, "_TRIES", 2)  # it need not hope that all comes right
    shop = await fair.rich_shop()
    right, wrong = await fair.open(shop, LUCKY), await fair.open(shop, LUCKY)
    for packet_id in (right, wrong):
        await fair.give(await fair.record(packet_id), 1)
    await fair.town.settle()
    name, field, *value = spoil
    await fair.house.live.call(name, fair.store.packets.state_key(int(wrong)), field, *value)
    path = f"/v1/brands/{shop.id}/ledger/proof"
    proof: Any = await fair.town.good("GET", path, shop.owner)
    assert {each["id"]: each["holds"] for each in proof["drops"]} == {right: True, wrong: False}
    assert wrong in proof["problems"][0]
    found = await fair.audit()
    assert any(named in sentence for sentence in found), found
    assert all(wrong in sentence for sentence in found)


@pytest.mark.parametrize(
    "rules", [FISSION, RAIN, {"form": "draw", "split": LUCKY}], ids=lambda rules: rules["form"]
)
async def test_what_remains_is_counted_for_every_form(fair: Fair, rules: dict[str, Any]):
    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, rules)
    people = [await fair.town.shopper() for _ in range(3)]
    path = f"/v1/brands/{shop.id}/ledger/proof"

    async def proven() -> int:
        for settle in (False, True):
            if settle:
                await fair.town.settle()
            proof: Any = await fair.town.good("GET", path, shop.owner)
            assert (proof["problems"], proof["holds"]) == ([], True)
        assert await fair.audit() == []
        return proof["drops"][0]["remainingMinor"]

    total = (await fair.record(packet_id)).total_minor
    nothing: Any = {"amount": {"amountMinor": 0}}
    claim = (await fair.grab(packet_id, people[0]))["claim"] or nothing
    given = claim["amount"]["amountMinor"]
    assert await proven() == total - given
    if rules["form"] == "fission":
        body = {"link": claim["link"], "device": "a device of one's own"}
        for what in ("reserve", "confirm"):
            helping = f"/v1/packets/{packet_id}/helps/{what}"
            await fair.town.good("POST", helping, people[1], json=body)
        assert await proven() == total - given - 12
    await fair.act(shop, packet_id, "end")
    assert await proven() == 0


async def test_it_holds_while_receipts_bring_shares_back(fair: Fair):
    shop = await fair.rich_shop()
    packet_id = await fair.open(shop, LUCKY)
    record = await fair.record(packet_id)
    grants = {who: await fair.give(record, who) for who in range(1, 200)}
    await fair.wipe_live()
    path = f"/v1/brands/{shop.id}/ledger/proof"

    async def restore() -> None:
        for who, (share, amount, order, _) in reversed(grants.items()):
            receipt = Receipt(record.id, who, 0, share, amount, order)
            await fair.claims.restore(record, receipt)

    async def grab() -> None:
        for who in range(1_000, 1_100):
            await fair.give(record, who)

    async def prove() -> None:
        for _ in range(8):
            proof: Any = await fair.town.good("GET", path, shop.owner)
            assert (proof["problems"], proof["holds"]) == ([], True)

    await asyncio.gather(restore(), grab(), prove())
    await fair.town.settle()
    assert await fair.audit() == []
