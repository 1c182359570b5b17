"""SQL of decisions in quarantine, and of what closings counted of them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy import tuple_ as sql_tuple
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.valkey.quarantine import QuarantinedDecision
from games.claims.models import Dismissal
from games.claims.repository import Sums


class Counted(NamedTuple):
    """What bucket and closing counted, and no row of a claim or entry stands for."""

    claims: int = 0
    granted_minor: int = 0
    entries: int = 0


class QuarantineRepository:
    """Quarantine and dismissals."""

    async def page(
        self, session: AsyncSession, before: Sequence[int] | None, limit: int
    ) -> list[QuarantinedDecision]:
        """The newest first."""
        place = (
            QuarantinedDecision.epoch,
            QuarantinedDecision.sequence,
            QuarantinedDecision.bucket,
        )
        statement = select(QuarantinedDecision).order_by(*(each.desc() for each in place))
        if before is not None:
            statement = statement.where(sql_tuple(*place) < tuple(before))
        return list(await session.scalars(statement.limit(limit)))

    async def get(
        self, session: AsyncSession, bucket: int, order: int
    ) -> QuarantinedDecision | None:
        """One, which nobody else decides about until the transaction ends."""
        place = {"bucket": bucket, "epoch": order >> 32, "sequence": order & 0xFFFF_FFFF}
        return await session.scalar(
            select(QuarantinedDecision)
            .filter_by(**place)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    async def counted(
        self, session: AsyncSession, packet_id: int, up_to: int | None = None
    ) -> list[Counted]:
        """All that may be counted without a row: nothing, or what was dismissed last, or the last
        two, and so on. A packet that is loaded again forgets those before."""
        statement = select(Dismissal).where(Dismissal.packet_id == packet_id)
        if up_to is not None:
            statement = statement.where(Dismissal.order <= up_to)
        sums = [Counted()]
        for each in await session.scalars(statement.order_by(Dismissal.order.desc())):
            last = sums[-1]
            sums.append(
                Counted(
                    last.claims + each.claims,
                    last.granted_minor + each.granted_minor,
                    last.entries + each.entries,
                )
            )
        return sums


def sums_with(sums: Sums, dismissed: Counted) -> tuple[int, int]:
    """Claims and money as the bucket counted them."""
    return sums.claims + dismissed.claims, sums.granted_minor + dismissed.granted_minor
