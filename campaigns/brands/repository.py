"""SQL of brands."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.brands.models import Brand


class BrandRepository:
    """Brands in PostgreSQL."""

    async def get(
        self, session: AsyncSession, brand_id: int, *, lock: bool = False
    ) -> Brand | None:
        """One brand; with `lock` nobody else changes it until the transaction ends."""
        statement = select(Brand).where(Brand.id == brand_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await session.scalar(statement)

    async def named(self, session: AsyncSession, name_folded: str) -> Brand | None:
        """The brand whose name reads like this."""
        return await session.scalar(select(Brand).where(Brand.name_folded == name_folded))

    async def page(self, session: AsyncSession, before_id: int | None, limit: int) -> list[Brand]:
        """Brands from the newest on."""
        statement = select(Brand).order_by(Brand.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(Brand.id < before_id)
        return list(await session.scalars(statement))

    async def names(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
        """The names of those that exist."""
        found = await session.execute(select(Brand.id, Brand.name).where(Brand.id.in_(set(ids))))
        return dict(found.all())
