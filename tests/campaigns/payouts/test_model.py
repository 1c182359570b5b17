"""No money is created or lost, and nobody is paid twice, in any order of events.

A machine wins, withdraws, loses requests and answers, lets requests arrive hours late, decides,
delivers every word of the bank again and again in any order, forges some, rolls back half-way,
runs jobs twice at a time or never, and moves the clock; after each step ledger, withdrawals and
bank are compared, and in the end everything hanging is brought to its end.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from app.identity.interfaces import Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.errors import AppError, Unauthorized
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.money import Sum
from app.kernel.settings import Settings
from app.kernel.structs import Currency
from campaigns.ledger.repository import LedgerRepository
from campaigns.ledger.service import LedgerService
from campaigns.payouts.interfaces import Payout, PayoutStatus
from campaigns.payouts.repository import WithdrawalRepository
from campaigns.payouts.rules import State
from campaigns.payouts.schemas import WithdrawalCreate
from campaigns.payouts.service import WithdrawalService
from tests.campaigns.ledger.purse import claim, fund, top_up
from tests.campaigns.payouts.bank import Bank
from tests.servers import Servers

T = TypeVar("T")

people, picks = st.integers(1, 3), st.integers(0, 10_000)
wires = st.sampled_from(("answer", "answer", "lost", "mute", "slow"))


class Crash(Exception):
    """The process dies before its commit."""


class WithdrawalMachine(RuleBasedStateMachine):
    """`servers` and `base` are set by the test."""

    servers: Servers
    base: Settings

    def __init__(self) -> None:
        super().__init__()
        self.servers.empty()
        self.loop = asyncio.new_event_loop()
        self.bank, self.clock, self.jobs = Bank(), Clock(), list[int]()
        self.won: Counter[int] = Counter()
        self.asked: dict[int, tuple[int, int]] = {}

        async def defer(
            _c: Any, _t: str, _at: Any, _l: Any, _p: int, _q: Any, arguments: dict[str, Any]
        ) -> None:
            self.jobs.append(arguments["withdrawal_id"])

        self.database = Database(self.base, defer)
        self.ledger = LedgerService(LedgerRepository(), self.clock)
        self.service = WithdrawalService(
            database=self.database,
            repository=WithdrawalRepository(),
            ledger=self.ledger,
            provider=self.bank,
            ids=Ids(1),
            clock=self.clock,
            cursors=Cursors([b"k"]),
        )

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        try:
            self.run(self._to_the_end())
        finally:
            self.run(self.database.close())
            self.loop.close()

    # What happens.

    @initialize(amounts=st.tuples(*(st.integers(20, 200) for _ in range(3))))
    def begin(self, amounts: tuple[int, ...]) -> None:
        """Everybody has won and asked; some of it arrived."""
        for who, amount in enumerate(amounts, 1):
            self.win(who, amount)
            self.ask(who, amount // 2, who)
            self.run_a_job(-1, "answer" if amount % 3 else "mute", False)

    @rule(who=people, amount=st.integers(1, 100))
    def win(self, who: int, amount: int) -> None:
        drop = sum(self.won.values()) + 1000

        async def post() -> None:
            async with self.database.transaction() as tx:
                await self.ledger.post(
                    tx, [top_up(9, amount, f"{drop}"), fund(9, drop, amount),
                         claim(drop, who, amount)]
                )  # fmt: skip

        self.run(post())
        self.won[who] += amount

    @rule(who=people, amount=st.integers(1, 60), tap=st.integers(0, 5))
    def ask(self, who: int, amount: int, tap: int) -> None:
        body = WithdrawalCreate(
            amount=Sum(amount_minor=amount, currency=Currency("CNY")),
            payee="me",
            client_id=f"{tap}-{amount}",
        )

        async def ask() -> int:
            async with self.database.transaction() as tx:
                actor = Actor(kind=ActorKind.SHOPPER, id=who)
                return int((await self.service.ask(tx, actor, body)).id)

        try:
            id_ = self.run(ask())
        except AppError as error:
            if error.code not in ("insufficient_funds", "too_many_withdrawals"):
                raise
            return
        assert self.asked.setdefault(id_, (who, amount)) == (who, amount)

    @rule(pick=picks, wire=wires, twice=st.booleans())
    def run_a_job(self, pick: int, wire: str, twice: bool) -> None:
        if self.jobs:
            self._advance(self.jobs[pick % len(self.jobs)], wire, 2 if twice else 1)

    @rule(pick=picks, wire=wires)
    def look_at_one(self, pick: int, wire: str) -> None:
        if self.asked:
            self._advance(sorted(self.asked)[pick % len(self.asked)], wire, 1)

    @rule(pick=picks, wires=st.lists(wires, min_size=1, max_size=3))
    def hang(self, pick: int, wires: list[str]) -> None:
        """A day without an outcome, and then some more looks."""
        if self.asked:
            id_ = sorted(self.asked)[pick % len(self.asked)]
            self.clock.shift(timedelta(hours=25))
            for wire in ("answer", *wires):
                self._advance(id_, wire, 1)

    @rule(pick=picks, pay=st.booleans(), stale=picks)
    def say_it_all(self, pick: int, pay: bool, stale: int) -> None:
        """The final word arrives and takes effect, and then an older one comes."""
        if self.bank.orders:
            id_ = sorted(self.bank.orders)[pick % len(self.bank.orders)]
            self.bank.decide(id_, pay=pay)
            said = [news for news in self.bank.said if news.id == id_]
            for news in (said[-1], said[stale % len(said)]):
                self._call_back(f"{news.id} {news.status}")
                self._advance(int(id_), "answer", 1)

    @rule(wire=wires)
    def reconcile(self, wire: str) -> None:
        self.bank.next = wire
        self.run(self.service.reconcile())

    @rule(hours=st.sampled_from((0.01, 1, 12, 30)))
    def wait(self, hours: float) -> None:
        self.clock.shift(timedelta(hours=hours))

    @rule(pick=picks)
    def arrive_late(self, pick: int) -> None:
        if self.bank.on_the_wire:
            self.bank.arrive(self.bank.on_the_wire[pick % len(self.bank.on_the_wire)])

    @rule(pick=picks, pay=st.booleans())
    def decide(self, pick: int, pay: bool) -> None:
        if self.bank.orders:
            self.bank.decide(sorted(self.bank.orders)[pick % len(self.bank.orders)], pay=pay)

    @rule(pick=picks, dies=st.booleans())
    def call_back(self, pick: int, dies: bool) -> None:
        if self.bank.said:
            news = self.bank.said[pick % len(self.bank.said)]
            self._call_back(f"{news.id} {news.status}", dies=dies)

    @rule(pick=picks, status=st.sampled_from(PayoutStatus))
    def forge(self, pick: int, status: PayoutStatus) -> None:
        if self.asked:
            id_ = sorted(self.asked)[pick % len(self.asked)]
            try:
                self._call_back(f"{id_} {status}", signed="by somebody")
            except Unauthorized:
                return
            raise AssertionError("a forged callback was taken")

    # What has to hold.

    @invariant()
    def money_is_where_it_should_be(self) -> None:
        self.run(self._check())

    async def _check(self) -> None:
        async with self.database.reading() as session:
            found = await session.execute(text("SELECT id, state FROM withdrawals"))
            states = {id_: State(state) for id_, state in found}
            wallets = await session.execute(
                text("SELECT owner_id, balance_minor FROM ledger_accounts WHERE kind = 'wallet'")
            )
            balances = dict(wallets.all())
            total = await session.scalar(text("SELECT sum(balance_minor) FROM ledger_accounts"))
        assert states.keys() == self.asked.keys()
        assert not total
        for who, balance in balances.items():
            out = sum(
                amount
                for id_, (owner, amount) in self.asked.items()
                if owner == who and states[id_] is not State.REFUNDED
            )
            assert balance == self.won[who] - out
        paid = [payout.id for payout in self.bank.paid]
        assert len(paid) == len(set(paid))
        for id_, state in states.items():
            standing = self.bank.standing.get(str(id_))
            if state is State.RECEIVED:
                assert standing is PayoutStatus.PAID
            if state in (State.FAILED, State.REFUNDED):
                # its word is final, so what was refunded is never paid
                assert standing is PayoutStatus.FAILED
        assert await self.service.audit() == []

    async def _to_the_end(self) -> None:
        """Everything arrives, everything is decided, everybody is asked."""
        self.bank.next = "answer"
        for payout in self.bank.on_the_wire:
            self.bank.arrive(payout)
        for _ in range(6):
            await self.service.reconcile()
            for number, id_ in enumerate(sorted(self.bank.orders)):
                self.bank.decide(id_, pay=number % 2 == 0)
            self.clock.shift(timedelta(hours=1))
        await self._check()
        async with self.database.reading() as session:
            found = await session.execute(text("SELECT id, state FROM withdrawals"))
            for id_, state in found:
                paid = self.bank.standing[str(id_)] is PayoutStatus.PAID
                assert state == (State.RECEIVED if paid else State.REFUNDED)

    # How it is done.

    def _advance(self, id_: int, wire: str, times: int) -> None:
        self.bank.next = wire

        async def advance() -> None:
            await asyncio.gather(*(self.service.advance(id_) for _ in range(times)))

        self.run(advance())

    def _call_back(self, body: str, *, signed: str = "by the bank", dies: bool = False) -> None:
        async def receive() -> None:
            async with self.database.transaction() as tx:
                await self.service.callback(tx, {"signed": signed}, body.encode())
                if dies:
                    raise Crash

        with contextlib.suppress(Crash):
            self.run(receive())


def test_no_order_of_events_makes_or_loses_money(servers: Servers, settings: Settings) -> None:
    WithdrawalMachine.servers, WithdrawalMachine.base = servers, settings
    run_state_machine_as_test(
        WithdrawalMachine,
        settings=hypothesis_settings(
            max_examples=20,
            stateful_step_count=40,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            print_blob=True,
        ),
    )


def test_an_unknown_outcome_is_tried_under_one_id(servers: Servers, settings: Settings) -> None:
    """The shortest story: two answers are lost, the third arrives, the bank has paid once."""
    WithdrawalMachine.servers, WithdrawalMachine.base = servers, settings
    machine = WithdrawalMachine()
    machine.win(1, 50)
    machine.ask(1, 50, 0)
    for wire in ("mute", "mute", "answer"):
        machine.run_a_job(0, wire, False)
        machine.decide(0, True)
        machine.wait(1)
    machine.money_is_where_it_should_be()
    (id_,) = machine.asked
    assert machine.bank.paid == [Payout(str(id_), 50, "CNY", "me")]
    machine.teardown()


def test_giving_up_waits_for_a_word_that_is_being_written(
    servers: Servers, settings: Settings
) -> None:
    WithdrawalMachine.servers, WithdrawalMachine.base = servers, settings
    machine = WithdrawalMachine()
    machine.win(1, 50)
    machine.ask(1, 50, 0)
    machine.run_a_job(0, "answer", False)
    machine.decide(0, True)
    machine.wait(30)
    (id_,) = machine.asked

    async def both() -> None:
        async with machine.database.transaction() as tx:
            await machine.service.callback(tx, {"signed": "by the bank"}, f"{id_} paid".encode())
            other = asyncio.create_task(machine.service.advance(id_))
            await asyncio.wait([other], timeout=0.3)
        await other

    machine.run(both())
    machine.money_is_where_it_should_be()

    async def state() -> str | None:
        async with machine.database.reading() as session:
            return await session.scalar(text("SELECT state FROM withdrawals"))

    assert machine.run(state()) == State.RECEIVED
    machine.teardown()
