"""What can go wrong with coupons.

AppError
├── CouponNotFound   404  no such coupon, or of another brand or mode
├── CodeNotFound     404  no coupon of this brand has this code
├── CouponSoldOut    409  all are given away
├── CouponNotOpen    409  it cannot be collected yet
├── CouponOver       409  it cannot be collected any more
├── CouponExpired    409  its validity has ended
└── AlreadyRedeemed  409  the code was used before, and says when
"""

from app.kernel.errors import Conflict, NotFound


class CouponNotFound(NotFound):
    """No such coupon for this caller."""

    code, title = "coupon_not_found", "This coupon does not exist"


class CodeNotFound(NotFound):
    """No coupon of this brand has this code; another brand's is none here."""

    code, title = "coupon_code_not_found", "There is no coupon with this code here"


class CouponSoldOut(Conflict):
    """The last one is somebody's."""

    code, title = "coupon_sold_out", "All of these coupons are given away"


class CouponNotOpen(Conflict):
    """Too early."""

    code, title = "coupon_not_open", "This coupon cannot be collected yet"


class CouponOver(Conflict):
    """Too late, or ended early by its brand."""

    code, title = "coupon_over", "This coupon cannot be collected any more"


class CouponExpired(Conflict):
    """It was collected, and not used in time."""

    code, title = "coupon_expired", "This coupon is no longer valid"


class AlreadyRedeemed(Conflict):
    """Once only, for ever."""

    code, title = "coupon_already_redeemed", "This coupon was redeemed before"
