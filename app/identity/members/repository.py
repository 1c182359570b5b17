"""SQL of members and operators."""

from collections.abc import Collection

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.members.models import Member, Operator

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 12))")


async def lock_brand(session: AsyncSession, brand_id: int) -> None:
    """Changes of one brand's members happen one after the other: "at least one owner" and "at most
    so many members" are about all of its rows."""
    await session.execute(_LOCK, {"name": f"brand:{brand_id}"})


async def lock_phone(session: AsyncSession, phone: str) -> None:
    """An invitation and the registration it is for see each other, whichever comes first."""
    await session.execute(_LOCK, {"name": f"phone:{phone}"})


async def of_brand(session: AsyncSession, brand_id: int) -> list[Member]:
    """All members of a brand, the first invited first."""
    statement = select(Member).where(Member.brand_id == brand_id).order_by(Member.id)
    return list(await session.scalars(statement))


async def by_id(session: AsyncSession, brand_id: int, member_id: int) -> Member | None:
    """A member, if of this brand."""
    statement = select(Member).where(Member.id == member_id, Member.brand_id == brand_id)
    return (await session.scalars(statement)).one_or_none()


async def by_phone(session: AsyncSession, brand_id: int, phone: str) -> Member | None:
    """The member with this phone."""
    statement = select(Member).where(Member.brand_id == brand_id, Member.phone == phone)
    return (await session.scalars(statement)).one_or_none()


async def by_shopper(session: AsyncSession, brand_id: int, shopper_id: int) -> Member | None:
    """What a shopper is in a brand."""
    statement = select(Member).where(Member.brand_id == brand_id, Member.shopper_id == shopper_id)
    return (await session.scalars(statement)).one_or_none()


async def of_shopper(session: AsyncSession, shopper_id: int) -> list[Member]:
    """Everything a shopper is anywhere."""
    statement = select(Member).where(Member.shopper_id == shopper_id).order_by(Member.brand_id)
    return list(await session.scalars(statement))


async def shoppers_with(session: AsyncSession, brand_id: int, roles: Collection[str]) -> list[int]:
    """The shoppers with one of the roles."""
    statement = select(Member.shopper_id).where(
        Member.brand_id == brand_id, Member.role.in_(list(roles)), Member.shopper_id.is_not(None)
    )
    return [shopper for shopper in await session.scalars(statement) if shopper is not None]


async def count(session: AsyncSession, brand_id: int, role: str | None = None) -> int:
    """How many members a brand has, of one role or of all."""
    statement = select(func.count()).select_from(Member).where(Member.brand_id == brand_id)
    if role is not None:
        statement = statement.where(Member.role == role)
    return await session.scalar(statement) or 0


async def remove(session: AsyncSession, member_id: int) -> None:
    """Delete a membership."""
    await session.execute(delete(Member).where(Member.id == member_id))


async def link(session: AsyncSession, phone: str, shopper_id: int) -> None:
    """Invitations to a phone belong to whoever proved to own it."""
    for table in (Member, Operator):
        await session.execute(
            update(table).where(table.phone == phone).values(shopper_id=shopper_id)
        )


async def operator(session: AsyncSession, shopper_id: int) -> Operator | None:
    """The operator behind a shopper."""
    statement = select(Operator).where(Operator.shopper_id == shopper_id)
    return (await session.scalars(statement)).one_or_none()
