"""SQL of API keys."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.keys.models import BrandKey

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 13))")


async def lock_brand(session: AsyncSession, brand_id: int) -> None:
    """Changes of one brand's keys happen one after the other, so that their bound is exact."""
    await session.execute(_LOCK, {"name": f"brand:{brand_id}"})


def _active(now: datetime) -> ColumnElement[bool]:
    unexpired = or_(BrandKey.expires_at.is_(None), BrandKey.expires_at > now)
    return BrandKey.revoked_at.is_(None) & unexpired


async def active_by_hash(session: AsyncSession, key_hash: bytes, now: datetime) -> BrandKey | None:
    """The key that opens."""
    statement = select(BrandKey).where(BrandKey.key_hash == key_hash, _active(now))
    return (await session.scalars(statement)).one_or_none()


async def active(session: AsyncSession, brand_id: int, now: datetime) -> list[BrandKey]:
    """The keys of a brand that open, the newest first."""
    statement = (
        select(BrandKey)
        .where(BrandKey.brand_id == brand_id, _active(now))
        .order_by(BrandKey.id.desc())
    )
    return list(await session.scalars(statement))


async def by_id(session: AsyncSession, brand_id: int, key_id: int) -> BrandKey | None:
    """A key, if of this brand."""
    statement = select(BrandKey).where(BrandKey.id == key_id, BrandKey.brand_id == brand_id)
    return (await session.scalars(statement)).one_or_none()


async def note_use(
    session: AsyncSession, key_id: int, now: datetime, unless_after: datetime
) -> None:
    """Remember that a key was used; at most one process writes it down for a while."""
    await session.execute(
        update(BrandKey)
        .where(
            BrandKey.id == key_id,
            or_(BrandKey.last_used_at.is_(None), BrandKey.last_used_at <= unless_after),
        )
        .values(last_used_at=now)
    )
