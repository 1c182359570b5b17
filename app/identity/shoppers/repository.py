"""SQL of shoppers."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.shoppers.models import Shopper


async def by_phone(session: AsyncSession, phone: str) -> Shopper | None:
    """The shopper with a phone."""
    return (await session.scalars(select(Shopper).where(Shopper.phone == phone))).one_or_none()


async def names(session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
    """Names by id."""
    statement = select(Shopper.id, Shopper.name).where(Shopper.id.in_(list(ids)))
    return {row.id: row.name for row in await session.execute(statement)}


async def add(session: AsyncSession, shopper: dict[str, object]) -> bool:
    """Whether the row is new; False when the phone was taken meanwhile."""
    statement = insert(Shopper).values(shopper).on_conflict_do_nothing(index_elements=["phone"])
    return await session.scalar(statement.returning(Shopper.id)) is not None


async def locked(session: AsyncSession, shopper_id: int) -> Shopper | None:
    """The shopper, for a change."""
    return await session.get(Shopper, shopper_id, with_for_update=True)
