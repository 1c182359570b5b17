"""The bodies of the routes of coupons."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from app.kernel.money import Discount, Money, Sum
from app.kernel.structs import Id, Input, Timestamp, View
from campaigns.benefits.models import ORDER_CHARS_MAX, TITLE_CHARS_MAX
from media.timelines.interfaces import CouponLeft

COUNT_MAX = 1_000_000
DAYS_MAX = 366
CODE_INPUT_CHARS_MAX = 32

Title = Annotated[
    str, msgspec.Meta(min_length=1, max_length=TITLE_CHARS_MAX, examples=["全店满100减20"])
]
Count = Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX, examples=[1_000])]
Days = Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX, examples=[7])]


class CouponState(StrEnum):
    """Whether it can be collected at this moment."""

    UPCOMING = "upcoming"
    OPEN = "open"
    SOLD_OUT = "sold_out"
    OVER = "over"


class HeldState(StrEnum):
    """What a collected coupon is good for at this moment."""

    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"


class CouponCreate(Input):
    """A new coupon. Every amount has the same currency."""

    title: Title
    discount: Discount
    collect_until: Timestamp
    count: Count
    """How many are given away, one a shopper."""
    collect_from: Timestamp | None = None
    """Default: at once."""
    minimum: Sum | None = None
    """What has to be spent. Default: anything."""
    valid_until: Timestamp | None = None
    """Either this, not before `collectUntil`, or `validDays`."""
    valid_days: Days | None = None
    """After it was collected, each of them 24 hours."""


class CouponUpdate(Input):
    """What changes; what is left out stays. Once somebody has collected it, titles may change and
    counts, windows and validity may grow; nothing else."""

    title: Title | UnsetType = UNSET
    discount: Discount | UnsetType = UNSET
    minimum: Sum | UnsetType | None = UNSET
    count: Count | UnsetType = UNSET
    collect_from: Timestamp | UnsetType = UNSET
    collect_until: Timestamp | UnsetType = UNSET
    valid_until: Timestamp | UnsetType | None = UNSET
    valid_days: Days | UnsetType | None = UNSET


class ManagedCoupon(View):
    """A coupon as its brand sees it."""

    id: Id
    brand_id: Id
    title: str
    discount: Discount
    minimum: Money | None
    count: int
    collected: int
    redeemed: int
    left: int
    collect_from: Timestamp
    collect_until: Timestamp
    valid_until: Timestamp | None
    valid_days: int | None
    state: CouponState
    closed_at: Timestamp | None
    """When its brand ended it early."""
    created_at: Timestamp
    live: bool


class CouponCard(View):
    """What a coupon says on its face."""

    id: Id
    brand_id: Id
    brand_name: str
    title: str
    discount: Discount
    minimum: Money | None


class HeldCoupon(View):
    """A coupon that the caller has collected."""

    id: Id
    coupon: CouponCard
    code: str
    """Twelve letters and digits that nobody mistakes for others; the clerk enters them."""
    state: HeldState
    collected_at: Timestamp
    expires_at: Timestamp
    redeemed_at: Timestamp | None


class CouponView(CouponCard):
    """A coupon as shoppers see it."""

    collect_from: Timestamp
    collect_until: Timestamp
    valid_until: Timestamp | None
    valid_days: int | None
    left: CouponLeft
    state: CouponState
    mine: HeldCoupon | None
    """The caller's own, once collected."""


class RedemptionCreate(Input):
    """A coupon to redeem."""

    code: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=CODE_INPUT_CHARS_MAX, examples=["7KQM-2VXA-9RTB"]),
    ]
    """Case, spaces and hyphens do not matter."""
    order_id: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=ORDER_CHARS_MAX,
                pattern=r"^[\x21-\x7e]+$",
                examples=["2026-11-11/0042"],
            ),
        ]
        | None
    ) = None
    """The brand's own number of the order: the same code for the same order again is answered like
    the first time."""


class RedemptionView(View):
    """What a code was good for."""

    coupon: CouponCard
    code: str
    order_id: str | None
    collected_at: Timestamp
    redeemed_at: Timestamp
