"""Coupons in films: who may put them there, and what viewers are told."""

from typing import Any

import pytest

from tests.campaigns.benefits.coupons import age, at, collect, make, path_of
from tests.factories.town import Shop
from tests.media.conftest import Theatre, short_film, staging, theatre
from tests.media.delivery.players import Film, play, text_of
from tests.media.timelines.test_service import path_of as timeline_of
from tests.media.timelines.test_service import publish, save, shown

__all__ = ["short_film", "staging", "theatre"]


def cue(coupon: dict[str, Any]) -> dict[str, Any]:
    return {"at": 1_000, "kind": "coupon", "ref": coupon["id"]}


async def refusals(
    theatre: Theatre, shop: Shop, video: int, *cues: dict[str, Any]
) -> list[tuple[str, str]]:
    """What saving these says is wrong with them."""
    draft = await theatre.town.good("GET", f"{timeline_of(video)}/draft", shop.owner)
    body = {"revision": draft["revision"], "cues": list(cues)}
    path = f"{timeline_of(video)}/draft"
    answer = await theatre.town.ask("PUT", path, shop.owner, json=body)
    assert answer.status_code == 400, answer.text
    assert await theatre.town.good("GET", path, shop.owner) == draft
    return [(each["pointer"], each["detail"]) for each in answer.json()["errors"]]


async def test_viewers_see_its_terms_and_what_is_left(theatre: Theatre) -> None:
    shop, town = await theatre.town.shop(), theatre.town
    video = theatre.stage.film(shop.id)
    coupon = await make(town, shop, count=1)
    await save(theatre, shop, video, [cue(coupon)])
    await publish(theatre, shop, video)
    (seen,) = (await shown(theatre, video))["cues"]
    assert seen["target"] == {
        "type": "coupon",
        "left": "in_stock",
        **{
            name: coupon[name]
            for name in ("id", "title", "discount", "minimum", "collectFrom", "collectUntil")
        },
    }
    await collect(town, coupon, await town.shopper())
    (seen,) = (await shown(theatre, video))["cues"]
    assert seen["target"]["left"] == "sold_out"
    saved = await save(theatre, shop, video, [cue(coupon)])
    assert saved["cues"][0]["target"]["left"] == "sold_out"


@pytest.mark.parametrize("ended", ["closed", "past"])
async def test_what_is_over_leaves_viewers_and_stays_with_editors(
    theatre: Theatre, ended: str
) -> None:
    shop, town = await theatre.town.shop(), theatre.town
    video, later = theatre.stage.film(shop.id), theatre.stage.film(shop.id)
    coupon = await make(town, shop)
    for each in (video, later):
        await save(theatre, shop, each, [cue(coupon)])
    await publish(theatre, shop, video)
    if ended == "closed":
        await town.good("POST", f"{path_of(shop, coupon)}/close", shop.owner)
    else:
        await age(town, coupon, days=2)
    assert (await shown(theatre, video))["cues"] == []
    draft = await town.good("GET", f"{timeline_of(video)}/draft", shop.owner)
    assert [(each["ref"], each["target"]) for each in draft["cues"]] == [(coupon["id"], None)]
    await save(theatre, shop, video, [cue(coupon), {"at": 0, "kind": "chapter", "text": "开场"}])
    await publish(theatre, shop, video)
    assert [each["kind"] for each in (await shown(theatre, video))["cues"]] == ["chapter"]
    # where nobody saw it before, it is not shown any more
    body = {"revision": 1}
    answer = await town.ask("POST", f"{timeline_of(later)}/publish", shop.owner, json=body)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/cues/0/ref"]


async def test_only_the_brands_own(theatre: Theatre) -> None:
    town = theatre.town
    shop, rival, ann = await town.shop(), await town.shop(), await town.shopper()
    video = theatre.stage.film(shop.id)
    mine = await make(town, shop, collectFrom=at(hours=1))
    foreign = await make(town, rival)
    key = await town.key(shop, live=False, scopes=["coupons:write"])
    trial = await make(town, shop, key)
    words = "No coupon of this brand that can be collected, now or later"
    nothing = [{"id": "1234567890123"}, {"id": "SUMMER10"}, {"id": f"0{mine['id']}"}]
    found = await refusals(
        theatre, shop, video, *(cue(each) for each in (mine, foreign, trial, *nothing))
    )
    assert found == [(f"/cues/{number}/ref", words) for number in range(1, 6)]
    saved = await save(theatre, shop, video, [cue(mine)])
    assert saved["cues"][0]["target"]["id"] == mine["id"]
    own = theatre.stage.film(ann.id, by_shopper=True)
    path, body = f"{timeline_of(own)}/draft", {"revision": 0, "cues": [cue(mine)]}
    answer = await town.ask("PUT", path, ann, json=body)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/cues/0/ref"]


async def test_every_delivery_carries_it(theatre: Theatre, short_film: Film) -> None:
    shop = await theatre.town.shop()
    video = theatre.stage.film(shop.id)
    await theatre.stage.cut(video, *short_film)
    coupon = await make(theatre.town, shop)
    await save(theatre, shop, video, [cue(coupon)])
    await publish(theatre, shop, video)
    playing = await play(theatre, video)
    assert playing["timeline"]["cues"][0]["target"]["id"] == coupon["id"]
    (line,) = [
        each
        for each in (await text_of(theatre, playing["hls"].replace("index", "v120"))).splitlines()
        if "DATERANGE" in each
    ]
    assert 'X-KIND="coupon"' in line
    assert f'X-REF="{coupon["id"]}"' in line
    metadata = await text_of(theatre, playing["cues"])
    assert '"kind":"coupon"' in metadata
    assert f'"ref":"{coupon["id"]}"' in metadata
