"""SQL of reports."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.reports.models import Report


class ReportRepository:
    """Reports in PostgreSQL."""

    async def add(self, session: AsyncSession, values: dict[str, object]) -> int:
        """The id of the report; of the earlier one, when the shopper reported this before."""
        statement = insert(Report).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=[Report.shopper_id, Report.target_kind, Report.target_id],
            set_={"reason": statement.excluded.reason, "detail": statement.excluded.detail},
        ).returning(Report.id)
        return (await session.execute(statement)).scalar_one()

    async def page(self, session: AsyncSession, before_id: int | None, limit: int) -> list[Report]:
        """From the newest on."""
        statement = select(Report).order_by(Report.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(Report.id < before_id)
        return list(await session.scalars(statement))
