"""SQL of sessions."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.sessions.models import Revocation, Session


async def locked(session: AsyncSession, session_id: int) -> Session | None:
    """A sign-in, alive or not; other refreshes of it wait for this transaction."""
    statement = select(Session).where(Session.id == session_id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def alive(
    session: AsyncSession, shopper_id: int, now: datetime, *, lock: bool = False
) -> list[Session]:
    """A shopper's sign-ins, the one seen last first."""
    statement = (
        select(Session)
        .where(
            Session.shopper_id == shopper_id, Session.ended_at.is_(None), Session.expires_at > now
        )
        .order_by(Session.last_seen_at.desc(), Session.id.desc())
    )
    if lock:
        # in the order of ids, so that two sign-outs everywhere do not wait for each other
        statement = statement.order_by(None).order_by(Session.id).with_for_update()
    return list(await session.scalars(statement))


async def is_alive(session: AsyncSession, session_id: int, now: datetime) -> bool:
    """Whether a sign-in still stands."""
    statement = select(Session.id).where(
        Session.id == session_id, Session.ended_at.is_(None), Session.expires_at > now
    )
    return await session.scalar(statement) is not None


async def forget(session: AsyncSession, *, sessions_before: datetime, now: datetime) -> None:
    """Delete sign-ins that ended long ago and revocations that concern no token any more."""
    await session.execute(delete(Session).where(Session.expires_at < sessions_before))
    await session.execute(delete(Session).where(Session.ended_at < sessions_before))
    await session.execute(delete(Revocation).where(Revocation.expires_at < now))
