"""SQL of packets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Interval, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from games.packets.interfaces import CloseReason, Closing, PacketStatus
from games.packets.models import Packet

_STANDING = (PacketStatus.SCHEDULED, PacketStatus.CLOSED)
_LAST_WAVE = Packet.rules["waves"][-1]
_RAINS_SECONDS = _LAST_WAVE["afterSeconds"].as_integer() + _LAST_WAVE["lastsSeconds"].as_integer()
_RAINS_UNTIL = Packet.opens_at + func.make_interval(
    0, 0, 0, 0, 0, 0, _RAINS_SECONDS, type_=Interval
)
"""The end of a rain's last wave: waves come one after the other."""


class PacketRepository:
    """Rows of packets. Stateless."""

    async def get(
        self, session: AsyncSession, packet_id: int, *, lock: bool = False
    ) -> Packet | None:
        """One packet, as it is now."""
        statement = select(Packet).where(Packet.id == packet_id)
        statement = statement.execution_options(populate_existing=True)
        return await session.scalar(statement.with_for_update() if lock else statement)

    async def many(self, session: AsyncSession, ids: Collection[int]) -> Sequence[Packet]:
        """Those of these that exist."""
        if not ids:
            return []
        return (await session.scalars(select(Packet).where(Packet.id.in_(ids)))).all()

    async def of_brand(
        self, session: AsyncSession, brand_id: int, live: bool, before: int | None, limit: int
    ) -> Sequence[Packet]:
        """A brand's packets of one mode, the newest first."""
        statement = select(Packet).where(Packet.brand_id == brand_id, Packet.live == live)
        if before is not None:
            statement = statement.where(Packet.id < before)
        return (await session.scalars(statement.order_by(Packet.id.desc()).limit(limit))).all()

    async def announced(
        self,
        session: AsyncSession,
        now: datetime,
        brand_id: int | None,
        form: str | None,
        before: int | None,
        limit: int,
    ) -> Sequence[Packet]:
        """What shoppers may know of and is not over, the newest first."""
        statement = select(Packet).where(
            Packet.status == PacketStatus.SCHEDULED,
            Packet.announced_at <= now,
            Packet.closes_at > now,
            or_(Packet.form != "rain", now < _RAINS_UNTIL),
            Packet.live,
        )
        if brand_id is not None:
            statement = statement.where(Packet.brand_id == brand_id)
        if form is not None:
            statement = statement.where(Packet.form == form)
        if before is not None:
            statement = statement.where(Packet.id < before)
        return (await session.scalars(statement.order_by(Packet.id.desc()).limit(limit))).all()

    async def unfinished(
        self, session: AsyncSession, now: datetime, after: int, limit: int
    ) -> list[int]:
        """Ids of those whose time is over and whose books are open."""
        found = await session.scalars(
            select(Packet.id)
            .where(
                Packet.status.in_(_STANDING),
                or_(Packet.closes_at <= now, Packet.status == PacketStatus.CLOSED),
                Packet.id > after,
            )
            .order_by(Packet.id)
            .limit(limit)
        )
        return list(found)

    async def ids_after(self, session: AsyncSession, after: int, limit: int) -> list[int]:
        """Ids of those that ever had a time to open."""
        found = await session.scalars(
            select(Packet.id)
            .where(Packet.opens_at.is_not(None), Packet.id > after)
            .order_by(Packet.id)
            .limit(limit)
        )
        return list(found)

    async def close(self, session: AsyncSession, closing: Closing) -> bool:
        """Note a closing, unless a later one is noted or the books are closed."""
        return await self._change(
            session,
            Packet.id == closing.packet_id,
            Packet.status.in_(_STANDING),
            or_(Packet.closed_order.is_(None), Packet.closed_order < closing.order),
            status=PacketStatus.CLOSED,
            closed_at=func.coalesce(Packet.closed_at, closing.closed_at),
            closed_order=closing.order,
            closed_claims=closing.claims,
            closed_minor=closing.granted_minor,
            closed_entries=closing.entries,
            close_reason=func.coalesce(Packet.close_reason, int(closing.reason)),
        )

    async def settle(self, session: AsyncSession, packet_id: int, returned_minor: int) -> None:
        """Close the books."""
        await self._change(
            session,
            Packet.id == packet_id,
            Packet.status == PacketStatus.CLOSED,
            status=case(
                (Packet.close_reason == int(CloseReason.CANCELLED), PacketStatus.CANCELLED),
                else_=PacketStatus.SETTLED,
            ),
            returned_minor=returned_minor,
        )

    async def _change(self, session: AsyncSession, *where: Any, **values: Any) -> bool:
        changed = await session.scalar(
            update(Packet)
            .where(*where)
            .values(version=Packet.version + 1, **values)
            .returning(Packet.id)
            .execution_options(synchronize_session=False)
        )
        return changed is not None
