"""SQL of withdrawals."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.payouts.models import IS_OPEN, Withdrawal

_UNBALANCED = text(
    f"""
    SELECT currency, coalesce(a.balance_minor, 0), coalesce(w.open, 0)::bigint
    FROM (SELECT currency, balance_minor FROM ledger_accounts WHERE kind = 'clearing') a
    FULL JOIN (
        SELECT currency, sum(amount_minor) AS open FROM withdrawals
        WHERE {IS_OPEN} GROUP BY currency
    ) w USING (currency)
    WHERE coalesce(a.balance_minor, 0) <> coalesce(w.open, 0) ORDER BY currency
    """  # noqa: S608
)
_UNMATCHED = text(
    """
    SELECT w.id, w.state, b.kind, e.kind FROM withdrawals w
    LEFT JOIN ledger_transfers b ON b.key = 'withdraw:' || w.id
        AND b.amount_minor = w.amount_minor
    LEFT JOIN ledger_transfers e ON e.key = 'withdraw.end:' || w.id
        AND e.amount_minor = w.amount_minor
    WHERE b.kind IS NULL OR e.kind IS DISTINCT FROM (CASE
        WHEN w.state = 'received' THEN 'withdraw.received'
        WHEN w.state = 'refunded' THEN 'withdraw.refund' END)
    ORDER BY w.id LIMIT 100
    """
)


class WithdrawalRepository:
    """Withdrawals in PostgreSQL."""

    async def add(self, session: AsyncSession, made: Withdrawal) -> bool:
        """False when the shopper's client id is taken; waits for a twin that is under way."""
        columns = Withdrawal.__table__.columns.keys()
        statement = (
            insert(Withdrawal)
            .values({name: getattr(made, name) for name in columns})
            .on_conflict_do_nothing(index_elements=["shopper_id", "client_id"])
        )
        written = await session.execute(statement.returning(Withdrawal.id))
        return written.scalar_one_or_none() is not None

    async def of_client(
        self, session: AsyncSession, shopper_id: int, client_id: str
    ) -> Withdrawal | None:
        """By the id the device gave it."""
        return await session.scalar(
            select(Withdrawal).where(
                Withdrawal.shopper_id == shopper_id, Withdrawal.client_id == client_id
            )
        )

    async def get(
        self, session: AsyncSession, withdrawal_id: int, *, lock: bool = False
    ) -> Withdrawal | None:
        """One withdrawal; with `lock` nobody else changes it until the transaction ends."""
        statement = select(Withdrawal).where(Withdrawal.id == withdrawal_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await session.scalar(statement)

    async def page(
        self, session: AsyncSession, shopper_id: int, before_id: int | None, limit: int
    ) -> list[Withdrawal]:
        """A shopper's, from the newest on."""
        statement = (
            select(Withdrawal)
            .where(Withdrawal.shopper_id == shopper_id)
            .order_by(Withdrawal.id.desc())
            .limit(limit)
        )
        if before_id is not None:
            statement = statement.where(Withdrawal.id < before_id)
        return list(await session.scalars(statement))

    async def count_open(self, session: AsyncSession, shopper_id: int) -> int:
        """How many of a shopper's are under way."""
        statement = (
            select(func.count())
            .select_from(Withdrawal)
            .where(Withdrawal.shopper_id == shopper_id, text(IS_OPEN))
        )
        return await session.scalar(statement) or 0

    async def lock_shopper(self, session: AsyncSession, shopper_id: int) -> None:
        """One asker a shopper at a time: the bound on open ones holds."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(shopper_id), 2)))

    async def withdrawing(self, session: AsyncSession, shopper_id: int) -> dict[str, int]:
        """What is under way, by currency."""
        found = await session.execute(
            select(Withdrawal.currency, func.sum(Withdrawal.amount_minor))
            .where(Withdrawal.shopper_id == shopper_id, text(IS_OPEN))
            .group_by(Withdrawal.currency)
        )
        return {currency: int(sum_) for currency, sum_ in found}

    async def due(self, session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
        """Open ones to look at again, those that wait the longest first."""
        found = await session.scalars(
            select(Withdrawal.id)
            .where(text(IS_OPEN), Withdrawal.due_at <= now)
            .order_by(Withdrawal.due_at)
            .limit(limit)
        )
        return list(found)

    async def differences(self, session: AsyncSession) -> list[str]:
        """Where withdrawals and ledger disagree, and what a provider contradicted."""
        found = [
            f"clearing holds {balance} {currency}, withdrawals under way are {open_}"
            for currency, balance, open_ in await session.execute(_UNBALANCED)
        ]
        for id_, state, begun, ended in await session.execute(_UNMATCHED):
            found.append(
                f"withdrawal {id_} is {state}, its transfers are {begun or 'none'} and "
                f"{ended or 'none'}"
            )
        contradicted = await session.execute(
            select(Withdrawal.id, Withdrawal.contradiction)
            .where(Withdrawal.contradiction.is_not(None))
            .order_by(Withdrawal.id)
            .limit(100)
        )
        found += [f"withdrawal {id_}: {words}" for id_, words in contradicted]
        return found
