"""What shoppers do with coupons, and what happens at the counter."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import (
    Actor,
    BrandDirectory,
    Role,
    Scope,
    requires,
    requires_shopper,
)
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.http.cursors import Cursors
from app.kernel.http.limits import LocalLimiter
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page, Timestamp
from campaigns.benefits.collected.repository import CollectedRepository
from campaigns.benefits.errors import (
    AlreadyRedeemed,
    CodeNotFound,
    CouponExpired,
    CouponNotFound,
    CouponNotOpen,
    CouponOver,
    CouponSoldOut,
)
from campaigns.benefits.models import CODE_CHARS, CollectedCoupon, Coupon
from campaigns.benefits.repository import CouponRepository
from campaigns.benefits.rules import code_from, code_of, expiry, held_state, home_of, left_word
from campaigns.benefits.schemas import (
    CouponCard,
    CouponState,
    CouponView,
    HeldCoupon,
    HeldState,
    RedemptionCreate,
    RedemptionView,
)
from campaigns.benefits.service import discount_of, minimum_of, state_now

WRONG_CODES_PER_MINUTE: Final = 30
"""Of one member or key, in each process; clerks mistype, nobody mistypes that often. Nobody guesses
sixty bits either: this keeps whoever tries from being a load."""
_AT_THE_COUNTER: Final = (Role.OWNER, Role.OPERATIONS, Role.MANAGER, Role.CLERK)
_LIST: Final = "my-coupons"
_REFUSALS: Final = {
    CouponState.UPCOMING: CouponNotOpen,
    CouponState.SOLD_OUT: CouponSoldOut,
    CouponState.OVER: CouponOver,
}


class CollectedService:
    """Gives a coupon to a shopper once, shows it, and takes it at the counter once."""

    def __init__(
        self,
        *,
        coupons: CouponRepository,
        repository: CollectedRepository,
        brands: BrandDirectory,
        ids: Ids,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._coupons = coupons
        self._repository = repository
        self._brands = brands
        self._ids = ids
        self._clock = clock
        self._cursors = cursors
        self._wrong = LocalLimiter(WRONG_CODES_PER_MINUTE)

    async def shown(
        self, session: AsyncSession, viewer: Actor | None, coupon_id: int
    ) -> CouponView:
        """A coupon, and the caller's own of it. Raises CouponNotFound."""
        coupon = await self._coupons.get(session, coupon_id)
        if coupon is None or coupon.live != (viewer is None or viewer.live):
            raise CouponNotFound
        left = (await self._coupons.stocks(session, [coupon_id]))[coupon_id].left
        shopper_id = viewer.shopper_id if viewer is not None else None
        held = None
        if shopper_id is not None:
            held = await self._repository.of_shopper(session, coupon_id, shopper_id)
        card = _card(coupon, await self._brands.names(session, [coupon.brand_id]))
        now = self._clock.now()
        return CouponView(
            **{name: getattr(card, name) for name in CouponCard.__struct_fields__},
            collect_from=Timestamp.of(coupon.collect_from),
            collect_until=Timestamp.of(coupon.collect_until),
            valid_until=Timestamp.of(coupon.valid_until) if coupon.valid_until else None,
            valid_days=coupon.valid_days,
            left=left_word(left, coupon.count),
            state=state_now(coupon, now, left),
            mine=None if held is None else _held(held, coupon, card, now),
        )

    async def collect(self, tx: Transaction, actor: Actor, coupon_id: int) -> HeldCoupon:
        """Give the caller one; the very same to whoever asks again. Raises CouponNotFound,
        CouponNotOpen, CouponSoldOut, CouponOver."""
        shopper_id = requires_shopper(actor)
        await self._coupons.hold(tx.session, coupon_id)
        coupon = await self._coupons.get(tx.session, coupon_id)
        if coupon is None or coupon.live != actor.live:
            raise CouponNotFound
        held = await self._repository.of_shopper(tx.session, coupon_id, shopper_id)
        if held is None:
            held = await self._give(tx.session, coupon, shopper_id)
        card = _card(coupon, await self._brands.names(tx.session, [coupon.brand_id]))
        return _held(held, coupon, card, self._clock.now())

    async def _give(
        self, session: AsyncSession, coupon: Coupon, shopper_id: int
    ) -> CollectedCoupon:
        """First the shopper's row, then the stock: who asks twice at once waits at the first."""
        now = await self._repository.now(session)
        stocked = await self._coupons.stocked(session, coupon.id)
        refusal = _REFUSALS.get(state_now(coupon, now, len(stocked)))
        if refusal is not None:
            raise refusal
        while True:
            made = CollectedCoupon(
                coupon_id=coupon.id,
                shopper_id=shopper_id,
                id=self._ids.new(),
                live=coupon.live,
                code=code_from(secrets.token_bytes(CODE_CHARS)),
                collected_at=now,
            )
            if await self._repository.add(session, made):
                break
            if there := await self._repository.of_shopper(session, coupon.id, shopper_id):
                return there
            # somebody has this very code: draw another
        if not await self._coupons.take(session, coupon.id, home_of(shopper_id)):
            raise CouponSoldOut
        return made

    async def mine(
        self,
        session: AsyncSession,
        actor: Actor,
        state: HeldState | None,
        cursor: str | None,
        limit: int,
    ) -> Page[HeldCoupon]:
        """The caller's, the newest first."""
        shopper_id = requires_shopper(actor)
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        found = await self._repository.page(session, shopper_id, state, before, limit + 1)
        shown = found[:limit]
        cards = await self._cards(session, [coupon for _, coupon in shown])
        now = self._clock.now()
        last = shown[-1][0].id if len(found) > limit else None
        return Page(
            items=[_held(held, coupon, cards[coupon.id], now) for held, coupon in shown],
            next_cursor=None if last is None else self._cursors.make(_LIST, last),
        )

    async def redeem(
        self, tx: Transaction, actor: Actor, brand_id: int, body: RedemptionCreate
    ) -> RedemptionView:
        """Use a code up, once and for ever; for the same order again the same answer. Raises
        CodeNotFound, AlreadyRedeemed, CouponExpired, TooMany for who tries codes."""
        requires(actor, brand_id, roles=_AT_THE_COUNTER, scope=Scope.COUPONS_REDEEM)
        caller = f"{actor.kind}:{actor.id}"
        self._wrong.check_left(caller)
        code = code_of(body.code)
        found = None
        if code is not None:
            found = await self._repository.by_code(tx.session, brand_id, actor.live, code)
        if found is None:
            self._wrong.check(caller)
            raise CodeNotFound
        held, coupon = found
        if held.redeemed_at is None:
            await self._use(tx.session, actor, held, coupon, body.order_id)
        elif body.order_id is None or held.order_id != body.order_id:
            raise AlreadyRedeemed(f"It was redeemed at {Timestamp.of(held.redeemed_at)}")
        assert held.redeemed_at is not None
        return RedemptionView(
            coupon=_card(coupon, await self._brands.names(tx.session, [brand_id])),
            code=held.code,
            order_id=held.order_id,
            collected_at=Timestamp.of(held.collected_at),
            redeemed_at=Timestamp.of(held.redeemed_at),
        )

    async def _use(
        self,
        session: AsyncSession,
        actor: Actor,
        held: CollectedCoupon,
        coupon: Coupon,
        order_id: str | None,
    ) -> None:
        now = await self._repository.now(session)
        expires_at = _expiry(held, coupon)
        if now >= expires_at:
            raise CouponExpired(f"It was valid until {Timestamp.of(expires_at)}")
        held.redeemed_at, held.redeemed_by, held.order_id = now, actor.id, order_id
        await session.flush()
        await self._coupons.count_redeemed(session, coupon.id, home_of(held.shopper_id))

    async def _cards(
        self, session: AsyncSession, coupons: Sequence[Coupon]
    ) -> dict[int, CouponCard]:
        names = await self._brands.names(session, {each.brand_id for each in coupons})
        return {each.id: _card(each, names) for each in coupons}


def _card(coupon: Coupon, names: Mapping[int, str]) -> CouponCard:
    return CouponCard(
        id=Id(coupon.id),
        brand_id=Id(coupon.brand_id),
        brand_name=names.get(coupon.brand_id, ""),
        title=coupon.title,
        discount=discount_of(coupon),
        minimum=minimum_of(coupon),
    )


def _expiry(held: CollectedCoupon, coupon: Coupon) -> datetime:
    return expiry(held.collected_at, coupon.valid_until, coupon.valid_days)


def _held(held: CollectedCoupon, coupon: Coupon, card: CouponCard, now: datetime) -> HeldCoupon:
    expires_at = _expiry(held, coupon)
    return HeldCoupon(
        id=Id(held.id),
        coupon=card,
        code=held.code,
        state=held_state(now, expires_at, held.redeemed_at),
        collected_at=Timestamp.of(held.collected_at),
        expires_at=Timestamp.of(expires_at),
        redeemed_at=Timestamp.of(held.redeemed_at) if held.redeemed_at else None,
    )
