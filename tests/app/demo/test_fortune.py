"""The packets of the demo: there after the first load, not twice after the second, and raining."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from app.demo import fortune
from app.demo.festival import Loader
from games.packets.interfaces import PacketStatus
from games.packets.models import Packet
from tests.factories.town import Town


async def _packets(town: Town) -> list[Packet]:
    async with town.house.database.reading() as session:
        return list(await session.scalars(select(Packet).order_by(Packet.opens_at, Packet.id)))


async def test_packets_are_given_once_a_week_and_rains_without_a_gap(town: Town) -> None:
    shop = await town.shop()
    picture_id = await town.picture(shop.owner)
    host = fortune.Host(int(shop.id), shop.owner.id, [int(picture_id)])
    loader = Loader(town.composed)
    for _ in range(2):
        await fortune.give(town.composed, loader.step, {"tea": host})
    packets = await _packets(town)
    assert {packet.status for packet in packets} == {PacketStatus.SCHEDULED}
    forms = [packet.form for packet in packets]
    assert sorted(form for form in forms if form != "rain") == [
        "attached", "attached", "fission", "passphrase",
    ]  # fmt: skip
    moments: list[Any] = []
    for packet in packets:
        if packet.form == "rain":
            assert packet.opens_at is not None
            waves: Any = packet.rules["waves"]
            moments += [packet.opens_at + timedelta(seconds=w["afterSeconds"]) for w in waves]
    assert {later - earlier for earlier, later in pairwise(moments)} == {fortune.RAIN_EVERY}
    # in the last minutes of eight hours there is none left of these
    assert 8 * 48 <= len(moments) < 9 * 48
    posts = await town.good("GET", f"/v1/accounts/{shop.id}/posts", shop.owner)
    carried = [item["post"]["attachment"]["form"] for item in posts["items"]]
    assert sorted(carried) == ["attached", "attached", "fission", "passphrase"]
