"""`Idempotency-Key`: one effect, the same answer; another body is refused; brands only."""

import asyncio

from tests.factories.town import Resident, Shop, Town

CUP = {"title": "杯子", "price": {"amountMinor": 100, "currency": "CNY"}}


async def _create(town: Town, shop: Shop, who: Resident, key: str, title: str = "杯子"):
    return await town.ask(
        "POST",
        f"/v1/brands/{shop.id}/products",
        who,
        json={**CUP, "title": title},
        headers={"idempotency-key": key},
    )


async def _count(town: Town, shop: Shop) -> int:
    return len((await town.good("GET", f"/v1/brands/{shop.id}/products"))["items"])


async def test_the_same_key_and_body_give_the_same_answer_and_one_effect(town: Town) -> None:
    shop = await town.shop()
    first = await _create(town, shop, shop.owner, "k1")
    again = await _create(town, shop, shop.owner, "k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert await _count(town, shop) == 1


async def test_twenty_at_once_make_one(town: Town) -> None:
    shop = await town.shop()
    answers = await asyncio.gather(*(_create(town, shop, shop.owner, "k") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await _count(town, shop) == 1


async def test_the_same_key_with_another_body_is_refused(town: Town) -> None:
    shop = await town.shop()
    await _create(town, shop, shop.owner, "k1")
    other = await _create(town, shop, shop.owner, "k1", title="碗")
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert await _count(town, shop) == 1


async def test_a_refused_request_does_not_use_the_key_up(town: Town) -> None:
    shop = await town.shop()
    assert (await _create(town, shop, shop.owner, "k1", title="")).status_code == 400
    assert (await _create(town, shop, shop.owner, "k1")).status_code == 201


async def test_keys_belong_to_their_caller(town: Town) -> None:
    shop = await town.shop()
    api_key = await town.key(shop, live=True)
    await _create(town, shop, shop.owner, "k1")
    mine = await _create(town, shop, api_key, "k1")
    assert mine.status_code == 201
    assert "idempotent-replayed" not in mine.headers
    assert await _count(town, shop) == 2


async def test_a_key_that_is_too_long_is_refused(town: Town) -> None:
    shop = await town.shop()
    assert (await _create(town, shop, shop.owner, "k" * 129)).status_code == 400
