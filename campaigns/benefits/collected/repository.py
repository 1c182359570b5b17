"""SQL of coupons in the hands of shoppers."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from campaigns.benefits.models import CollectedCoupon, Coupon
from campaigns.benefits.schemas import HeldState

_DAY = literal(timedelta(days=1))
_EXPIRES = func.coalesce(
    Coupon.valid_until, CollectedCoupon.collected_at + Coupon.valid_days * _DAY
)


class CollectedRepository:
    """Collected coupons in PostgreSQL."""

    async def now(self, session: AsyncSession) -> datetime:
        """PostgreSQL's clock, which is everybody's."""
        return (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()

    async def add(self, session: AsyncSession, made: CollectedCoupon) -> bool:
        """False where the shopper has one, or somebody has its code; waits for a twin that is
        under way."""
        columns = CollectedCoupon.__table__.columns.keys()
        statement = (
            insert(CollectedCoupon)
            .values({name: getattr(made, name) for name in columns})
            .on_conflict_do_nothing()
        )
        written = await session.execute(statement.returning(CollectedCoupon.id))
        return written.scalar_one_or_none() is not None

    async def of_shopper(
        self, session: AsyncSession, coupon_id: int, shopper_id: int
    ) -> CollectedCoupon | None:
        """What a shopper has of a coupon."""
        return await session.scalar(
            select(CollectedCoupon).where(
                CollectedCoupon.coupon_id == coupon_id, CollectedCoupon.shopper_id == shopper_id
            )
        )

    async def by_code(
        self, session: AsyncSession, brand_id: int, live: bool, code: str
    ) -> tuple[CollectedCoupon, Coupon] | None:
        """What a code of this brand means; nobody else redeems it until the transaction ends."""
        statement = (
            select(CollectedCoupon, Coupon)
            .join(Coupon, Coupon.id == CollectedCoupon.coupon_id)
            .where(
                CollectedCoupon.live == live,
                CollectedCoupon.code == code,
                Coupon.brand_id == brand_id,
            )
            .with_for_update(of=CollectedCoupon)
            .execution_options(populate_existing=True)
        )
        found = (await session.execute(statement)).one_or_none()
        return None if found is None else (found[0], found[1])

    async def page(
        self,
        session: AsyncSession,
        shopper_id: int,
        state: HeldState | None,
        before_id: int | None,
        limit: int,
    ) -> list[tuple[CollectedCoupon, Coupon]]:
        """A shopper's, from the newest on."""
        statement = (
            select(CollectedCoupon, Coupon)
            .join(Coupon, Coupon.id == CollectedCoupon.coupon_id)
            .where(CollectedCoupon.shopper_id == shopper_id)
            .order_by(CollectedCoupon.id.desc())
            .limit(limit)
        )
        if state is not None:
            statement = statement.where(*_in_state(state))
        if before_id is not None:
            statement = statement.where(CollectedCoupon.id < before_id)
        return [(held, coupon) for held, coupon in await session.execute(statement)]


def _in_state(state: HeldState) -> tuple[ColumnElement[bool], ...]:
    """`rules.held_state` in SQL."""
    if state is HeldState.USED:
        return (CollectedCoupon.redeemed_at.is_not(None),)
    unused = CollectedCoupon.redeemed_at.is_(None)
    now = func.clock_timestamp()
    return unused, (now < _EXPIRES if state is HeldState.USABLE else now >= _EXPIRES)
