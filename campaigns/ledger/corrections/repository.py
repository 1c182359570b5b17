"""SQL of corrections."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from campaigns.ledger.interfaces import Account, AccountKind, Transfer
from campaigns.ledger.models import LedgerAccount, LedgerCorrection, LedgerTransfer


class CorrectionRepository:
    """Corrections, and the transfers they are about."""

    async def get(
        self, session: AsyncSession, correction_id: int, *, lock: bool = False
    ) -> LedgerCorrection | None:
        """One correction; with `lock` nobody else decides it until the transaction ends."""
        statement = select(LedgerCorrection).where(LedgerCorrection.id == correction_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await session.scalar(statement)

    async def page(
        self, session: AsyncSession, status: str | None, before_id: int | None, limit: int
    ) -> list[LedgerCorrection]:
        """From the newest on."""
        statement = select(LedgerCorrection).order_by(LedgerCorrection.id.desc()).limit(limit)
        if status is not None:
            statement = statement.where(LedgerCorrection.status == status)
        if before_id is not None:
            statement = statement.where(LedgerCorrection.id < before_id)
        return list(await session.scalars(statement))

    async def transfers(self, session: AsyncSession, sequences: set[int]) -> dict[int, Transfer]:
        """What stands at these places of the ledger."""
        source, target = aliased(LedgerAccount), aliased(LedgerAccount)
        found = await session.execute(
            select(LedgerTransfer, source, target)
            .join(source, source.id == LedgerTransfer.source_id)
            .join(target, target.id == LedgerTransfer.target_id)
            .where(LedgerTransfer.sequence.in_(sequences))
        )
        return {
            row.sequence: Transfer(
                row.key, row.kind, _account(a), _account(b), row.amount_minor, row.drop_id
            )
            for row, a, b in found
        }


def _account(row: Any) -> Account:
    return Account(AccountKind(row.kind), row.owner_id, row.currency)
