"""HTTP of coupons: the brand's side, the shopper's, and the counter's."""

from typing import Annotated

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from campaigns.benefits.collected.service import CollectedService
from campaigns.benefits.schemas import (
    CouponCreate,
    CouponUpdate,
    CouponView,
    HeldCoupon,
    HeldState,
    ManagedCoupon,
    RedemptionCreate,
    RedemptionView,
)
from campaigns.benefits.service import CouponService

StateFilter = Annotated[
    HeldState | None, QueryParameter(name="state", description="In this state only")
]


class BrandCouponController(Controller):
    """The coupons of one brand."""

    path = "/v1/brands/{brand_id:int}/coupons"
    tags = ("coupons",)

    @post("/", operation_id="createCoupon", summary="Make a coupon")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        coupons: NamedDependency[CouponService],
        brand_id: PathId,
        data: JSONBody[CouponCreate],
    ) -> ManagedCoupon:
        """For the brand's owner and operations people, and keys with `coupons:write`."""
        return await coupons.create(tx, actor, brand_id, data)

    @get("/", operation_id="listBrandCoupons", summary="A brand's coupons")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        coupons: NamedDependency[CouponService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[ManagedCoupon]:
        """The newest first. Test keys see those of test keys."""
        return await coupons.page(tx.session, actor, brand_id, cursor, limit)

    @get("/{coupon_id:int}", operation_id="getBrandCoupon", summary="One coupon of a brand")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        coupons: NamedDependency[CouponService],
        brand_id: PathId,
        coupon_id: PathId,
    ) -> ManagedCoupon:
        """With how many were collected and redeemed, and how many are left."""
        return await coupons.get(tx.session, actor, brand_id, coupon_id)

    @patch("/{coupon_id:int}", operation_id="updateCoupon", summary="Change a coupon")
    async def update(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        coupons: NamedDependency[CouponService],
        brand_id: PathId,
        coupon_id: PathId,
        data: JSONBody[CouponUpdate],
    ) -> ManagedCoupon:
        """What is left out stays. Once somebody has collected it, its title may change and its
        count, window and validity may grow; a longer validity is everybody's."""
        return await coupons.update(tx, actor, brand_id, coupon_id, data)

    @post(
        "/{coupon_id:int}/close",
        operation_id="closeCoupon",
        summary="End a coupon before its time",
        status_code=200,
    )
    async def close(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        coupons: NamedDependency[CouponService],
        brand_id: PathId,
        coupon_id: PathId,
    ) -> ManagedCoupon:
        """Nobody collects it any more, for ever; who has it may use it."""
        return await coupons.close(tx, actor, brand_id, coupon_id)

    @post(
        "/redemptions",
        operation_id="redeemCoupon",
        summary="Redeem a coupon at the counter",
        status_code=200,
    )
    async def redeem(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        collected: NamedDependency[CollectedService],
        brand_id: PathId,
        data: JSONBody[RedemptionCreate],
    ) -> RedemptionView:
        """Once only, for ever. For the brand's owner, operations people, managers and clerks, and
        keys with `coupons:redeem`. The same `Idempotency-Key`, or the same `orderId`, again is
        answered like the first time; anything else with 409, saying when it was redeemed."""
        return await collected.redeem(tx, actor, brand_id, data)


class CouponController(Controller):
    """Coupons as shoppers meet them."""

    path = "/v1/coupons"
    tags = ("coupons",)

    @get("/{coupon_id:int}", operation_id="getCoupon", summary="One coupon")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        collected: NamedDependency[CollectedService],
        coupon_id: PathId,
    ) -> CouponView:
        """With the caller's own, once collected."""
        return await collected.shown(tx.session, viewer, coupon_id)

    @post(
        "/{coupon_id:int}/collect",
        operation_id="collectCoupon",
        summary="Collect a coupon",
        status_code=200,
    )
    async def collect(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        collected: NamedDependency[CollectedService],
        coupon_id: PathId,
    ) -> HeldCoupon:
        """One a shopper: asking again gives the very same. 409 with `coupon_not_open`,
        `coupon_sold_out` or `coupon_over` where there is none to be had."""
        return await collected.collect(tx, actor, coupon_id)


class MyCouponController(Controller):
    """The caller's own coupons."""

    path = "/v1/me/coupons"
    tags = ("coupons",)

    @get("/", operation_id="listMyCoupons", summary="My coupons")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        collected: NamedDependency[CollectedService],
        in_state: StateFilter = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[HeldCoupon]:
        """The newest first: usable, used and expired ones, or those of one state only."""
        return await collected.mine(tx.session, actor, in_state, cursor, limit)
