"""Receipts bring back what lost live state forgot; what was given again is the platform's loss."""

import asyncio
from typing import Any

from app.kernel.tickets import Tickets
from campaigns.ledger.interfaces import AccountKind
from games.packets.interfaces import CloseReason
from tests.factories.town import Resident
from tests.games.conftest import Fair

LUCKY = {"form": "lucky", "count": 60, "totalMinor": 30_000}
BAG = {"form": "draw", "split": {"form": "equal", "count": 2, "eachMinor": 100}}
FISSION = {
    "form": "fission",
    "links": 4,
    "baseMinor": 100,
    "helpers": 3,
    "helperMinor": 20,
    "bonusMinor": 50,
}


async def helped(fair: Fair, packet_id: str, who: Resident, link: str) -> Any:
    """The answer to a help."""
    body = {"link": link, "device": f"the phone of {who.id}"}
    path = f"/v1/packets/{packet_id}/helps/reserve"
    await fair.town.good("POST", path, who, json=body)
    return await helped_again(fair, packet_id, who, link)


async def helped_again(fair: Fair, packet_id: str, who: Resident, link: str) -> Any:
    """What who has helped already is told."""
    body = {"link": link, "device": f"the phone of {who.id}"}
    path = f"/v1/packets/{packet_id}/helps/confirm"
    return await fair.town.good("POST", path, who, json=body)


async def restored(fair: Fair, packet_id: str, who: Resident, claim: Any) -> Any:
    path = f"/v1/packets/{packet_id}/restore"
    return await fair.town.good("POST", path, who, json={"receipt": claim["receipt"]})


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


class TestHelps:
    async def test_forgotten_helps_come_back_to_their_places(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, *friends = [await fair.town.shopper() for _ in range(4)]
        packet_id = await fair.open(shop, FISSION)
        link = (await fair.grab(packet_id, ann))["claim"]["link"]
        await fair.town.settle()
        helps = [await helped(fair, packet_id, who, link) for who in friends]
        held = await fair.decisions(packet_id)
        await fair.wipe_live()
        # the last first: it leaps over the others, which come back all the same
        for who, help_ in reversed(list(zip(friends, helps, strict=True))):
            back = await restored(fair, packet_id, who, help_)
            assert (back["share"], back["amount"]) == (help_["share"], help_["amount"])
            assert await restored(fair, packet_id, who, help_) == back
            assert await helped_again(fair, packet_id, who, link) == back
        await fair.town.settle()
        assert await fair.settle_these(held) == [], "the originals arrive as well"
        assert await fair.balance(AccountKind.WALLET, ann.id) == 100 + 3 * 50
        assert [await fair.balance(AccountKind.WALLET, who.id) for who in friends] == [20] * 3
        assert await fair.balance(AccountKind.LOSS, 0) == 0
        mine = (await fair.view(packet_id, friends[0]))["mine"]
        await fair.wipe_live()
        assert (await restored(fair, packet_id, friends[0], mine[0]))["share"] == helps[0]["share"]
        await fair.town.settle()
        assert await fair.audit() == []

    async def test_a_place_that_was_given_again_is_the_platforms_loss(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben, cleo, dan = [await fair.town.shopper() for _ in range(4)]
        packet_id = await fair.open(shop, FISSION)
        link = (await fair.grab(packet_id, ann))["claim"]["link"]
        await fair.town.settle()
        help_ = await helped(fair, packet_id, ben, link)
        await fair.wipe_live()
        await helped(fair, packet_id, cleo, link)
        await restored(fair, packet_id, ben, help_)
        await helped(fair, packet_id, dan, link)
        await fair.town.settle()
        assert [await fair.balance(AccountKind.WALLET, x.id) for x in (ben, cleo, dan)] == [20] * 3
        assert await fair.balance(AccountKind.WALLET, ann.id) == 100 + 3 * 50
        assert await fair.balance(AccountKind.LOSS, 0) == -70
        assert len((await fair.view(packet_id, ann))["mine"]) == 4
        await fair.wipe_live()
        await restored(fair, packet_id, ben, help_)
        await fair.act(shop, packet_id, "end")
        await fair.town.settle()
        assert await fair.quarantined() == []
        assert await fair.audit() == []

    async def test_a_help_whose_sharer_is_forgotten_is_paid(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben, cleo = [await fair.town.shopper() for _ in range(3)]
        packet_id = await fair.open(shop, FISSION)
        claim = (await fair.grab(packet_id, ann))["claim"]
        help_ = await helped(fair, packet_id, ben, claim["link"])
        held = await fair.decisions(packet_id)
        await fair.wipe_live()
        await restored(fair, packet_id, ben, help_)
        await restored(fair, packet_id, ann, claim)
        await fair.town.settle()
        assert await fair.balance(AccountKind.WALLET, ben.id) == 20
        await helped(fair, packet_id, cleo, claim["link"])
        await fair.town.settle()
        assert await fair.settle_these(held) == [], "the originals arrive as well"
        assert await fair.balance(AccountKind.WALLET, ann.id) == 200
        assert await fair.balance(AccountKind.LOSS, 0) == -70
        assert await fair.quarantined() == []
        assert await fair.audit() == []

    async def test_only_ones_own_receipt_counts(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id, other = await fair.open(shop, FISSION), await fair.open(shop, FISSION)
        claim = (await fair.grab(packet_id, ann))["claim"]
        help_ = await helped(fair, packet_id, ben, claim["link"])
        for path_id, who in ((packet_id, ann), (other, ben)):
            path = f"/v1/packets/{path_id}/restore"
            answer = await fair.town.ask("POST", path, who, json={"receipt": help_["receipt"]})
            assert (answer.status_code, answer.json()["code"]) == (403, "receipt_invalid")


class TestEntries:
    async def test_a_forgotten_entry_takes_part_again(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, BAG)
        entered = await fair.grab(packet_id, ann)
        held = await fair.decisions(packet_id)
        await fair.wipe_live()
        await fair.grab(packet_id, ben)
        path = f"/v1/packets/{packet_id}/entries/restore"
        receipt = {"receipt": entered["receipt"]}
        back = await fair.town.good("POST", path, ann, json=receipt)
        assert (back["outcome"], back["entry"]) == ("entered", 2)
        assert await fair.town.good("POST", path, ann, json=receipt) == back
        assert (await fair.grab(packet_id, ann))["entry"] == 2
        answer = await fair.town.ask("POST", path, ben, json=receipt)
        assert (answer.status_code, answer.json()["code"]) == (403, "receipt_invalid")
        await fair.town.settle()
        assert await fair.settle_these(held) == [], "the original arrives as well"
        await fair.act(shop, packet_id, "end")
        await fair.town.settle()
        assert [await fair.balance(AccountKind.WALLET, who.id) for who in (ann, ben)] == [100] * 2
        answer = await fair.town.ask("POST", path, ann, json=receipt)
        assert answer.json().get("entry") == 2
        assert await fair.quarantined() == []
        assert await fair.audit() == []

    async def test_an_entry_comes_too_late_for_its_draw(self, fair: Fair):
        shop = await fair.rich_shop()
        ann, ben = await fair.town.shopper(), await fair.town.shopper()
        packet_id = await fair.open(shop, BAG)
        entered = await fair.grab(packet_id, ann)
        await fair.wipe_live()
        await fair.grab(packet_id, ben)
        await fair.act(shop, packet_id, "end")
        await fair.town.settle()
        path = f"/v1/packets/{packet_id}/entries/restore"
        body = {"receipt": entered["receipt"]}
        answer = await fair.town.ask("POST", path, ann, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "packet_over")
        assert await fair.audit() == []
