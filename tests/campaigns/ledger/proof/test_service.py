"""The proof under load, and what tampering does to it."""

import asyncio
import random
from collections.abc import Collection, Mapping

import psycopg
import pytest
from sqlalchemy import text

from app.composition import Composed
from app.identity.interfaces import Role
from app.kernel.database import Database
from app.kernel.house import House
from campaigns.ledger.interfaces import Cut, Ledger, Registry, Transfer, loss, wallet
from campaigns.ledger.proof.service import ProofService
from tests.campaigns.ledger.purse import CNY, claim, fund, post, refund, top_up
from tests.factories.town import Town
from tests.servers import Servers


class Buckets:
    """Drops as games run them: decided at once, settled later."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.remaining: dict[int, int] = {}
        self.decided: dict[str, Transfer] = {}

    def open(self, drop_id: int, amount: int) -> None:
        self.remaining[drop_id] = amount

    def grant(self, drop_id: int, shopper_id: int, amount: int) -> Transfer:
        self.remaining[drop_id] -= amount
        made = claim(drop_id, shopper_id, amount)
        self.decided[made.key] = made
        return made

    async def cut(self, drop_ids: Collection[int]) -> Mapping[int, Cut]:
        remaining = {id_: self.remaining[id_] for id_ in drop_ids if id_ in self.remaining}
        decided = dict(self.decided)
        await asyncio.sleep(0.001)
        async with self.house.database.reading() as session:
            there = await session.scalars(
                text("SELECT key FROM ledger_transfers WHERE key = ANY(:keys)"),
                {"keys": list(decided)},
            )
            waiting = [decided[key] for key in decided.keys() - set(there)]
        return {
            id_: Cut(rest, sum(each.amount_minor for each in waiting if each.drop_id == id_))
            for id_, rest in remaining.items()
        }


@pytest.fixture
def buckets(house: House) -> Buckets:
    made = Buckets(house)
    house.doors.get(Registry).add_books(made)
    return made


@pytest.fixture
def proof(composed: Composed) -> ProofService:
    return composed.service("proof")


def tamper(servers: Servers, statement: str) -> None:
    with psycopg.connect(servers.postgres.owner_url) as connection:
        connection.execute(statement.encode())


async def spent(house: House, buckets: Buckets) -> None:
    """Drop 1 of brand 9: 600, of which 100 are granted, 30 of them not settled, and 500 remain."""
    buckets.open(1, 600)
    await post(house, top_up(9, 1000), fund(9, 1, 600))
    await post(house, buckets.grant(1, 2, 50), buckets.grant(1, 3, 20))
    buckets.grant(1, 4, 30)
    await post(house, Transfer("loss:1", "packet.loss", loss(CNY), wallet(2, CNY), 50, 1))


async def everything(proof: ProofService) -> list[str]:
    return [*await proof.audit_rows(), *await proof.audit_drops(), *await proof.audit_rights()]


class TestAudit:
    async def test_all_is_well(self, house: House, buckets: Buckets, proof: ProofService) -> None:
        assert await everything(proof) == []
        await spent(house, buckets)
        assert await everything(proof) == []

    async def test_it_holds_while_everything_moves(
        self, house: House, buckets: Buckets, proof: ProofService
    ) -> None:
        choice = random.Random(5)
        await post(house, top_up(9, 10**6), *(fund(9, drop, 200_000) for drop in (1, 2, 3)))
        for drop in (1, 2, 3):
            buckets.open(drop, 200_000)
        over = asyncio.Event()
        worker = Database(house.settings, house.jobs.defer_on)

        async def settle(drop: int) -> None:
            shopper = 0
            while not over.is_set():
                batch: list[Transfer] = []
                for _ in range(choice.randint(1, 20)):
                    shopper += 1
                    batch.append(buckets.grant(drop, shopper, choice.randint(1, 9)))
                await asyncio.sleep(0)
                async with worker.transaction() as tx:
                    await house.doors.get(Ledger).post(tx, batch)

        settling = [asyncio.create_task(settle(drop)) for drop in (1, 2, 3)]
        problems: list[str] = []
        for _ in range(25):
            problems += await proof.audit_drops()
        problems += await proof.audit_rows()
        over.set()
        await asyncio.gather(*settling)
        await worker.close()
        assert problems == []

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("UPDATE ledger_transfers SET amount_minor = 21 WHERE amount_minor = 20",
             "(packet.claim:1:3) is not what it was"),
            ("UPDATE ledger_transfers SET source_after_minor = 5 WHERE amount_minor = 20",
             "(packet.claim:1:3) is not what it was"),
            ("UPDATE ledger_transfers SET drop_id = NULL WHERE amount_minor = 20",
             "(packet.claim:1:3) is not what it was"),
            ("UPDATE ledger_transfers SET target_id = 10000000 WHERE amount_minor = 20",
             "(packet.claim:1:3) is not what it was"),
            ("DELETE FROM ledger_transfers WHERE amount_minor = 20",
             "wallet:3:CNY holds 20, its transfers add up to 0"),
            ("DELETE FROM ledger_transfers WHERE key = 'packet.claim:1:2'",
             "(packet.claim:1:3) does not follow from the one before it on escrow:1:CNY: -50"),
            ("DELETE FROM ledger_accounts WHERE kind = 'escrow'", "packet.claim:1:3"),
            ("UPDATE ledger_accounts SET balance_minor = 99 WHERE owner_id = 3",
             "wallet:3:CNY holds 99, its transfers add up to 20"),
            ("UPDATE ledger_accounts SET currency = 'USD' WHERE owner_id = 3",
             "(packet.claim:1:3) is not what it was"),
            ("UPDATE ledger_accounts SET balance_minor = 531 WHERE kind = 'escrow'",
             "drop 1: its escrow holds 531, its transfers leave 530"),
            ("UPDATE ledger_drops SET paid_minor = 71", "drop 1: its sums are"),
        ],
    )  # fmt: skip
    async def test_what_was_tampered_with_is_named(
        self,
        house: House,
        buckets: Buckets,
        proof: ProofService,
        servers: Servers,
        statement: str,
        words: str,
    ) -> None:
        await spent(house, buckets)
        tamper(servers, statement)
        problems = await everything(proof)
        assert any(words in each for each in problems), problems

    async def test_a_bucket_that_lost_or_made_money(
        self, house: House, buckets: Buckets, proof: ProofService
    ) -> None:
        await spent(house, buckets)
        for off in (1, -1):
            buckets.remaining[1] += off
            (problem,) = await proof.audit_drops()
            assert problem.startswith("drop 1: funded 600 is not settled 70 + unsettled 30")
            buckets.remaining[1] -= off
        lost = buckets.decided.pop("packet.claim:1:4")
        assert len(await proof.audit_drops()) == 1
        buckets.decided[lost.key] = lost
        assert await proof.audit_drops() == []

    async def test_a_role_that_may_too_much(self, proof: ProofService, servers: Servers) -> None:
        tamper(servers, "GRANT DELETE ON ledger_transfers TO carnival_app")
        try:
            assert await proof.audit_rights() == [
                "the application's role may DELETE ledger_transfers"
            ]
        finally:
            tamper(servers, "REVOKE DELETE ON ledger_transfers FROM carnival_app")


class TestProof:
    async def test_a_brand_sees_its_drops(self, town: Town, buckets: Buckets) -> None:
        shop, drop = await town.shop(), 4_000_000_000_001
        house, path = town.house, f"/v1/brands/{shop.id}/ledger/proof"
        empty = await town.good("GET", path, shop.owner)
        assert (empty["holds"], empty["drops"], empty["lastDay"]) == (True, [], None)
        await spent(house, buckets)  # another brand's
        buckets.open(drop, 600)
        await post(house, top_up(shop.id, 1000), fund(shop.id, drop, 600))
        await post(house, buckets.grant(drop, 2, 70))
        buckets.grant(drop, 3, 30)
        seen = await town.good("GET", path, shop.owner)
        assert seen["holds"]
        assert seen["budgets"] == [{"currency": "CNY", "balanceMinor": 400, "transfersMinor": 400}]
        assert seen["drops"] == [
            {"id": str(drop), "currency": "CNY", "fundedMinor": 600, "settledMinor": 70,
             "unsettledMinor": 30, "inTransitMinor": 0, "remainingMinor": 500, "returnedMinor": 0,
             "holds": True}
        ]  # fmt: skip
        buckets.remaining[drop] = 0
        await post(house, *buckets.decided.values(), refund(shop.id, drop, 500))
        assert (await town.good("GET", path, shop.owner))["drops"][0]["returnedMinor"] == 500

    async def test_it_names_the_row(self, town: Town, buckets: Buckets, servers: Servers) -> None:
        shop, drop = await town.shop(), 4_000_000_000_001
        buckets.open(drop, 600)
        await post(town.house, top_up(shop.id, 1000), fund(shop.id, drop, 600))
        await post(town.house, buckets.grant(drop, 2, 70))
        tamper(servers, "UPDATE ledger_transfers SET amount_minor = 71 WHERE amount_minor = 70")
        path = f"/v1/brands/{shop.id}/ledger/proof"
        seen = await town.good("GET", path, shop.owner)
        assert not seen["holds"]
        assert not seen["drops"][0]["holds"]
        assert any(f"packet.claim:{drop}:2" in each for each in seen["problems"])
        tamper(servers, "UPDATE ledger_transfers SET amount_minor = 70 WHERE amount_minor = 71")
        tamper(servers, f"UPDATE ledger_accounts SET balance_minor = 1 WHERE owner_id = {shop.id}")
        seen = await town.good("GET", path, shop.owner)
        assert seen["problems"] == [f"budget:{shop.id}:CNY holds 1, its transfers add up to 400"]

    async def test_who_may(self, town: Town) -> None:
        shop, rival, stranger = await town.shop(), await town.shop(), await town.shopper()
        clerk, operator = await town.member(shop.id, Role.CLERK), await town.operator()
        path = f"/v1/brands/{shop.id}/ledger/proof"
        for who, status in ((shop.owner, 200), (operator, 200), (clerk, 403), (rival.owner, 404),
                            (stranger, 404), (None, 401)):  # fmt: skip
            assert (await town.ask("GET", path, who)).status_code == status
