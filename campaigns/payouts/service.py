"""The use cases of withdrawals.

Money leaves a wallet for clearing when the shopper asks, and clearing for the world outside or for
the wallet when the provider has said its final word. Both ends share one business key, so that
even the ledger refuses a second one.
"""

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, requires_shopper
from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.errors import Invalid
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import ID_MAX, Page
from app.kernel.text import is_visible, one_line
from campaigns.ledger.interfaces import Ledger, Transfer, clearing, platform, wallet
from campaigns.payouts import rules
from campaigns.payouts.errors import (
    ClientIdReused,
    ProviderSilent,
    TooManyOpen,
    WithdrawalUnknown,
)
from campaigns.payouts.interfaces import Payout, PayoutNews, PayoutProvider, PayoutStatus
from campaigns.payouts.models import REASON_CHARS_MAX, Withdrawal
from campaigns.payouts.repository import WithdrawalRepository
from campaigns.payouts.rules import OPEN_MAX, State
from campaigns.payouts.schemas import WithdrawalCreate, WithdrawalView

log: structlog.stdlib.BoundLogger = structlog.get_logger("payouts")

ADVANCE = "payouts.advance"
_LIST = "withdrawals"
_DUE_AT_ONCE = 200
_AT_A_TIME = 4
_ATTEMPTS_COUNTED = 1000


class WithdrawalService:
    """Withdrawals, from the wish to the provider's final word."""

    def __init__(
        self,
        *,
        database: Database,
        repository: WithdrawalRepository,
        ledger: Ledger,
        provider: PayoutProvider,
        ids: Ids,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._database = database
        self._repository = repository
        self._ledger = ledger
        self._provider = provider
        self._ids = ids
        self._clock = clock
        self._cursors = cursors

    # What the shopper does.

    async def ask(self, tx: Transaction, actor: Actor, body: WithdrawalCreate) -> WithdrawalView:
        """Wallet to clearing, and a job that sends it. The same client id again is answered with
        what became of it. Raises Insufficient, ClientIdReused, TooManyOpen."""
        shopper_id = requires_shopper(actor)
        payee = one_line(body.payee)
        if not is_visible(payee):
            raise Invalid.field("/payee", "A payee needs at least one visible character")
        await self._repository.lock_shopper(tx.session, shopper_id)
        now = self._clock.now()
        made = Withdrawal(
            id=self._ids.new(),
            shopper_id=shopper_id,
            client_id=body.client_id,
            currency=body.amount.currency,
            amount_minor=body.amount.amount_minor,
            payee=payee,
            state=State.SENDING,
            reason=None,
            attempts=0,
            asked_at=now,
            changed_at=now,
            due_at=now + rules.pause(0),
            contradiction=None,
        )
        if not await self._repository.add(tx.session, made):
            return await self._again(tx.session, made)
        if await self._repository.count_open(tx.session, shopper_id) > OPEN_MAX:
            raise TooManyOpen
        source, target = wallet(shopper_id, made.currency), clearing(made.currency)
        await self._ledger.post(
            tx, [Transfer(f"withdraw:{made.id}", "withdraw", source, target, made.amount_minor)]
        )
        await tx.defer(ADVANCE, withdrawal_id=made.id)
        return WithdrawalView.of(made)

    async def _again(self, session: AsyncSession, made: Withdrawal) -> WithdrawalView:
        there = await self._repository.of_client(session, made.shopper_id, made.client_id)
        assert there is not None
        for name in ("currency", "amount_minor", "payee"):
            if getattr(there, name) != getattr(made, name):
                raise ClientIdReused
        return WithdrawalView.of(there)

    async def get(self, session: AsyncSession, actor: Actor, withdrawal_id: int) -> WithdrawalView:
        """One of the caller's."""
        shopper_id = requires_shopper(actor)
        found = await self._repository.get(session, withdrawal_id)
        if found is None or found.shopper_id != shopper_id:
            raise WithdrawalUnknown
        return WithdrawalView.of(found)

    async def page(
        self, session: AsyncSession, actor: Actor, cursor: str | None, limit: int
    ) -> Page[WithdrawalView]:
        """The caller's, the newest first."""
        shopper_id = requires_shopper(actor)
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._repository.page(session, shopper_id, before, limit + 1)
        last = found[limit - 1].id if len(found) > limit else None
        return Page(
            items=[WithdrawalView.of(each) for each in found[:limit]],
            next_cursor=None if last is None else self._cursors.make(_LIST, last),
        )

    # What the provider says.

    async def callback(self, tx: Transaction, headers: Mapping[str, str], body: bytes) -> None:
        """Take a signed callback. Raises SignatureInvalid, WithdrawalUnknown."""
        news = self._provider.read_callback(headers, body)
        if not await self._take(tx, news):
            raise WithdrawalUnknown

    async def _take(self, tx: Transaction, news: PayoutNews) -> bool:
        """Let news about a payout take effect once, whenever and however often it comes."""
        number = int(news.id) if news.id.isascii() and news.id.isdigit() else 0
        if not 0 < number <= ID_MAX:
            return False
        row = await self._repository.get(tx.session, number, lock=True)
        if row is None:
            return False
        state = State(row.state)
        if rules.contradicts(state, news.status):
            row.contradiction = f"the provider says {news.status} after it was {state}"
            log.error("payout_contradicted", withdrawal=row.id, state=state, news=news.status)
            return True
        entered = rules.after(state, news.status)
        if entered is state:
            return True
        now = self._clock.now()
        row.state, row.changed_at, row.attempts = entered, now, 0
        row.due_at = now + rules.pause(0)
        if entered is State.RECEIVED:
            await self._end(tx, row, "withdraw.received")
        if entered is State.FAILED:
            row.reason = (news.reason or "failed")[:REASON_CHARS_MAX]
            row.due_at = now
            await tx.defer(ADVANCE, withdrawal_id=row.id)
        return True

    async def _end(self, tx: Transaction, row: Withdrawal, kind: str) -> None:
        """The second and last transfer of a withdrawal."""
        received = kind == "withdraw.received"
        home = wallet(row.shopper_id, row.currency)
        target = platform(row.currency) if received else home
        transfer = Transfer(
            f"withdraw.end:{row.id}", kind, clearing(row.currency), target, row.amount_minor
        )
        await self._ledger.post(tx, [transfer])

    # What we do about it.

    async def reconcile(self) -> int:
        """Do the next thing about everything that hangs. Returns how many were looked at."""
        async with self._database.reading() as session:
            due = await self._repository.due(session, self._clock.now(), _DUE_AT_ONCE)
        for some in (due[n : n + _AT_A_TIME] for n in range(0, len(due), _AT_A_TIME)):
            await asyncio.gather(*(self._try(id_) for id_ in some))
        return len(due)

    async def _try(self, withdrawal_id: int) -> None:
        """One that cannot be helped must not keep the others waiting, now or the next time."""
        try:
            await self.advance(withdrawal_id)
        except Exception as error:
            log.error("payout_not_advanced", withdrawal=withdrawal_id, error=repr(error))
            async with self._database.transaction() as tx:
                row = await self._repository.get(tx.session, withdrawal_id, lock=True)
                if row is not None:
                    self._postpone(row)

    async def advance(self, withdrawal_id: int) -> None:
        """Do the next thing about a withdrawal: send, ask, cancel, refund, or nothing. No
        transaction is open while the provider is asked; running it twice at a time is harmless."""
        async with self._database.reading() as session:
            row = await self._repository.get(session, withdrawal_id)
        if row is None:
            return
        state = State(row.state)
        if state is State.FAILED:
            await self._refund(withdrawal_id)
        elif state in (State.SENDING, State.SENT) and self._hangs(row):
            await self._give_up(withdrawal_id)
        elif state in (State.SENDING, State.SENT, State.REFUNDING):
            await self._hear(row, state)

    async def _hear(self, row: Withdrawal, state: State) -> None:
        try:
            news = await self._provider_says(row, state)
        except ProviderSilent:
            news = PayoutNews(str(row.id), PayoutStatus.UNKNOWN)
        async with self._database.transaction() as tx:
            await self._take(tx, news)
            there = await self._repository.get(tx.session, row.id, lock=True)
            if there is not None and there.state == state:
                self._postpone(there)

    def _postpone(self, row: Withdrawal) -> None:
        """No outcome: wait longer each time."""
        row.due_at = self._clock.now() + rules.pause(row.attempts)
        row.attempts = min(row.attempts + 1, _ATTEMPTS_COUNTED)

    async def _provider_says(self, row: Withdrawal, state: State) -> PayoutNews:
        if state is State.SENT:
            return await self._provider.query(str(row.id))
        if state is State.REFUNDING:
            return await self._provider.cancel(str(row.id))
        return await self._provider.send(
            Payout(str(row.id), row.amount_minor, row.currency, row.payee)
        )

    def _hangs(self, row: Withdrawal) -> bool:
        return self._clock.now() - row.asked_at >= rules.GIVE_UP

    async def _give_up(self, withdrawal_id: int) -> None:
        async with self._database.transaction() as tx:
            row = await self._repository.get(tx.session, withdrawal_id, lock=True)
            if row is not None and row.state in (State.SENDING, State.SENT):
                row.state, row.attempts = State.REFUNDING, 0
                row.changed_at = row.due_at = self._clock.now()
                await tx.defer(ADVANCE, withdrawal_id=row.id)

    async def _refund(self, withdrawal_id: int) -> None:
        async with self._database.transaction() as tx:
            row = await self._repository.get(tx.session, withdrawal_id, lock=True)
            if row is not None and row.state == State.FAILED:
                await self._end(tx, row, "withdraw.refund")
                row.state, row.changed_at = State.REFUNDED, self._clock.now()

    async def audit(self) -> list[str]:
        """A sentence for everything in which withdrawals and ledger disagree."""
        async with self._database.snapshot() as session:
            return await self._repository.differences(session)
