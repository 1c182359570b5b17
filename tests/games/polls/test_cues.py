"""Polls in films: who may put them there, and what viewers are told."""

from typing import Any

import pytest

from games.polls.showing import board
from tests.factories.town import Shop
from tests.games.conftest import soon
from tests.games.polls.test_service import act, ask, numbers, pass_by, seen, vote
from tests.media.conftest import Theatre, short_film, staging, theatre
from tests.media.delivery.players import Film, play, text_of
from tests.media.timelines.test_service import path_of, publish, save, shown

__all__ = ["short_film", "staging", "theatre"]


def cue(poll: dict[str, Any]) -> dict[str, Any]:
    return {"at": 1_000, "kind": "poll", "ref": poll["id"]}


async def refusals(
    theatre: Theatre, shop: Shop, video: int, *cues: dict[str, Any]
) -> list[tuple[str, str]]:
    """What saving these says is wrong with them. Nothing was saved."""
    path = f"{path_of(video)}/draft"
    draft = await theatre.town.good("GET", path, shop.owner)
    body = {"revision": draft["revision"], "cues": list(cues)}
    answer = await theatre.town.ask("PUT", path, shop.owner, json=body)
    assert answer.status_code == 400, answer.text
    assert await theatre.town.good("GET", path, shop.owner) == draft
    return [(each["pointer"], each["detail"]) for each in answer.json()["errors"]]


async def test_viewers_see_what_is_asked_and_vote(theatre: Theatre) -> None:
    shop, town = await theatre.town.shop(), theatre.town
    video = theatre.stage.film(shop.id)
    poll = await ask(town, shop, opensAt=soon(60))
    await save(theatre, shop, video, [cue(poll)])
    await publish(theatre, shop, video)
    (found,) = (await shown(theatre, video))["cues"]
    names = ("id", "question", "options", "results", "opensAt", "closesAt")
    told = {name: poll[name] for name in names}
    assert found["target"] == {"type": "poll", "state": "scheduled", **told}
    await pass_by(town, poll, 61)
    (found,) = (await shown(theatre, video))["cues"]
    assert found["target"]["state"] == "open"
    assert numbers((await vote(town, found["target"], await town.shopper(), 1)).json()) == [0, 1, 0]


async def test_what_is_closed_shows_its_result(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "FRESH_SECONDS", 0.0)
    shop, town = await theatre.town.shop(), theatre.town
    video = theatre.stage.film(shop.id)
    poll = await ask(town, shop)
    await save(theatre, shop, video, [cue(poll)])
    await publish(theatre, shop, video)
    await vote(town, poll, await town.shopper(), 2)
    await act(town, shop, poll, "POST", way="/close")
    (found,) = (await shown(theatre, video))["cues"]
    assert found["target"]["state"] == "closed"
    assert numbers(await seen(town, found["target"])) == [0, 0, 1]
    await save(theatre, shop, video, [{**cue(poll), "text": "结果出来了"}])
    await publish(theatre, shop, video)
    assert len((await shown(theatre, video))["cues"]) == 1, "what is shown may stay"
    other = theatre.stage.film(shop.id)
    assert await refusals(theatre, shop, other, cue(poll)) == [
        ("/cues/0/ref", "This poll is closed: nobody could vote")
    ]
    await act(town, shop, poll, "DELETE")
    assert (await shown(theatre, video))["cues"] == []


async def test_only_the_brands_own(theatre: Theatre) -> None:
    town = theatre.town
    shop, rival, ann = await town.shop(), await town.shop(), await town.shopper()
    video = theatre.stage.film(shop.id)
    mine, foreign = await ask(town, shop), await ask(town, rival)
    key = await town.key(shop, live=False, scopes=["polls:write"])
    trial = await ask(town, shop, key)
    gone = await ask(town, shop)
    await act(town, shop, gone, "DELETE")
    nothing = [{"id": "1234567890123"}, {"id": "which"}, {"id": f"0{mine['id']}"}]
    asked = [mine, foreign, trial, gone, *nothing]
    found = await refusals(theatre, shop, video, *(cue(each) for each in asked[:6]))
    words = "There is no such poll of this brand"
    assert found == [(f"/cues/{number}/ref", words) for number in range(1, 6)]
    assert await refusals(theatre, shop, video, cue(asked[6])) == [("/cues/0/ref", words)]
    saved = await save(theatre, shop, video, [cue(mine)])
    assert saved["cues"][0]["target"]["id"] == mine["id"]
    own = theatre.stage.film(ann.id, by_shopper=True)
    body = {"revision": 0, "cues": [cue(mine)]}
    answer = await town.ask("PUT", f"{path_of(own)}/draft", ann, json=body)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/cues/0/ref"]


async def test_every_delivery_carries_it(theatre: Theatre, short_film: Film) -> None:
    shop = await theatre.town.shop()
    video = theatre.stage.film(shop.id)
    await theatre.stage.cut(video, *short_film)
    poll = await ask(theatre.town, shop)
    await save(theatre, shop, video, [cue(poll)])
    await publish(theatre, shop, video)
    playing = await play(theatre, video)
    assert playing["timeline"]["cues"][0]["target"]["id"] == poll["id"]
    playlist = await text_of(theatre, playing["hls"].replace("index", "v120"))
    (line,) = [each for each in playlist.splitlines() if "DATERANGE" in each]
    assert 'X-KIND="poll"' in line
    assert f'X-REF="{poll["id"]}"' in line
    metadata = await text_of(theatre, playing["cues"])
    assert '"kind":"poll"' in metadata
    assert f'"ref":"{poll["id"]}"' in metadata
