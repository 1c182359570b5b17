"""A packet in a film opens at its cue: what publishing a timeline does to its moment."""

from typing import Any

import pytest

from games.packets.interfaces import WatchToOpen
from media.watching.repository import WatchRepository
from tests.factories.town import Resident, Shop
from tests.games.conftest import EQUAL, Fair, soon
from tests.media.conftest import Theatre, staging, theatre
from tests.media.timelines.test_service import publish, save

__all__ = ["staging", "theatre"]


@pytest.fixture
def fair(theatre: Theatre) -> Fair:
    """The theatre's town, whose brands give packets away."""
    return Fair(theatre.town)


async def packet_of(fair: Fair, shop: Shop, video: int, at_ms: int, **schedule: Any) -> str:
    rules = {"form": "watch", "split": EQUAL, "videoId": str(video), "atMs": at_ms}
    return await fair.open(shop, rules, **schedule)


async def put(theatre: Theatre, shop: Shop, video: int, *cues: tuple[str, int]) -> None:
    """Publish a timeline with these packets at these moments."""
    drafted = [{"at": at, "kind": "packet", "ref": packet} for packet, at in cues]
    await save(theatre, shop, video, drafted)
    await publish(theatre, shop, video)


async def moment(fair: Fair, packet: str) -> int:
    rules = (await fair.record(packet)).rules
    assert isinstance(rules, WatchToOpen)
    return rules.at_ms


async def watched(fair: Fair, who: Resident, video: int, ms: int) -> None:
    async with fair.house.database.transaction() as tx:
        await WatchRepository().add_credit(tx.session, who.id, video, ms)


async def test_it_opens_for_who_could_have_watched_to_where_its_cue_is_now(
    theatre: Theatre, fair: Fair
) -> None:
    shop, ann = await fair.rich_shop(), await fair.town.shopper()
    video = theatre.stage.film(shop.id, duration_ms=60_000)
    packet = await packet_of(fair, shop, video, 10_000, opensAt=soon(300))
    await put(theatre, shop, video, (packet, 30_000))
    await watched(fair, ann, video, 20_000)
    assert (await fair.view(packet, ann))["condition"]["met"] is False
    await save(theatre, shop, video, [{"at": 20_000, "kind": "packet", "ref": packet}])
    assert await moment(fair, packet) == 30_000, "a draft moves nothing"
    await publish(theatre, shop, video)
    await fair.step(packet, 301)
    asked = {"kind": "watch", "targetId": str(video), "atMs": 20_000, "met": True}
    assert (await fair.view(packet, ann))["condition"] == asked
    assert (await fair.grab(packet, ann))["outcome"] == "granted"


async def test_the_first_seconds_of_a_film_take_their_time_too(
    theatre: Theatre, fair: Fair
) -> None:
    shop, ann = await fair.rich_shop(), await fair.town.shopper()
    video = theatre.stage.film(shop.id, duration_ms=60_000)
    packet = await packet_of(fair, shop, video, 3_000)
    assert (await fair.view(packet, ann))["condition"]["met"] is False
    await watched(fair, ann, video, 3_000)
    assert (await fair.view(packet, ann))["condition"]["met"] is True


async def test_a_moment_behind_the_films_end_is_refused(theatre: Theatre, fair: Fair) -> None:
    shop = await fair.rich_shop()
    video = theatre.stage.film(shop.id, duration_ms=60_000)
    rules = {"form": "watch", "split": EQUAL, "videoId": str(video), "atMs": 60_001}
    body = {"title": "红包", "rules": rules}
    answer = await fair.town.ask("POST", f"/v1/brands/{shop.id}/packets", shop.owner, json=body)
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/rules/atMs"]


@pytest.mark.parametrize("seconds", [0, 30])
async def test_one_that_is_open_is_never_closed_again_to_who_could_open_it(
    theatre: Theatre, fair: Fair, seconds: int
) -> None:
    shop, ann = await fair.rich_shop(), await fair.town.shopper()
    video = theatre.stage.film(shop.id, duration_ms=60_000)
    packet = await packet_of(fair, shop, video, 20_000, opensAt=soon(seconds))
    await watched(fair, ann, video, 20_000)
    await put(theatre, shop, video, (packet, 50_000))
    assert await moment(fair, packet) == 20_000
    assert (await fair.view(packet, ann))["condition"]["met"] is True
    await put(theatre, shop, video, (packet, 15_000))
    assert await moment(fair, packet) == 15_000


async def test_the_first_of_several_cues_counts(theatre: Theatre, fair: Fair) -> None:
    shop = await fair.rich_shop()
    video = theatre.stage.film(shop.id, duration_ms=60_000)
    packet = await packet_of(fair, shop, video, 5_000, opensAt=soon(300))
    await put(theatre, shop, video, (packet, 40_000), (packet, 25_000))
    assert await moment(fair, packet) == 25_000
    await put(theatre, shop, video)
    assert await moment(fair, packet) == 25_000, "without a cue it stays as it was"


async def test_packets_of_other_films_and_forms_stay_as_they_are(
    theatre: Theatre, fair: Fair
) -> None:
    shop = await fair.rich_shop()
    video, other = (theatre.stage.film(shop.id, duration_ms=60_000) for _ in range(2))
    packet = await packet_of(fair, shop, other, 5_000, opensAt=soon(300))
    plain = await fair.open(shop, opensAt=soon(300))
    before = [await fair.record(each) for each in (packet, plain)]
    await put(theatre, shop, video, (packet, 40_000), (plain, 40_000))
    assert [await fair.record(each) for each in (packet, plain)] == before
