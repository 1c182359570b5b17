"""SQL of one-time codes. The locks make bounds and single use exact under concurrency."""

from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.codes.models import CodeEvent, OneTimeCode

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 11))")


async def lock(session: AsyncSession, *names: str) -> None:
    """Put requests about the same address or phone in line, until their transactions end.

    Give names in the order address, phone: two requests never wait for each other.
    """
    for name in names:
        await session.execute(_LOCK, {"name": name})


async def phone_events(
    session: AsyncSession, phone: str, kind: str, since: datetime
) -> list[datetime]:
    """When a phone was sent codes."""
    statement = select(CodeEvent.at).where(
        CodeEvent.phone == phone, CodeEvent.kind == kind, CodeEvent.at > since
    )
    return list(await session.scalars(statement))


async def address_events(
    session: AsyncSession, address: str, since: datetime, limit: int
) -> list[datetime]:
    """When an address asked or missed: the newest `limit`, which is all a bound looks at."""
    statement = (
        select(CodeEvent.at)
        .where(CodeEvent.address == address, CodeEvent.at > since)
        .order_by(CodeEvent.at.desc())
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def put(session: AsyncSession, code: dict[str, object]) -> None:
    """The one code of a phone, in place of an earlier one."""
    statement = insert(OneTimeCode).values(code)
    changes = {name: statement.excluded[name] for name in code if name != "phone"}
    await session.execute(statement.on_conflict_do_update(index_elements=["phone"], set_=changes))


async def locked(session: AsyncSession, phone: str) -> OneTimeCode | None:
    """The phone's code; others who try it wait for this transaction."""
    statement = select(OneTimeCode).where(OneTimeCode.phone == phone).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def by_id(session: AsyncSession, code_id: int) -> OneTimeCode | None:
    """The code, if it is still the last one of its phone."""
    statement = select(OneTimeCode).where(OneTimeCode.id == code_id)
    return (await session.scalars(statement)).one_or_none()


async def unseal(session: AsyncSession, code_id: int) -> None:
    """Remove the sealed form; the hash remains."""
    await session.execute(update(OneTimeCode).where(OneTimeCode.id == code_id).values(sealed=None))


async def forget(session: AsyncSession, *, codes_before: datetime, events_before: datetime) -> None:
    """Delete what no bound and no sign-in looks at any more."""
    await session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at < codes_before))
    await session.execute(delete(CodeEvent).where(CodeEvent.at < events_before))
