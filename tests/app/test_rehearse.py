"""A rehearsal finds people, and a brand with money that is not anybody's."""

from app.rehearse import MadeSignIn, crowd_sign_ins, give_brand
from tests.factories.town import Town


async def _crowd(town: Town) -> list[MadeSignIn]:
    crowd = [made async for made in crowd_sign_ins(town.house, 3)]
    return [await give_brand(town.composed, crowd[0]), *crowd[1:]]


async def test_a_later_rehearsal_has_the_same_people_and_brand_and_fresh_money(town: Town) -> None:
    first, second = await _crowd(town), await _crowd(town)
    assert [made.shopper_id for made in first] == [made.shopper_id for made in second]
    assert first[0].brand_id == second[0].brand_id is not None
    assert [made.brand_id for made in second[1:]] == [None, None]
    bearer = {"authorization": f"Bearer {second[0].access_token}"}
    path = f"/v1/auth/workplaces/{second[0].brand_id}"
    token = (await town.good("POST", path, headers=bearer))["accessToken"]
    at_work = {"authorization": f"Bearer {token}"}
    ledger = await town.good("GET", f"/v1/brands/{second[0].brand_id}/ledger", headers=at_work)
    (balance,) = ledger["balances"]
    assert balance["available"] == {"amountMinor": 20_000_000, "currency": "XTS"}
