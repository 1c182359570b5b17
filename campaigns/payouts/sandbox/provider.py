"""The sandbox itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from campaigns.payouts.errors import ProviderSilent
from campaigns.payouts.interfaces import Payout, PayoutNews, PayoutProvider, PayoutStatus
from campaigns.payouts.models import SandboxPayout
from campaigns.payouts.sandbox.rules import LATE, PAYING, Manner, Message, manner_of, read, signed

SETTLE = "payouts.sandbox_settle"
CALL_BACK = "payouts.sandbox_call_back"

Receiver = Callable[[Transaction, Mapping[str, str], bytes], Awaitable[None]]


class SandboxProvider(PayoutProvider):
    """Pays nobody; each payout ends as its payee wants it, and is paid at most once."""

    def __init__(self, database: Database, clock: Clock, keys: Sequence[bytes]) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys

    async def send(self, payout: Payout) -> PayoutNews:
        manner = manner_of(payout.payee)
        async with self._database.transaction() as tx:
            row = await self._row(tx, payout.id)
            row.calls = min(row.calls + 1, 1000)
            arrives = manner is not Manner.UNREACHABLE or row.calls > 2
            if arrives and row.status == PayoutStatus.UNKNOWN:
                await self._accept(tx, row, payout, manner)
            answer = _news(row)
        if not arrives or (manner is Manner.TIMEOUT and row.calls == 1):
            raise ProviderSilent
        return answer

    async def _accept(
        self, tx: Transaction, row: SandboxPayout, payout: Payout, manner: Manner
    ) -> None:
        row.amount_minor, row.currency = payout.amount_minor, payout.currency
        row.payee, row.status = payout.payee, PayoutStatus.PENDING
        if manner is Manner.REFUSE:
            row.status, row.reason = PayoutStatus.FAILED, "The payee is not known here"
        elif manner is not Manner.HANG:
            await tx.defer(SETTLE, at=self._clock.now() + PAYING, payout_id=row.id)

    async def query(self, payout_id: str) -> PayoutNews:
        async with self._database.reading() as session:
            row = await session.get(SandboxPayout, payout_id)
        return _news(row) if row is not None else PayoutNews(payout_id, PayoutStatus.UNKNOWN)

    async def cancel(self, payout_id: str) -> PayoutNews:
        async with self._database.transaction() as tx:
            row = await self._row(tx, payout_id)
            if row.status != PayoutStatus.PAID:
                row.status = PayoutStatus.FAILED
                row.reason = row.reason or "Cancelled, since nothing was heard of it"
            return _news(row)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> PayoutNews:
        return read(self._keys, headers, body, self._clock.now_seconds())

    async def settle(self, payout_id: str) -> None:
        """For a job: the end of a payout that was accepted, and word of it."""
        async with self._database.transaction() as tx:
            row = await self._row(tx, payout_id)
            if row.status != PayoutStatus.PENDING:
                return
            manner = manner_of(row.payee or "")
            row.status = PayoutStatus.PAID
            if manner is Manner.FAIL:
                row.status, row.reason = PayoutStatus.FAILED, "The payee's account is closed"
            at = self._clock.now() + LATE if manner is Manner.LATE else None
            for _ in range({Manner.SILENT: 0, Manner.TWICE: 2}.get(manner, 1)):
                await tx.defer(CALL_BACK, at=at, payout_id=payout_id)

    async def call_back(self, payout_id: str, receive: Receiver) -> None:
        """For a job: sign where a payout stands and hand it over; a refusal makes the job try
        again, as a real provider would."""
        news = await self.query(payout_id)
        message = Message(payout_id=news.id, status=news.status, reason=news.reason)
        headers, body = signed(
            self._keys[0], message, f"msg_{payout_id}", int(self._clock.now_seconds())
        )
        async with self._database.transaction() as tx:
            await receive(tx, headers, body)

    async def _row(self, tx: Transaction, payout_id: str) -> SandboxPayout:
        """The payout, locked; made as one that was never heard of where there is none."""
        statement = insert(SandboxPayout).values(
            id=payout_id, status=str(PayoutStatus.UNKNOWN), calls=0
        )
        await tx.session.execute(statement.on_conflict_do_nothing())
        wanted = select(SandboxPayout).where(SandboxPayout.id == payout_id).with_for_update()
        return (await tx.session.scalars(wanted)).one()


def _news(row: SandboxPayout) -> PayoutNews:
    return PayoutNews(row.id, PayoutStatus(row.status), row.reason)
