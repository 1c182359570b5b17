"""SQL of coupons and of their stock."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.benefits.models import Coupon, CouponShard
from campaigns.benefits.rules import around, spread

_LOCK = 61
_DIFFERENCES = text(
    """
    SELECT c.id, c.count, coalesce(s.left_over, 0)::bigint, coalesce(s.redeemed, 0)::bigint,
        coalesce(h.collected, 0)::bigint, coalesce(h.redeemed, 0)::bigint
    FROM coupons c
    LEFT JOIN (
        SELECT coupon_id, sum("left") AS left_over, sum(redeemed) AS redeemed
        FROM coupon_shards GROUP BY coupon_id
    ) s ON s.coupon_id = c.id
    LEFT JOIN (
        SELECT coupon_id, count(*) AS collected, count(redeemed_at) AS redeemed
        FROM collected_coupons GROUP BY coupon_id
    ) h ON h.coupon_id = c.id
    WHERE c.count <> coalesce(s.left_over, 0) + coalesce(h.collected, 0)
        OR coalesce(s.redeemed, 0) <> coalesce(h.redeemed, 0)
    ORDER BY c.id LIMIT 100
    """
)


class Stock(NamedTuple):
    """What a coupon's shards add up to."""

    left: int
    redeemed: int


class CouponRepository:
    """Coupons in PostgreSQL.

    Whoever collects holds the coupon together with all others who do; who changes it holds it
    alone. So its terms stand still while one is given, and no row is locked by all.
    """

    async def hold(self, session: AsyncSession, coupon_id: int) -> None:
        """Nobody changes the coupon until the transaction ends."""
        key = func.hashint8(coupon_id)
        await session.execute(select(func.pg_advisory_xact_lock_shared(key, _LOCK)))

    async def hold_alone(self, session: AsyncSession, coupon_id: int) -> None:
        """Nobody else collects or changes the coupon until the transaction ends."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(coupon_id), _LOCK)))

    async def add(self, session: AsyncSession, coupon: Coupon) -> None:
        """A new coupon with its stock."""
        session.add(coupon)
        await session.flush()
        rows = [
            {"coupon_id": coupon.id, "number": number, "left": left}
            for number, left in enumerate(spread(coupon.count))
        ]
        await session.execute(insert(CouponShard), rows)

    async def restock(self, session: AsyncSession, coupon_id: int, left: int) -> None:
        """Spread what is left of a coupon, which is held alone, anew."""
        for number, part in enumerate(spread(left)):
            await session.execute(
                update(CouponShard)
                .where(CouponShard.coupon_id == coupon_id, CouponShard.number == number)
                .values(left=part)
                .execution_options(synchronize_session=False)
            )

    async def get(self, session: AsyncSession, coupon_id: int) -> Coupon | None:
        """One coupon as it is now, whatever the session has read before."""
        statement = select(Coupon).where(Coupon.id == coupon_id)
        return await session.scalar(statement.execution_options(populate_existing=True))

    async def many(self, session: AsyncSession, ids: Iterable[int]) -> Sequence[Coupon]:
        """Those that exist."""
        wanted = set(ids)
        if not wanted:
            return []
        return list(await session.scalars(select(Coupon).where(Coupon.id.in_(wanted))))

    async def page(
        self, session: AsyncSession, brand_id: int, live: bool, before_id: int | None, limit: int
    ) -> list[Coupon]:
        """A brand's, from the newest on."""
        statement = (
            select(Coupon)
            .where(Coupon.brand_id == brand_id, Coupon.live == live)
            .order_by(Coupon.id.desc())
            .limit(limit)
        )
        if before_id is not None:
            statement = statement.where(Coupon.id < before_id)
        return list(await session.scalars(statement))

    async def stocks(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, Stock]:
        """What there is of each, and how many were redeemed."""
        statement = (
            select(
                CouponShard.coupon_id, func.sum(CouponShard.left), func.sum(CouponShard.redeemed)
            )
            .where(CouponShard.coupon_id.in_(set(ids)))
            .group_by(CouponShard.coupon_id)
        )
        found = await session.execute(statement)
        return {id_: Stock(int(left), int(redeemed)) for id_, left, redeemed in found}

    async def take(self, session: AsyncSession, coupon_id: int, home: int) -> bool:
        """Take one, at home if there is one, else wherever there is. False once none is left.

        A shard that somebody is taking from is waited for and never passed over: what looks taken
        may come back. Nobody waits in a circle: who holds a shard without having taken from it saw
        its last one go, and no one begins to wait for an empty shard.
        """
        if await self._take_from(session, coupon_id, home):
            return True
        while numbers := await self.stocked(session, coupon_id):
            for number in around(home, numbers):
                if await self._take_from(session, coupon_id, number):
                    return True
        return False

    async def stocked(self, session: AsyncSession, coupon_id: int) -> list[int]:
        """The shards that have any."""
        statement = select(CouponShard.number).where(
            CouponShard.coupon_id == coupon_id, CouponShard.left > 0
        )
        return list(await session.scalars(statement))

    async def _take_from(self, session: AsyncSession, coupon_id: int, number: int) -> bool:
        taken = await session.execute(
            update(CouponShard)
            .where(
                CouponShard.coupon_id == coupon_id,
                CouponShard.number == number,
                CouponShard.left > 0,
            )
            .values(left=CouponShard.left - 1)
            .returning(CouponShard.number)
            .execution_options(synchronize_session=False)
        )
        return taken.scalar_one_or_none() is not None

    async def count_redeemed(self, session: AsyncSession, coupon_id: int, home: int) -> None:
        """One more."""
        await session.execute(
            update(CouponShard)
            .where(CouponShard.coupon_id == coupon_id, CouponShard.number == home)
            .values(redeemed=CouponShard.redeemed + 1)
            .execution_options(synchronize_session=False)
        )

    async def differences(self, session: AsyncSession) -> list[str]:
        """Where what was given and what is left are not what there was."""
        return [
            f"coupon {id_} of {count}: {left} left and {collected} collected; "
            f"{counted} counted as redeemed, {redeemed} redeemed"
            for id_, count, left, counted, collected, redeemed in await session.execute(
                _DIFFERENCES
            )
        ]
