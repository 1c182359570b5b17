"""Posting, on real connections against a plain dict."""

import asyncio
import random
from collections import Counter

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from app.kernel.database import Database
from app.kernel.errors import AppError
from app.kernel.house import House
from campaigns.ledger.errors import Insufficient, KeyReused, TransferRefused
from campaigns.ledger.interfaces import (
    Account,
    AccountKind,
    Ledger,
    Transfer,
    budget,
    clearing,
    escrow,
    loss,
    platform,
    wallet,
)
from tests.campaigns.ledger.purse import balances, claim, fund, post, top_up
from tests.servers import Servers

CNY = "CNY"


@pytest.fixture
def ledger(house: House) -> Ledger:
    return house.doors.get(Ledger)


class TestPost:
    async def test_a_drop_from_top_up_to_refund(self, house: House, ledger: Ledger) -> None:
        posted = await post(
            house, top_up(9, 1000), fund(9, 1, 600), claim(1, 2, 70), claim(1, 3, 30)
        )
        assert all(each.new for each in posted)
        assert [each.sequence for each in posted] == sorted(each.sequence for each in posted)
        refund = Transfer(
            "packet.refund:1", "packet.refund", escrow(1, CNY), budget(9, CNY), 500, 1
        )
        late = Transfer("packet.loss:1:2", "packet.loss", loss(CNY), wallet(2, CNY), 70, 1)
        await post(house, refund, late)
        async with house.database.reading() as session:
            assert await ledger.balance(session, budget(9, CNY)) == 900
            assert await ledger.balance(session, escrow(1, CNY)) == 0
            assert await ledger.balance(session, loss(CNY)) == -70
            assert await ledger.balances(session, AccountKind.WALLET, 2) == {CNY: 140}
            assert await ledger.balance(session, wallet(99, CNY)) == 0
            figures = await ledger.drop(session, 1)
            assert figures is not None
            assert (figures.brand_id, figures.kind) == (9, "packet.fund")
            assert (figures.funded_minor, figures.paid_minor) == (600, 100)
            assert (figures.returned_minor, figures.balance_minor) == (500, 0)
            assert await ledger.drop(session, 2) is None
            lines = await ledger.lines(session, AccountKind.WALLET, 2, limit=10)
            assert [(each.change_minor, each.balance_minor) for each in lines] == [
                (70, 140),
                (70, 70),
            ]
            assert [each.other for each in lines] == [loss(CNY), escrow(1, CNY)]
            older = await ledger.lines(
                session, AccountKind.WALLET, 2, before=lines[0].sequence, limit=10
            )
            assert older == lines[1:]

    async def test_again_is_harmless_and_else_is_refused(self, house: House) -> None:
        batch = (top_up(9, 1000), fund(9, 1, 600), claim(1, 2, 70))
        first = await post(house, *batch)
        again = await post(house, *batch, claim(1, 3, 5), batch[0])
        assert [each.new for each in again] == [False, False, False, True, False]
        assert [each.sequence for each in again[:3]] == [each.sequence for each in first]
        before = await balances(house)
        for other in (claim(1, 2, 71), top_up(8, 5, "x"), fund(9, 2, 1)):
            twin = Transfer(
                batch[2].key, other.kind, other.source, other.target, other.amount_minor,
                other.drop_id,
            )  # fmt: skip
            with pytest.raises(KeyReused):
                await post(house, claim(1, 4, 5), twin)
        assert await balances(house) == before

    async def test_all_or_nothing(self, house: House) -> None:
        await post(house, top_up(9, 1000), fund(9, 1, 600))
        before = await balances(house)
        for batch, error in (
            ([claim(1, 2, 600), claim(1, 3, 1)], Insufficient),
            ([claim(1, 2, 5), claim(77, 2, 5)], Insufficient),
            ([fund(9, 2, 400), fund(9, 3, 1)], Insufficient),
            ([top_up(8, 50), fund(8, 1, 50, ":x")], TransferRefused),  # another brand's drop
            ([claim(1, 2, 5), claim(1, 3, 0)], TransferRefused),
        ):
            with pytest.raises(error):
                await post(house, *batch)
            assert await balances(house) == before
        async with house.database.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM ledger_transfers")) == 2

    async def test_money_goes_back_to_the_brand_that_gave_it(self, house: House) -> None:
        await post(house, top_up(9, 100), fund(9, 1, 60), top_up(8, 1))
        stolen = Transfer("r", "packet.refund", escrow(1, CNY), budget(8, CNY), 60, 1)
        with pytest.raises(TransferRefused):
            await post(house, stolen)

    async def test_currencies_do_not_mix(self, house: House) -> None:
        await post(house, top_up(9, 100), top_up(9, 5, "2", "USD"))
        with pytest.raises(Insufficient):
            await post(house, Transfer("k", "x", budget(9, "USD"), escrow(1, "USD"), 6, 1))
        await post(house, fund(9, 1, 60))
        other = Transfer("k", "packet.fund", budget(9, "USD"), escrow(1, "USD"), 5, 1)
        with pytest.raises(TransferRefused):
            await post(house, other)
        assert await balances(house) == {
            "platform:0:CNY": -100, "platform:0:USD": -5, "budget:9:CNY": 40, "budget:9:USD": 5,
            "escrow:1:CNY": 60,
        }  # fmt: skip

    async def test_thousands_of_claims_are_a_handful_of_statements(self, house: House) -> None:
        await post(house, top_up(9, 10**6), fund(9, 1, 10**6))
        statements: list[str] = []
        engine = house.database._engine.sync_engine
        event.listen(
            engine, "before_cursor_execute", lambda *given: statements.append(str(given[2]))
        )
        posted = await post(house, *(claim(1, shopper, 7) for shopper in range(1, 5001)))
        assert len(posted) == 5000
        assert len(statements) <= 8
        held = await balances(house)
        assert held["escrow:1:CNY"] == 10**6 - 35_000
        assert sum(held.values()) == 0


class TestConcurrency:
    async def test_one_of_many_twins_is_new(self, house: House) -> None:
        batch = (top_up(9, 1000), fund(9, 1, 600), *(claim(1, n, 10) for n in range(1, 40)))
        answers = await asyncio.gather(*(post(house, *batch) for _ in range(8)))
        assert [all(each.new for each in answer) for answer in answers].count(True) == 1
        assert [any(each.new for each in answer) for answer in answers].count(True) == 1
        assert (await balances(house))["escrow:1:CNY"] == 600 - 390

    async def test_a_budget_is_never_promised_twice(self, house: House) -> None:
        await post(house, top_up(9, 1000))
        answers = await asyncio.gather(
            *(post(house, fund(9, drop, 300)) for drop in range(1, 11)), return_exceptions=True
        )
        refused = [each for each in answers if isinstance(each, Insufficient)]
        assert len(refused) == 7
        assert (await balances(house))["budget:9:CNY"] == 100

    async def test_keys_crossed_between_strangers_wait_in_no_circle(self, house: House) -> None:
        """Two callers with the same keys for different accounts, in opposite order."""
        for turn in range(10):
            keys = [f"{turn}:{n}" for n in range(300)]

            def batch(currency: str, keys: list[str]) -> list[Transfer]:
                ends = platform(currency), budget(9, currency)
                return [Transfer(key, "topup", *ends, 1) for key in keys]

            one, two = batch("USD", keys), batch("EUR", keys[::-1])
            answers = await asyncio.gather(
                post(house, *one), post(house, *two), return_exceptions=True
            )
            assert sorted(isinstance(each, KeyReused) for each in answers) == [False, True]


BRANDS, DROPS, SHOPPERS = (1, 2), (11, 12, 13), (21, 22, 23, 24)


def some_transfers(choice: random.Random, keys: list[Transfer], count: int) -> list[Transfer]:
    """A batch: new transfers, some that were given before, some that steal a key."""
    batch: list[Transfer] = []
    for _ in range(count):
        if keys and choice.random() < 0.15:
            batch.append(choice.choice(keys))
            continue
        drop, shopper = choice.choice(DROPS), choice.choice(SHOPPERS)
        brand = BRANDS[drop % 2]
        source, target, drop_id = choice.choice(
            (
                (platform(CNY), budget(choice.choice(BRANDS), CNY), None),
                (budget(brand, CNY), escrow(drop, CNY), drop),
                (escrow(drop, CNY), budget(brand, CNY), drop),
                (escrow(drop, CNY), wallet(shopper, CNY), drop),
                (escrow(drop, CNY), wallet(shopper, CNY), drop),
                (loss(CNY), wallet(shopper, CNY), drop),
                (wallet(shopper, CNY), clearing(CNY), None),
                (clearing(CNY), wallet(shopper, CNY), None),
                (clearing(CNY), platform(CNY), None),
            )
        )
        key = f"{choice.getrandbits(48):x}"
        if keys and choice.random() < 0.02:
            key = choice.choice(keys).key
        batch.append(Transfer(key, "packet.x", source, target, choice.randint(1, 40), drop_id))
    return batch


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_batches_from_many_connections_add_up(
    servers: Servers, composed_settings: object, seed: int
) -> None:
    """Whatever is acknowledged, and nothing else, is what the accounts hold."""
    servers.empty()
    asyncio.run(_rush(composed_settings, seed))


@pytest.fixture
def composed_settings(settings: object) -> object:
    return settings


async def _rush(settings: object, seed: int) -> None:
    from app.kernel.clock import Clock
    from campaigns.ledger.repository import LedgerRepository
    from campaigns.ledger.service import LedgerService

    async def nothing(*_: object) -> None: ...

    database = Database(settings, nothing, pool_size=8)  # pyright: ignore[reportArgumentType]
    ledger = LedgerService(LedgerRepository(), Clock())
    choice = random.Random(seed)
    start = [
        Transfer(f"s{n}", "topup", platform(CNY), budget(b, CNY), 3000)
        for n, b in enumerate(BRANDS)
    ]
    start += [
        Transfer(f"f{d}", "packet.fund", budget(BRANDS[d % 2], CNY), escrow(d, CNY), 600, d)
        for d in DROPS
    ]
    given_before: list[Transfer] = []
    applied: dict[str, Transfer] = {}
    outcomes: Counter[str] = Counter()

    async def one(batch: list[Transfer]) -> None:
        try:
            async with database.transaction() as tx:
                posted = await ledger.post(tx, batch)
        except AppError as error:
            outcomes[error.code] += 1
            return
        outcomes["posted"] += 1
        for each, transfer in zip(posted, batch, strict=True):
            if each.new:
                assert applied.setdefault(each.key, transfer) == transfer
            else:
                assert applied.get(each.key, transfer) == transfer

    await one(start)
    for _ in range(10):
        batches = [
            some_transfers(choice, given_before, choice.choice((1, 1, 2, 5, 20))) for _ in range(12)
        ]
        given_before += [each for batch in batches for each in batch]
        await asyncio.gather(*(one(batch) for batch in batches))
    model: Counter[Account] = Counter()
    for each in applied.values():
        model[each.source] -= each.amount_minor
        model[each.target] += each.amount_minor
    async with database.reading() as session:
        found = await session.execute(
            text("SELECT kind, owner_id, currency, balance_minor FROM ledger_accounts")
        )
        held = {Account(AccountKind(k), o, c): balance for k, o, c, balance in found}
        rows = await session.scalar(text("SELECT count(*) FROM ledger_transfers"))
    await database.close()
    assert {a: b for a, b in held.items() if b} == {a: b for a, b in model.items() if b}
    assert rows == len(applied)
    overdrawn = {a for a, b in held.items() if b < 0}
    assert all(a.kind in (AccountKind.PLATFORM, AccountKind.LOSS) for a in overdrawn)
    assert outcomes["posted"] > 20
    assert not set(outcomes) - {"posted", "insufficient_funds", "transfer_key_reused"}, outcomes


class TestRights:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_transfers SET amount_minor = 1",
            "DELETE FROM ledger_transfers",
            "TRUNCATE ledger_transfers",
            "UPDATE ledger_days SET transfers = 0",
            "DELETE FROM ledger_days",
            "TRUNCATE ledger_days",
            "UPDATE ledger_top_ups SET amount_minor = 1",
            "DELETE FROM ledger_top_ups",
            "UPDATE ledger_accounts SET owner_id = 1",
            "UPDATE ledger_accounts SET kind = 'platform'",
            "DELETE FROM ledger_accounts",
            "TRUNCATE ledger_accounts",
            "DELETE FROM ledger_drops",
            "DELETE FROM ledger_corrections",
            "ALTER TABLE ledger_transfers DISABLE TRIGGER ALL",
            "DROP TABLE ledger_transfers",
        ],
    )
    def test_the_application_appends_only(self, servers: Servers, statement: str) -> None:
        with psycopg.connect(servers.postgres.url) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()
            connection.execute("SELECT * FROM ledger_transfers").fetchall()
