"""What a brand does with its coupons, and what everybody sees of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, Scope
from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.errors import FieldError, Invalid, NotFound
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.money import AmountOff, Discount, Money, PercentOff, Sum
from app.kernel.structs import Currency, Id, Page, Timestamp
from app.kernel.text import one_line
from campaigns.benefits.errors import CouponNotFound
from campaigns.benefits.models import Coupon
from campaigns.benefits.repository import CouponRepository, Stock
from campaigns.benefits.rules import Terms, broken_promises, faults, left_word, state_of
from campaigns.benefits.schemas import CouponCreate, CouponState, CouponUpdate, ManagedCoupon
from campaigns.brands.interfaces import Brands
from media.timelines.interfaces import CouponTarget

_LIST = "brand-coupons"
_NOTHING = Stock(0, 0)


class CouponService:
    """Makes coupons, keeps their promises, and ends them."""

    def __init__(
        self,
        *,
        database: Database,
        repository: CouponRepository,
        brands: Brands,
        ids: Ids,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._database = database
        self._repository = repository
        self._brands = brands
        self._ids = ids
        self._clock = clock
        self._cursors = cursors

    async def create(
        self, tx: Transaction, actor: Actor, brand_id: int, body: CouponCreate
    ) -> ManagedCoupon:
        """A coupon with its whole stock. Raises Invalid, naming every field that is wrong."""
        await self._brands.check_manager(tx.session, actor, brand_id, Scope.COUPONS_WRITE)
        now = self._clock.now()
        terms = Terms(
            title=one_line(body.title),
            discount=body.discount,
            minimum=body.minimum,
            count=body.count,
            collect_from=body.collect_from or Timestamp.of(now),
            collect_until=body.collect_until,
            valid_until=body.valid_until,
            valid_days=body.valid_days,
        )
        _refuse(faults(terms, now) + _over(terms, now))
        coupon = Coupon(
            id=self._ids.new(), brand_id=brand_id, live=actor.live, created_at=now, updated_at=now
        )
        _fill(coupon, terms)
        await self._repository.add(tx.session, coupon)
        return self._view(coupon, Stock(coupon.count, 0))

    async def update(
        self, tx: Transaction, actor: Actor, brand_id: int, coupon_id: int, body: CouponUpdate
    ) -> ManagedCoupon:
        """Change what is given. Raises Invalid where that breaks a promise to somebody who has
        collected it."""
        coupon = await self._changed(tx.session, actor, brand_id, coupon_id)
        stock = (await self._repository.stocks(tx.session, [coupon_id]))[coupon_id]
        collected, now = coupon.count - stock.left, self._clock.now()
        before = terms_of(coupon)
        after = _changed(before, body)
        found = faults(after, now)
        if after.collect_until != before.collect_until:
            found += _over(after, now)
        if collected or coupon.closed_at is not None:
            found += broken_promises(before, after, closed=coupon.closed_at is not None)
        _refuse(found)
        _fill(coupon, after)
        coupon.updated_at = now
        if after.count != before.count:
            stock = Stock(after.count - collected, stock.redeemed)
            await self._repository.restock(tx.session, coupon_id, stock.left)
        await tx.session.flush()
        return self._view(coupon, stock)

    async def close(
        self, tx: Transaction, actor: Actor, brand_id: int, coupon_id: int
    ) -> ManagedCoupon:
        """Nobody collects it from now on; who has it keeps it. Again is the same."""
        coupon = await self._changed(tx.session, actor, brand_id, coupon_id)
        if coupon.closed_at is None:
            coupon.closed_at = coupon.updated_at = self._clock.now()
            await tx.session.flush()
        return await self._managed(tx.session, coupon)

    async def get(
        self, session: AsyncSession, actor: Actor, brand_id: int, coupon_id: int
    ) -> ManagedCoupon:
        """One of the brand's, with its figures."""
        coupon = await self._own(session, actor, brand_id, coupon_id, Scope.COUPONS_READ)
        return await self._managed(session, coupon)

    async def page(
        self, session: AsyncSession, actor: Actor, brand_id: int, cursor: str | None, limit: int
    ) -> Page[ManagedCoupon]:
        """The brand's, the newest first."""
        await self._brands.check_manager(session, actor, brand_id, Scope.COUPONS_READ)
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._repository.page(session, brand_id, actor.live, before, limit + 1)
        shown = found[:limit]
        stocks = await self._repository.stocks(session, [each.id for each in shown])
        last = shown[-1].id if len(found) > limit else None
        return Page(
            items=[self._view(each, stocks.get(each.id, _NOTHING)) for each in shown],
            next_cursor=None if last is None else self._cursors.make(_LIST, last),
        )

    async def of_cues(self, session: AsyncSession, ids: Iterable[int]) -> Sequence[Coupon]:
        """Those that exist and can be collected, now or later; what is sold out is among them."""
        now = self._clock.now()
        return [
            each
            for each in await self._repository.many(session, ids)
            if each.closed_at is None and now < each.collect_until
        ]

    async def targets(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, CouponTarget]:
        """The same as cues of films show them."""
        coupons = await self.of_cues(session, ids)
        stocks = await self._repository.stocks(session, [each.id for each in coupons])
        return {
            each.id: CouponTarget(
                id=Id(each.id),
                title=each.title,
                discount=discount_of(each),
                minimum=minimum_of(each),
                left=left_word(stocks.get(each.id, _NOTHING).left, each.count),
                collect_from=Timestamp.of(each.collect_from),
                collect_until=Timestamp.of(each.collect_until),
            )
            for each in coupons
        }

    async def audit(self) -> list[str]:
        """A sentence for every coupon of which more or fewer were given than are gone."""
        async with self._database.snapshot() as session:
            return await self._repository.differences(session)

    async def _own(
        self, session: AsyncSession, actor: Actor, brand_id: int, coupon_id: int, scope: Scope
    ) -> Coupon:
        try:
            await self._brands.check_manager(session, actor, brand_id, scope)
        except NotFound:
            raise CouponNotFound from None
        coupon = await self._repository.get(session, coupon_id)
        if coupon is None or (coupon.brand_id, coupon.live) != (brand_id, actor.live):
            raise CouponNotFound
        return coupon

    async def _changed(
        self, session: AsyncSession, actor: Actor, brand_id: int, coupon_id: int
    ) -> Coupon:
        await self._own(session, actor, brand_id, coupon_id, Scope.COUPONS_WRITE)
        await self._repository.hold_alone(session, coupon_id)
        coupon = await self._repository.get(session, coupon_id)
        assert coupon is not None, "coupons are never deleted"
        return coupon

    async def _managed(self, session: AsyncSession, coupon: Coupon) -> ManagedCoupon:
        stocks = await self._repository.stocks(session, [coupon.id])
        return self._view(coupon, stocks.get(coupon.id, _NOTHING))

    def _view(self, coupon: Coupon, stock: Stock) -> ManagedCoupon:
        return ManagedCoupon(
            id=Id(coupon.id),
            brand_id=Id(coupon.brand_id),
            title=coupon.title,
            discount=discount_of(coupon),
            minimum=minimum_of(coupon),
            count=coupon.count,
            collected=coupon.count - stock.left,
            redeemed=stock.redeemed,
            left=stock.left,
            collect_from=Timestamp.of(coupon.collect_from),
            collect_until=Timestamp.of(coupon.collect_until),
            valid_until=Timestamp.of(coupon.valid_until) if coupon.valid_until else None,
            valid_days=coupon.valid_days,
            state=state_now(coupon, self._clock.now(), stock.left),
            closed_at=Timestamp.of(coupon.closed_at) if coupon.closed_at else None,
            created_at=Timestamp.of(coupon.created_at),
            live=coupon.live,
        )


def state_now(coupon: Coupon, now: datetime, left: int) -> CouponState:
    """Whether a coupon can be collected."""
    closed = coupon.closed_at is not None
    return state_of(now, coupon.collect_from, coupon.collect_until, closed=closed, left=left)


def discount_of(coupon: Coupon) -> Discount:
    """What it takes off."""
    if coupon.amount_minor is not None:
        return AmountOff(amount=_sum(coupon, coupon.amount_minor))
    assert coupon.percent is not None
    cap = None if coupon.cap_minor is None else _sum(coupon, coupon.cap_minor)
    return PercentOff(percent=coupon.percent, cap=cap)


def minimum_of(coupon: Coupon) -> Money | None:
    """What has to be spent."""
    if coupon.minimum_minor is None:
        return None
    assert coupon.currency is not None
    return Money(amount_minor=coupon.minimum_minor, currency=coupon.currency)


def terms_of(coupon: Coupon) -> Terms:
    """What it promises."""
    minimum = coupon.minimum_minor
    return Terms(
        title=coupon.title,
        discount=discount_of(coupon),
        minimum=None if minimum is None else _sum(coupon, minimum),
        count=coupon.count,
        collect_from=coupon.collect_from,
        collect_until=coupon.collect_until,
        valid_until=coupon.valid_until,
        valid_days=coupon.valid_days,
    )


def _sum(coupon: Coupon, amount_minor: int) -> Sum:
    assert coupon.currency is not None
    return Sum(amount_minor=amount_minor, currency=Currency(coupon.currency))


def _changed(terms: Terms, body: CouponUpdate) -> Terms:
    given = {
        name: value
        for name in CouponUpdate.__struct_fields__
        if (value := getattr(body, name)) is not UNSET
    }
    if "title" in given:
        given["title"] = one_line(given["title"])
    return msgspec.structs.replace(terms, **given)


def _fill(coupon: Coupon, terms: Terms) -> None:
    discount, minimum = terms.discount, terms.minimum
    amount = discount.amount if isinstance(discount, AmountOff) else None
    cap = discount.cap if isinstance(discount, PercentOff) else None
    currencies = [str(each.currency) for each in (amount, cap, minimum) if each is not None]
    coupon.title = terms.title
    coupon.currency = currencies[0] if currencies else None
    coupon.amount_minor = amount.amount_minor if amount else None
    coupon.percent = discount.percent if isinstance(discount, PercentOff) else None
    coupon.cap_minor = cap.amount_minor if cap else None
    coupon.minimum_minor = minimum.amount_minor if minimum else None
    coupon.count = terms.count
    coupon.collect_from, coupon.collect_until = terms.collect_from, terms.collect_until
    coupon.valid_until, coupon.valid_days = terms.valid_until, terms.valid_days


def _over(terms: Terms, now: datetime) -> list[FieldError]:
    if terms.collect_until > now:
        return []
    return [FieldError("/collectUntil", "It would be over at once")]


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid("Some fields are not valid", errors=errors)
