"""Plugs coupons into the house."""

from collections.abc import Collection, Mapping

from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import BrandDirectory
from app.kernel.house import House, Slice, Wiring
from campaigns.benefits.collected.repository import CollectedRepository
from campaigns.benefits.collected.service import CollectedService
from campaigns.benefits.controllers import (
    BrandCouponController,
    CouponController,
    MyCouponController,
)
from campaigns.benefits.repository import CouponRepository
from campaigns.benefits.service import CouponService
from campaigns.brands.interfaces import Brands
from media.timelines.interfaces import (
    CueKind,
    CueKinds,
    CueOwner,
    CueTarget,
    CueTargets,
    ref_ids,
)


class CouponCues(CueTargets):
    """Coupons as cues of films point to them."""

    def __init__(self, coupons: CouponService) -> None:
        self._coupons = coupons

    async def missing(
        self, session: AsyncSession, refs: Collection[str], owner: CueOwner
    ) -> Mapping[str, str]:
        """Only the brand's own, as long as they may be collected."""
        found = {
            str(each.id)
            for each in await self._coupons.of_cues(session, ref_ids(refs))
            if not owner.by_shopper and (each.brand_id, each.live) == (owner.id, owner.live)
        }
        words = "No coupon of this brand that can be collected, now or later"
        return {ref: words for ref in refs if ref not in found}

    async def shown(self, session: AsyncSession, refs: Collection[str]) -> Mapping[str, CueTarget]:
        """With what is left at this moment; what is over is left out."""
        targets = await self._coupons.targets(session, ref_ids(refs))
        return {str(id_): target for id_, target in targets.items()}


def wire(house: House) -> Wiring:
    """Coupons, and cues that offer them."""
    repository = CouponRepository()
    coupons = CouponService(
        database=house.database,
        repository=repository,
        brands=house.doors.get(Brands),
        ids=house.ids,
        clock=house.clock,
        cursors=house.cursors,
    )
    collected = CollectedService(
        coupons=repository,
        repository=CollectedRepository(),
        brands=house.doors.get(BrandDirectory),
        ids=house.ids,
        clock=house.clock,
        cursors=house.cursors,
    )
    house.doors.get(CueKinds).add(CueKind.COUPON, CouponCues(coupons))
    return Wiring(
        routes=[BrandCouponController, CouponController, MyCouponController],
        dependencies={
            "coupons": Provide(lambda: coupons, sync_to_thread=False),
            "collected": Provide(lambda: collected, sync_to_thread=False),
        },
        audits={"coupons": coupons.audit},
    )


slice_ = Slice("benefits", wire)
