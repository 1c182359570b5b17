"""The stream leaves nothing out, tells nothing twice, and is read by its brand alone."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app.kernel.house import House
from media.watching.journal.repository import JournalRepository
from media.watching.journal.service import FORGET_TASK
from tests.factories.town import Resident, Shop, Town
from tests.media.watching.players import LASTS, START, Player


class Reader:
    """Follows a brand's stream."""

    def __init__(self, town: Town, shop: Shop, who: Resident | None = None) -> None:
        self.town, self.path = town, f"/v1/brands/{shop.id}/watch-events"
        self.who = who or shop.owner
        self.cursor: str | None = None

    async def read(self, limit: int = 2) -> list[dict[str, Any]]:
        asked = {"limit": limit, **({"cursor": self.cursor} if self.cursor else {})}
        page = await self.town.good("GET", self.path, self.who, params=asked)
        self.cursor = page["nextCursor"]
        return page["items"]

    async def until(self, count: int) -> list[dict[str, Any]]:
        """As many events, however long they take to come."""
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(60):
            while len(found) < count:
                more = await self.read()
                found += more
                if not more:
                    await asyncio.sleep(0.1)
        return found


async def unsaid(house: House, shop: Shop, tx: Any) -> None:
    """Keep an event in a transaction that goes on."""
    row = {"video_id": 1, "session": "slow", "digest": 1, "id": house.ids.new(), "live": True}
    row |= {"owner_id": shop.id, "kind": "play", "position": 0, "at": START}
    row |= {"quartile": None, "cue_id": None, "product_id": None}
    await JournalRepository().add(tx.session, [row])


async def test_every_event_once(town: Town, shop: Shop, video: str) -> None:
    reader, one, other = Reader(town, shop), Player(town, video), Player(town, video)
    for _ in range(2):  # told twice
        await one.tell(("impression", 0), ("play", 0), ("progress", 5_000))
    await other.tell(("quartile", 3_000), quartile=25)
    await other.tell(("add_to_cart", 4_000), cueId="12", productId="13")
    found = await reader.until(5)
    said = [(each["session"], each["kind"], each["position"]) for each in found]
    assert sorted(said) == sorted(
        [
            (one.session, "impression", 0),
            (one.session, "play", 0),
            (one.session, "progress", 5_000),
            (other.session, "quartile", 3_000),
            (other.session, "add_to_cart", 4_000),
        ]
    )
    assert said[3:] == [(other.session, "quartile", 3_000), (other.session, "add_to_cart", 4_000)]
    assert found[3]["quartile"] == 25
    assert (found[4]["cueId"], found[4]["productId"]) == ("12", "13")
    assert {each["videoId"] for each in found} == {video}
    assert await reader.read() == []
    await one.tell(("complete", LASTS))
    assert [each["kind"] for each in await reader.until(1)] == ["complete"]


async def test_nothing_comes_behind_the_reader(
    town: Town, house: House, shop: Shop, video: str
) -> None:
    reader, player = Reader(town, shop), Player(town, video)
    async with house.database.transaction() as slow:
        await unsaid(house, shop, slow)
        await player.tell(("play", 0))
        assert await reader.read() == []
    assert [each["session"] for each in await reader.until(2)] == ["slow", player.session]


async def test_who_writes_nothing_holds_nobody_up(
    town: Town, house: House, shop: Shop, video: str
) -> None:
    async with house.database.transaction() as idle:
        await idle.session.execute(text("SELECT count(*) FROM watch_events"))
        await Player(town, video).tell(("play", 0))
        assert len(await Reader(town, shop).until(1)) == 1


async def test_nobody_elses(town: Town, shop: Shop, video: str) -> None:
    await Player(town, video).tell(("play", 0))
    await Reader(town, shop).until(1)
    reads = await town.key(shop, live=True, scopes=["videos:read"])
    assert len(await Reader(town, shop, reads).read()) == 1
    tests = await town.key(shop, live=False, scopes=["videos:read"])
    assert await Reader(town, shop, tests).read() == []
    other = await town.shop()
    assert await Reader(town, other).read() == []
    path = f"/v1/brands/{shop.id}/watch-events"
    assert (await town.ask("GET", path, other.owner)).status_code == 404
    assert (await town.ask("GET", path, await town.shopper())).status_code == 404
    lacking = await town.key(shop, live=True, scopes=["posts:write"])
    assert (await town.ask("GET", path, lacking)).status_code == 403


@pytest.mark.parametrize("wrong", [{"limit": 501}, {"limit": 0}, {"cursor": "AAAA"}])
async def test_bad_questions(town: Town, shop: Shop, wrong: dict[str, Any]) -> None:
    path = f"/v1/brands/{shop.id}/watch-events"
    assert (await town.ask("GET", path, shop.owner, params=wrong)).status_code == 400


async def test_old_events_are_forgotten(town: Town, house: House, shop: Shop, video: str) -> None:
    player = Player(town, video)
    await player.tell(("impression", 0), ("play", 0))
    statement = (
        "UPDATE watch_events SET heard_at = heard_at - interval '31 days' "
        "WHERE session = :session AND kind = 'impression'"
    )
    async with house.database.transaction() as tx:
        await tx.session.execute(text(statement), {"session": player.session})
    tasks = {task.name: task for wiring in town.composed.wirings for task in wiring.tasks}
    await tasks[FORGET_TASK].run()
    assert [each["kind"] for each in await Reader(town, shop).until(1)] == ["play"]
