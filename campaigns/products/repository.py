"""SQL of products."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.products.models import Product

_CANDIDATES_MAX = 500
"""Matches of a search that are ranked; more are not looked at."""


class ProductRepository:
    """Products in PostgreSQL."""

    async def get(
        self, session: AsyncSession, product_id: int, *, lock: bool = False
    ) -> Product | None:
        """One product; with `lock` nobody else changes it until the transaction ends."""
        statement = select(Product).where(Product.id == product_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await session.scalar(statement)

    async def many(self, session: AsyncSession, ids: Iterable[int]) -> Sequence[Product]:
        """Those that exist."""
        wanted = set(ids)
        if not wanted:
            return []
        return list(await session.scalars(select(Product).where(Product.id.in_(wanted))))

    async def count(self, session: AsyncSession, brand_id: int) -> int:
        """How many products a brand has, archived ones included."""
        statement = select(func.count()).select_from(Product).where(Product.brand_id == brand_id)
        return int(await session.scalar(statement) or 0)

    async def lock_catalogue(self, session: AsyncSession, brand_id: int) -> None:
        """One writer of new products a brand at a time: the bound and the external ids hold."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(brand_id), 1)))

    async def by_external_ids(
        self, session: AsyncSession, brand_id: int, live: bool, external_ids: Sequence[str]
    ) -> dict[str, Product]:
        """The brand's products by its own numbers, locked in the order of their ids."""
        statement = (
            select(Product)
            .where(
                Product.brand_id == brand_id,
                Product.live == live,
                Product.external_id.in_(external_ids),
            )
            .order_by(Product.id)
            .with_for_update()
        )
        return {str(p.external_id): p for p in await session.scalars(statement)}

    async def page(
        self,
        session: AsyncSession,
        brand_id: int,
        live: bool,
        before_id: int | None,
        limit: int,
        *,
        archived: bool = False,
        external_id: str | None = None,
    ) -> list[Product]:
        """A brand's catalogue from the newest on; where that is asked, with archived products too,
        and of one external id only."""
        statement = (
            select(Product)
            .where(Product.brand_id == brand_id, Product.live == live)
            .order_by(Product.id.desc())
            .limit(limit)
        )
        if not archived:
            statement = statement.where(~Product.archived)
        if external_id is not None:
            statement = statement.where(Product.external_id == external_id)
        if before_id is not None:
            statement = statement.where(Product.id < before_id)
        return list(await session.scalars(statement))

    async def search(
        self,
        session: AsyncSession,
        query: str,
        grams: list[str],
        *,
        brand_id: int | None,
        live: bool,
        limit: int,
    ) -> list[Product]:
        """Titles that hold the folded query; those that begin with it first, then the newest."""
        where: list[Any] = [
            Product.title_grams.contains(grams),
            func.strpos(Product.title_folded, query) > 0,
            Product.live == live,
            ~Product.archived,
        ]
        if brand_id is not None:
            where.append(Product.brand_id == brand_id)
        found = select(Product.id).where(*where).limit(_CANDIDATES_MAX).subquery()
        statement = (
            select(Product)
            .join(found, found.c.id == Product.id)
            .order_by((func.strpos(Product.title_folded, query) > 1), Product.id.desc())
            .limit(limit)
        )
        return list(await session.scalars(statement))

    async def with_image(self, session: AsyncSession, image_id: int) -> list[int]:
        """The products that show a picture."""
        return list(await session.scalars(select(Product.id).where(Product.image_id == image_id)))
