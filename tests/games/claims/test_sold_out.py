"""Late crowds are answered from memory; whoever has a share never is."""

import asyncio

import pytest

from app.kernel.valkey.changes import Change
from app.realtime.interfaces import PACKET_OVER
from games.claims.holding import sold_out
from games.claims.service import Receipt
from tests.games.claims.test_forms import rain
from tests.games.conftest import Fair, soon

LUCKY = {"form": "lucky", "count": 30, "totalMinor": 3_000}


@pytest.fixture
def asked(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Shoppers that a bucket was asked about."""
    seen: list[int] = []
    store = fair.claims._store  # pyright: ignore[reportPrivateUsage]
    real = store.grab

    async def grab(packet_id: int, shopper_id: int, *args: object, **options: object) -> object:
        seen.append(shopper_id)
        return await real(packet_id, shopper_id, *args, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(store, "grab", grab)
    return seen


async def remembered(fair: Fair, packet_id: int) -> None:
    memory = fair.claims._sold_out  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(10):
        while not memory.to(packet_id, 0, 999_999):
            await asyncio.sleep(0.01)


class TestList:
    async def test_says_what_is_sold_out_until_it_is_not_known_for_certain(self, fair: Fair):
        shop = await fair.rich_shop()
        one = await fair.open(shop, {"form": "equal", "count": 1, "eachMinor": 5})
        other = await fair.open(shop, {"form": "equal", "count": 2, "eachMinor": 5})
        ann = await fair.town.shopper()

        async def listed() -> dict[str, bool]:
            items = (await fair.town.good("GET", "/v1/packets"))["items"]
            return {each["id"]: each["soldOut"] for each in items}

        assert await listed() == {one: False, other: False}
        for packet_id in (one, other):
            await fair.grab(packet_id, ann)
        assert await listed() == {one: True, other: False}
        await fair.wipe_live()
        assert await listed() == {one: False, other: False}


class Heard:
    """What the changes log says of the end of packets."""

    def __init__(self, fair: Fair) -> None:
        self.said: list[tuple[int, bytes]] = []
        self._changes = fair.house.changes
        self._changes.listen(self)

    def changed(self, change: Change) -> None:
        if change.kind == PACKET_OVER:
            self.said.append((change.id, change.payload))

    def reset(self) -> None:
        raise AssertionError("changes were missed")

    async def now(self) -> list[tuple[int, bytes]]:
        await self._changes.sync()
        said, self.said = self.said, []
        return said


class TestNews:
    async def test_who_looks_is_told_when_the_last_share_is_settled_and_at_the_end(
        self, fair: Fair
    ):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        await fair.house.changes.sync()
        heard = Heard(fair)
        for number in range(1, 30):
            await fair.give(record, number)
        await fair.town.settle()
        assert await heard.now() == []
        await fair.give(record, 30)
        await fair.town.settle()
        assert await heard.now() == [(record.id, b"sold_out")]
        await fair.act(shop, str(record.id), "end")
        await fair.town.settle()
        assert await heard.now() == [(record.id, b"closed")]

    async def test_the_last_share_out_of_turn_and_one_wave_of_two_are_no_end(self, fair: Fair):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        wet = await fair.record(await fair.open(shop, rain((0, 20), (30, 20)), closesAt=soon(300)))
        await fair.house.changes.sync()
        heard = Heard(fair)
        (amounts,) = await fair.packets.shares(record)
        await fair.claims.restore(record, Receipt(record.id, 1, 0, 29, amounts[29], 77 << 32 | 1))
        for number in (1, 2):
            await fair.give(wet, number)
        await fair.town.settle()
        assert await heard.now() == []


class TestSoldOut:
    async def test_who_has_nothing_is_answered_from_memory_and_winners_are_not(
        self, fair: Fair, asked: list[int], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(sold_out, "_GOOD_SECONDS", 60.0)
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        grants = [await fair.give(record, number) for number in range(1, 31)]
        assert await fair.give(record, 31) is None
        await remembered(fair, record.id)
        asked.clear()
        late = await asyncio.gather(*(fair.give(record, number) for number in range(1, 500)))
        assert [g and g._replace(new=True) for g in late[:30]] == grants
        assert late[30:] == [None] * 469
        assert set(asked) == set(range(1, 31))

    async def test_nothing_is_remembered_before_a_script_said_so(
        self, fair: Fair, asked: list[int]
    ):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        for number in range(1, 31):
            await fair.give(record, number)
            assert not fair.claims._sold_out.to(record.id, 0, 77)  # pyright: ignore[reportPrivateUsage]
        assert set(asked) == set(range(1, 31))

    async def test_a_rebuilt_packet_that_has_shares_again_gives_them(self, fair: Fair):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        for number in range(1, 31):
            await fair.give(record, number)
            if number == 20:
                await fair.town.settle()
        assert await fair.give(record, 40) is None
        await remembered(fair, record.id)
        await fair.wipe_live()
        async with asyncio.timeout(20):
            while await fair.give(record, 41) is None:
                await asyncio.sleep(0.1)

    async def test_who_was_given_a_share_back_is_asked_about_again(self, fair: Fair):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        lost = await fair.give(record, 1)
        await fair.wipe_live()
        for number in range(2, 32):
            await fair.give(record, number)
        assert await fair.give(record, 1) is None
        await remembered(fair, record.id)
        assert await fair.give(record, 1) is None
        receipt = Receipt(record.id, 1, 0, lost.share, lost.amount_minor, lost.order)
        back = await fair.claims.restore(record, receipt)
        assert (await fair.give(record, 1)).order == back.order
