"""Closing days, and what a closed day tells afterwards."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from app.composition import Composed
from app.kernel.house import House
from campaigns.ledger.days.service import DayService
from campaigns.ledger.interfaces import Ledger
from tests.campaigns.ledger.purse import post, top_up
from tests.factories.town import Town
from tests.servers import Servers

DAY = timedelta(days=1)


@pytest.fixture
def days(composed: Composed) -> DayService:
    return composed.service("days")


def owner(servers: Servers, statement: str) -> None:
    """What the owner of the tables can do, and the application cannot."""
    with psycopg.connect(servers.postgres.owner_url) as connection:
        connection.execute(statement.encode())


async def three_days(house: House, days: DayService) -> None:
    """Two transfers on the first day, none on the second, one on the third; all closed."""
    await post(house, top_up(9, 100, "a"), top_up(9, 50, "b"))
    house.clock.shift(2 * DAY)
    await post(house, top_up(9, 7, "c"))
    house.clock.shift(DAY + timedelta(minutes=10))
    assert [each.transfers for each in await days.close_due()] == [2, 0, 1]


class TestClose:
    async def test_nothing_to_close(self, house: House, days: DayService) -> None:
        assert await days.close_due() == []
        assert await days.last() is None
        await post(house, top_up(9, 100))
        assert await days.close_due() == []
        assert await days.audit() == []

    async def test_each_day_once_and_chained(self, house: House, days: DayService) -> None:
        await three_days(house, days)
        assert await days.close_due() == []
        assert await days.audit() == []
        last = await days.last()
        assert last is not None
        assert (last.transfers, len(last.hash)) == (1, 64)

    async def test_two_closers_at_once(self, house: House, days: DayService) -> None:
        await post(house, top_up(9, 100))
        house.clock.shift(2 * DAY)
        answers = await asyncio.gather(*(days.close_due() for _ in range(4)))
        assert sum(map(len, answers)) in (1, 2)  # midnight may lie within the grace
        assert await days.audit() == []

    async def test_no_row_slips_below_a_cut(self, house: House, days: DayService) -> None:
        """A transaction draws its sequence, later ones commit before it, the day is closed."""
        ledger = house.doors.get(Ledger)
        await post(house, top_up(9, 1, "first"))
        async with house.database.transaction() as tx:
            await ledger.post(tx, [top_up(8, 5, "slow")])
            await post(house, top_up(7, 5, "quick", "USD"))
            house.clock.shift(2 * DAY)
            closing = asyncio.create_task(days.close_due())
            done, _ = await asyncio.wait([closing], timeout=0.5)
            assert not done
            await post(house, top_up(7, 5, "meanwhile", "USD"))  # nobody waits for the closing
        closed = await closing
        assert closed[0].transfers == 3
        assert await days.audit() == []

    async def test_it_gives_up_on_a_transaction_that_never_ends(
        self, house: House, days: DayService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from app.kernel.errors import Unavailable
        from campaigns.ledger.days import service

        monkeypatch.setattr(service, "_WAIT_SECONDS", 0.3)
        async with house.database.transaction() as tx:
            await house.doors.get(Ledger).post(tx, [top_up(8, 5, "slow")])
            await post(house, top_up(7, 5, "quick", "USD"))
            house.clock.shift(2 * DAY)
            with pytest.raises(Unavailable):
                await days.close_due()
        assert await days.close_due()


class TestAudit:
    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("UPDATE ledger_transfers SET amount_minor = 99 WHERE amount_minor = 50", "transfer "),
            ("UPDATE ledger_transfers SET kind = 'x' WHERE amount_minor = 50", "transfer "),
            ("UPDATE ledger_transfers SET made_at = now() WHERE amount_minor = 50", "transfer "),
            ("UPDATE ledger_accounts SET owner_id = 5 WHERE owner_id = 9", "transfer "),
            ("DELETE FROM ledger_transfers WHERE amount_minor = 50", "2 transfers and has 1"),
            ("UPDATE ledger_transfers SET sequence = sequence - 1000000 WHERE amount_minor = 100",
             "2 transfers and has 1"),
            ("UPDATE ledger_days SET hash = sha256('x') WHERE transfers = 2", "hash"),
            ("DELETE FROM ledger_days WHERE transfers = 0", "no day is closed between"),
            ("UPDATE ledger_days SET last_sequence = last_sequence - 1 WHERE transfers = 2",
             "begins after"),
        ],
    )  # fmt: skip
    async def test_what_was_changed_is_named(
        self, house: House, days: DayService, servers: Servers, statement: str, words: str
    ) -> None:
        await three_days(house, days)
        owner(servers, statement)
        problems = await days.audit()
        assert any(words in each for each in problems), problems

    async def test_a_forged_row_with_a_fitting_digest(
        self, house: House, days: DayService, servers: Servers
    ) -> None:
        from campaigns.ledger.repository import DIGEST

        await three_days(house, days)
        owner(
            servers,
            "UPDATE ledger_transfers SET amount_minor = 60 WHERE amount_minor = 50; "
            f"UPDATE ledger_transfers t SET digest = {DIGEST} "
            "FROM ledger_accounts s, ledger_accounts g "
            "WHERE s.id = t.source_id AND g.id = t.target_id",
        )
        problems = await days.audit()
        assert any("hash it was closed with" in each for each in problems), problems

    async def test_a_day_left_open(self, house: House, days: DayService) -> None:
        await post(house, top_up(9, 100))
        house.clock.shift(4 * DAY)
        assert any("is not closed" in each for each in await days.audit())


class TestPage:
    async def test_operators_read_them(self, town: Town, days: DayService) -> None:
        await three_days(town.house, days)
        operator, shop = await town.operator(), await town.shop()
        first = await town.good("GET", "/v1/ledger/days?limit=2", operator)
        path = f"/v1/ledger/days?limit=2&cursor={first['nextCursor']}"
        second = await town.good("GET", path, operator)
        found = [each["transfers"] for each in first["items"] + second["items"]]
        assert found == [1, 0, 2]
        assert second["nextCursor"] is None
        for who, status in ((shop.owner, 403), (await town.shopper(), 403), (None, 401)):
            assert (await town.ask("GET", "/v1/ledger/days", who)).status_code == status


async def test_a_day_is_closed_by_the_clock(town: Town, days: DayService) -> None:
    tasks = {task.name: task for wiring in town.composed.wirings for task in wiring.tasks}
    assert tasks["ledger.close_days"].every_cron
    await post(town.house, top_up(9, 100))
    town.house.clock.shift(2 * DAY)
    await tasks["ledger.close_days"].run()
    assert await days.last() is not None
