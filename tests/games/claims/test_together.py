"""Shoppers who come in the same turn share one run of the script; each is answered as if alone."""

import asyncio
import random
from typing import Any

import pytest

from app.kernel.valkey import decisions
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.scripts import Script
from games.claims.errors import CapReached, NotOpenYet, TooManyGuesses
from games.claims.interfaces import Grant
from games.claims.store import GRABS_TOGETHER_MAX
from games.packets.interfaces import PacketRecord
from tests.games.claims.test_forms import rain
from tests.games.conftest import Fair, soon

LUCKY = {"form": "lucky", "count": 60, "totalMinor": 30_000}


class Runs:
    """How many shoppers each run of the script was about."""

    def __init__(self, fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.failing: asyncio.Future[Any] | None = None
        real_run = fair.house.live.run

        def run(script: Script, keys: Any, args: Any = ()) -> Any:
            if script.name.endswith("grab_packet.lua"):
                self.sizes.append((len(args) - 4) // 2)
                if self.failing is not None:
                    return self.failing
            return real_run(script, keys, args)

        monkeypatch.setattr(fair.house.live, "run", run)


@pytest.fixture
def runs(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> Runs:
    return Runs(fair, monkeypatch)


async def together(fair: Fair, record: PacketRecord, *shoppers: int, wave: int = 0) -> list[Any]:
    """What each is told, errors among it."""
    grabs = (fair.give(record, each, wave) for each in shoppers)
    return await asyncio.gather(*grabs, return_exceptions=True)


def plain(answers: list[Any]) -> list[Any]:
    """Grants without whether they were given just now, shares only; errors by their class."""
    return [
        each.share if isinstance(each, Grant) else each if each is None else type(each)
        for each in answers
    ]


class TestAnswers:
    async def test_each_is_answered_as_if_alone(self, fair: Fair, runs: Runs):
        """Twice in one crowd, with a share already, and sold out in the middle."""
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, {**LUCKY, "count": 4}))
        first = await fair.give(record, 1)
        runs.sizes.clear()
        told = await together(fair, record, 2, 1, 3, 2, 4, 5, 3, 5)
        assert runs.sizes == [8]
        assert plain(told) == [1, 0, 2, 1, 3, None, 2, None]
        assert [each.new for each in told if each] == [True, False, True, False, True, False]
        assert told[1] == first._replace(new=False)
        await fair.town.settle()
        rows = {row.shopper_id: (row.share, row.order) for row in await fair.rows(str(record.id))}
        given = {n: (told[at].share, told[at].order) for n, at in ((1, 1), (2, 0), (3, 2), (4, 4))}
        assert rows == given
        assert await fair.audit() == []
        assert await fair.quarantined() == []

    async def test_a_shopper_at_a_limit_holds_up_nobody_else(self, fair: Fair, runs: Runs):
        """The cap over all waves, each one's own moment, each one's own wrong phrases."""
        shop = await fair.rich_shop()
        packet_id = await fair.open(
            shop, rain((0, 20), (30, 20), count=9, cap=1), closesAt=soon(300)
        )
        record = await fair.record(packet_id)
        await together(fair, record, 1, 2)
        await fair.step(packet_id, 31)
        runs.sizes.clear()
        told = await together(fair, record, 1, 3, 2, 4, 3, wave=1)
        assert plain(told) == [CapReached, 0, CapReached, 1, 0]
        await fair.store.count_guess(record.id, 6, 3)
        for _ in range(3):
            await fair.store.count_guess(record.id, 5, 3)
        soon_ms, late_ms = 0, 60_000
        shoppers = ((5, soon_ms), (6, soon_ms), (7, late_ms), (4, late_ms))
        told = await asyncio.gather(
            *(
                fair.store.grab(record.id, each, 1, later_ms=later_ms, guesses_max=3)
                for each, later_ms in shoppers
            ),
            return_exceptions=True,
        )
        assert plain(told) == [TooManyGuesses, 2, NotOpenYet, 1]
        assert runs.sizes == [5, 4]

    async def test_too_much_unsettled_in_the_middle(
        self, fair: Fair, runs: Runs, monkeypatch: pytest.MonkeyPatch
    ):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        await fair.claims.warm(record.id)
        defaults = dict(decisions.decide.__kwdefaults__ or {})
        monkeypatch.setattr(decisions.decide, "__kwdefaults__", {**defaults, "unsettled_max": 2})
        told = await together(fair, record, 1, 2, 3, 1, 4, 3)
        assert plain(told) == [0, 1, ValkeyUnavailable, 0, ValkeyUnavailable, ValkeyUnavailable]
        await fair.town.settle()
        assert plain(await together(fair, record, 3, 2, 4)) == [2, 1, 3]

    @pytest.mark.parametrize("seed", range(3))
    async def test_crowds_are_like_shoppers_one_by_one(self, fair: Fair, seed: int, runs: Runs):
        """A model of one shopper after the other says what each is told."""
        chance = random.Random(seed)
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        shares: dict[int, int] = {}
        for _ in range(12):
            crowd = [chance.randrange(1, 80) for _ in range(chance.randrange(1, 20))]
            expected = [
                shares.setdefault(each, len(shares)) if each in shares or len(shares) < 60 else None
                for each in crowd
            ]
            assert plain(await together(fair, record, *crowd)) == expected
        assert max(runs.sizes) > 1
        await fair.town.settle()
        assert await fair.audit() == []


class TestCrowds:
    async def test_a_run_is_never_about_more_than_its_bound(self, fair: Fair, runs: Runs):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, {**LUCKY, "count": 150}))
        await fair.claims.warm(record.id)
        told = await together(fair, record, *range(1, 151))
        assert plain(told) == list(range(150))
        assert runs.sizes == [GRABS_TOGETHER_MAX, GRABS_TOGETHER_MAX, 22]

    async def test_a_lost_run_is_told_to_each(self, fair: Fair, runs: Runs):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        await fair.claims.warm(record.id)
        runs.failing = asyncio.get_running_loop().create_future()
        asked = asyncio.create_task(together(fair, record, 1, 2, 3))
        await asyncio.sleep(0)
        runs.failing.set_exception(ValkeyUnavailable())
        assert plain(await asked) == [ValkeyUnavailable] * 3
        runs.failing = None
        assert plain(await together(fair, record, 1, 2, 3)) == [0, 1, 2]

    async def test_who_goes_away_takes_nobody_along(self, fair: Fair, runs: Runs):
        shop = await fair.rich_shop()
        record = await fair.record(await fair.open(shop, LUCKY))
        await fair.claims.warm(record.id)
        one, other = (asyncio.create_task(fair.give(record, each)) for each in (1, 2))
        while not runs.sizes:
            await asyncio.sleep(0)
        one.cancel()
        assert (await other).share == 1
        assert (await fair.give(record, 1)).share == 0
