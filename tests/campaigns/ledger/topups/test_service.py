"""Top-ups through the API."""

import asyncio
from typing import Any

import pytest

from app.identity.interfaces import Role
from tests.campaigns.ledger.purse import balances, money, rows
from tests.factories.town import Resident, Shop, Town

BODY = {"amount": money(5000), "reference": "SEPA 2026-11-03/17"}


async def book(town: Town, who: Resident, shop: Shop, *, dry: bool = False, **fields: Any) -> Any:
    """The answer to a top-up."""
    path = f"/v1/brands/{shop.id}/ledger/top-ups" + ("?dryRun=true" if dry else "")
    return await town.client.post(path, json={**BODY, **fields}, headers=who.headers)


class TestBook:
    async def test_booked_once_a_reference(self, town: Town) -> None:
        shop, operator, colleague = await town.shop(), await town.operator(), await town.operator()
        first = await book(town, operator, shop)
        assert first.status_code == 200
        assert first.json()["available"] == money(5000)
        assert first.json()["operatorId"] == str(operator.id)
        for who in (operator, colleague):
            assert (await book(town, who, shop)).json() == first.json()
        spaced = await book(town, operator, shop, reference="  SEPA   2026-11-03/17 ")
        assert spaced.json()["id"] == first.json()["id"]
        for other in (money(5001), money(5000, "USD")):
            answer = await book(town, operator, shop, amount=other)
            assert (answer.status_code, answer.json()["code"]) == (409, "reference_reused")
        second = await book(town, operator, shop, reference="another")
        assert second.json()["available"] == money(10_000)
        assert await rows(town.house) == 2

    @pytest.mark.parametrize("currency", ["ZZZ", "XAG", "cny"])
    async def test_what_is_no_currency_is_named(self, town: Town, currency: str) -> None:
        shop, operator = await town.shop(), await town.operator()
        answer = await book(town, operator, shop, amount=money(1, currency))
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "/amount/currency"
        assert await rows(town.house) == 0

    async def test_twins_book_once(self, town: Town) -> None:
        shop, operator = await town.shop(), await town.operator()
        answers = await asyncio.gather(*(book(town, operator, shop) for _ in range(6)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (await balances(town.house))[f"budget:{shop.id}:CNY"] == 5000

    async def test_a_dry_run_changes_nothing(self, town: Town) -> None:
        shop, operator = await town.shop(), await town.operator()
        await book(town, operator, shop, reference="first")
        dry = await book(town, operator, shop, dry=True)
        assert (dry.json()["id"], dry.json()["available"]) == (None, money(10_000))
        assert await rows(town.house) == 1
        await book(town, operator, shop)
        booked = await book(town, operator, shop, dry=True)
        assert booked.json()["id"] is not None
        clash = await book(town, operator, shop, dry=True, amount=money(1))
        assert clash.status_code == 409

    async def test_only_operators(self, town: Town) -> None:
        shop, rival, stranger = await town.shop(), await town.shop(), await town.shopper()
        clerk, key = await town.member(shop.id, Role.CLERK), await town.key(shop, live=True)
        for who, status in ((shop.owner, 403), (clerk, 403), (key, 403), (rival.owner, 404),
                            (stranger, 404)):  # fmt: skip
            assert (await book(town, who, shop)).status_code == status
        path = f"/v1/brands/{shop.id}/ledger/top-ups"
        assert (await town.ask("POST", path, json=BODY)).status_code == 401
        operator = await town.operator()
        ghost = Shop(12345678901234, shop.owner, 0)
        assert (await book(town, operator, ghost)).status_code == 404
        assert await rows(town.house) == 0

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"amount": money(0)}, "/amount/amountMinor"),
            ({"amount": money(-1)}, "/amount/amountMinor"),
            ({"amount": money(10**15 + 1)}, "/amount/amountMinor"),
            ({"amount": money(2**70)}, "/amount/amountMinor"),
            ({"amount": {"amountMinor": 1.5, "currency": "CNY"}}, "/amount/amountMinor"),
            ({"amount": money(1, "cny")}, "/amount/currency"),
            ({"amount": money(1, "CNYY")}, "/amount/currency"),
            ({"reference": ""}, "/reference"),
            ({"reference": " \u200b "}, "/reference"),
            ({"reference": "x" * 81}, "/reference"),
            ({"note": "x"}, ""),
        ],
    )
    async def test_bad_input(self, town: Town, wrong: dict[str, Any], pointer: str) -> None:
        shop, operator = await town.shop(), await town.operator()
        answer = await book(town, operator, shop, **wrong)
        assert answer.status_code == 400, answer.text
        assert pointer in {each["pointer"] for each in answer.json()["errors"]}
        assert await balances(town.house) == {}
