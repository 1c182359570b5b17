"""SQL of a brand's drops."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.ledger.interfaces import DropFigures
from campaigns.ledger.models import LedgerDrop
from campaigns.ledger.repository import figures_of


class StatementRepository:
    """Drops by brand."""

    async def drops(
        self, session: AsyncSession, brand_id: int, before_id: int | None, limit: int
    ) -> list[DropFigures]:
        """From the newest on."""
        statement = (
            select(LedgerDrop)
            .where(LedgerDrop.brand_id == brand_id)
            .order_by(LedgerDrop.drop_id.desc())
            .limit(limit)
        )
        if before_id is not None:
            statement = statement.where(LedgerDrop.drop_id < before_id)
        return [figures_of(each) for each in await session.scalars(statement)]

    async def reserved(self, session: AsyncSession, brand_id: int) -> dict[str, int]:
        """What all escrows of a brand hold, by currency."""
        held = (
            LedgerDrop.funded_minor
            + LedgerDrop.corrected_minor
            - LedgerDrop.paid_minor
            - LedgerDrop.returned_minor
        )
        found = await session.execute(
            select(LedgerDrop.currency, func.sum(held))
            .where(LedgerDrop.brand_id == brand_id)
            .group_by(LedgerDrop.currency)
        )
        return {currency: int(sum_) for currency, sum_ in found}
