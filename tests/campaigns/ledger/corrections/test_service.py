"""Corrections through the API."""

import asyncio
from typing import Any

import httpx
import pytest

from app.composition import Composed
from campaigns.ledger.interfaces import Transfer, clearing, loss, wallet
from campaigns.ledger.proof.service import ProofService
from tests.campaigns.ledger.purse import CNY, balances, claim, fund, post, refund, rows, top_up
from tests.factories.town import Resident, Town

DROP = 4_000_000_000_001


@pytest.fixture
def proof(composed: Composed) -> ProofService:
    return composed.service("proof")


async def ask(town: Town, who: Resident | None, path: str, body: Any = None) -> httpx.Response:
    return await town.ask("POST", f"/v1/ledger/corrections{path}", who, json=body)


async def propose(town: Town, who: Resident, sequence: int) -> str:
    """The id of a proposed correction."""
    answer = await ask(town, who, "", {"sequence": str(sequence), "reason": "Twice"})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


class TestFourEyes:
    async def test_one_proposes_another_approves_once(self, town: Town) -> None:
        shop, one, two = await town.shop(), await town.operator(), await town.operator()
        (booked,) = await post(town.house, top_up(shop.id, 500))
        id_ = await propose(town, one, booked.sequence)
        own = await ask(town, one, f"/{id_}/approve")
        assert (own.status_code, own.json()["code"]) == (403, "same_operator")
        assert (await balances(town.house))[f"budget:{shop.id}:CNY"] == 500
        done = (await ask(town, two, f"/{id_}/approve")).json()
        assert (done["status"], done["decidedBy"]) == ("approved", str(two.id))
        assert await balances(town.house) == {}
        for who in (one, two):
            again = await ask(town, who, f"/{id_}/approve")
            assert (again.status_code, again.json()["code"]) == (409, "correction_decided")
        twice = await ask(town, two, "", {"sequence": str(booked.sequence), "reason": "x"})
        assert twice.status_code == 409
        assert await rows(town.house) == 2

    async def test_of_two_approvals_at_once_one_counts(self, town: Town) -> None:
        shop, one = await town.shop(), await town.operator()
        others = [await town.operator() for _ in range(3)]
        (booked, _) = await post(town.house, top_up(shop.id, 500), top_up(shop.id, 500, "2"))
        id_ = await propose(town, one, booked.sequence)
        answers = await asyncio.gather(*(ask(town, who, f"/{id_}/approve") for who in others))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
        assert (await balances(town.house))[f"budget:{shop.id}:CNY"] == 500

    async def test_refused_and_proposed_again(self, town: Town) -> None:
        shop, one, two = await town.shop(), await town.operator(), await town.operator()
        (booked,) = await post(town.house, top_up(shop.id, 500))
        id_ = await propose(town, one, booked.sequence)
        assert (await ask(town, one, f"/{id_}/refuse")).status_code == 403
        assert (await ask(town, two, f"/{id_}/refuse")).json()["status"] == "refused"
        assert (await ask(town, two, f"/{id_}/approve")).status_code == 409
        again = await propose(town, two, booked.sequence)
        listed = await town.good("GET", "/v1/ledger/corrections?status=proposed", one)
        assert [each["id"] for each in listed["items"]] == [again]
        pages = await town.good("GET", "/v1/ledger/corrections?limit=1", one)
        path = f"/v1/ledger/corrections?limit=1&cursor={pages['nextCursor']}"
        assert (await town.good("GET", path, one))["items"][0]["id"] == id_
        assert await rows(town.house) == 1

    async def test_only_operators(self, town: Town) -> None:
        shop, operator = await town.shop(), await town.operator()
        (booked,) = await post(town.house, top_up(shop.id, 500))
        id_ = await propose(town, operator, booked.sequence)
        body = {"sequence": str(booked.sequence), "reason": "x"}
        key = await town.key(shop, live=True)
        for who, refused, hidden in ((shop.owner, 403, 404), (await town.shopper(), 403, 404),
                                     (key, 403, 404), (None, 401, 401)):  # fmt: skip
            assert (await ask(town, who, "", body)).status_code == refused
            assert (await ask(town, who, f"/{id_}/approve")).status_code == hidden
            assert (await ask(town, who, f"/{id_}/refuse")).status_code == hidden
            listed = await town.ask("GET", "/v1/ledger/corrections", who)
            assert listed.status_code == refused


class TestWhatIsReversed:
    async def test_a_grant_goes_back_to_the_brand(self, town: Town, proof: ProofService) -> None:
        shop, one, two = await town.shop(), await town.operator(), await town.operator()
        house = town.house
        await post(house, top_up(shop.id, 500), fund(shop.id, DROP, 100))
        (granted, _) = await post(house, claim(DROP, 2, 30), refund(shop.id, DROP, 70))
        await ask(town, two, f"/{await propose(town, one, granted.sequence)}/approve")
        held = await balances(house)
        assert held == {"platform:0:CNY": -500, f"budget:{shop.id}:CNY": 500}
        drop = await town.good("GET", f"/v1/brands/{shop.id}/ledger/drops/{DROP}", shop.owner)
        assert (drop["grantedMinor"], drop["correctedMinor"]) == (30, 30)
        assert (drop["returnedMinor"], drop["reservedMinor"]) == (100, 0)
        assert [*await proof.audit_drops(), *await proof.audit_rows()] == []

    async def test_a_loss(self, town: Town) -> None:
        one, two = await town.operator(), await town.operator()
        late = Transfer("loss:1", "packet.loss", loss(CNY), wallet(2, CNY), 50, 1)
        (paid,) = await post(town.house, late)
        await ask(town, two, f"/{await propose(town, one, paid.sequence)}/approve")
        assert await balances(town.house) == {}

    async def test_money_that_is_gone_stays_gone(self, town: Town) -> None:
        shop, one, two = await town.shop(), await town.operator(), await town.operator()
        (booked, _) = await post(town.house, top_up(shop.id, 500), fund(shop.id, DROP, 100))
        id_ = await propose(town, one, booked.sequence)
        short = await ask(town, two, f"/{id_}/approve")
        assert (short.status_code, short.json()["code"]) == (409, "insufficient_funds")
        await post(town.house, refund(shop.id, DROP, 100))
        assert (await ask(town, two, f"/{id_}/approve")).status_code == 200

    async def test_what_has_rules_of_its_own(self, town: Town) -> None:
        shop, one, two = await town.shop(), await town.operator(), await town.operator()
        asked = Transfer("w:1", "withdraw", wallet(2, CNY), clearing(CNY), 5)
        posted = await post(
            town.house, top_up(shop.id, 500), fund(shop.id, DROP, 100), claim(DROP, 2, 30), asked
        )
        for each in (posted[1], posted[3]):
            body = {"sequence": str(each.sequence), "reason": "x"}
            answer = await ask(town, one, "", body)
            assert (answer.status_code, answer.json()["code"]) == (422, "not_reversible")
        await ask(town, two, f"/{await propose(town, one, posted[0].sequence)}/refuse")
        await ask(town, two, f"/{await propose(town, one, posted[2].sequence)}/refuse")

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"sequence": "4711471147114711", "reason": "x"}, 404),
            ({"sequence": "0", "reason": "x"}, 400),
            ({"sequence": "x", "reason": "x"}, 400),
            ({"sequence": "5", "reason": ""}, 400),
            ({"sequence": "5", "reason": " \u200b"}, 400),
            ({"sequence": "5", "reason": "x" * 201}, 400),
        ],
    )
    async def test_bad_input(self, town: Town, body: dict[str, Any], status: int) -> None:
        operator = await town.operator()
        assert (await ask(town, operator, "", body)).status_code == status
        assert (await ask(town, operator, "/5/approve")).status_code == 404
