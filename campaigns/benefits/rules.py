"""What a coupon must be, how its stock is spread, and what codes look like: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

import msgspec

from app.kernel.errors import FieldError
from app.kernel.money import AmountOff, Discount, Sum
from app.kernel.text import is_visible
from campaigns.benefits.schemas import CouponState, HeldState
from media.timelines.interfaces import CouponLeft

SHARDS: Final = 16
"""Rows over which a stock is spread: as many collect without waiting for each other."""
AHEAD_MAX: Final = timedelta(days=366)
COLLECT_UNTIL_MAX: Final = 2 * AHEAD_MAX
VALID_UNTIL_MAX: Final = 4 * AHEAD_MAX
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs, without 0 and O, 1 and I: five bits each."""
_SIGNS: Final = frozenset(ALPHABET)
_LOW_PARTS: Final = 10
_SEPARATORS: Final = str.maketrans("", "", " -\u2010\u2011\u2013")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand promises with a coupon."""

    title: str
    discount: Discount
    minimum: Sum | None
    count: int
    collect_from: datetime
    collect_until: datetime
    valid_until: datetime | None
    valid_days: int | None


def faults(terms: Terms, now: datetime) -> list[FieldError]:
    """Everything that is wrong with the terms by themselves."""
    found: list[FieldError] = []
    if not is_visible(terms.title):
        found.append(FieldError("/title", "A title needs a visible character"))
    found += _money_faults(terms)
    if terms.collect_from > now + AHEAD_MAX:
        found.append(FieldError("/collectFrom", "Within a year"))
    if not terms.collect_from < terms.collect_until <= now + COLLECT_UNTIL_MAX:
        found.append(FieldError("/collectUntil", "After collectFrom, and within two years"))
    if (terms.valid_until is None) == (terms.valid_days is None):
        found.append(FieldError("/validUntil", "Give either validUntil or validDays"))
    elif terms.valid_until is not None and not (
        terms.collect_until <= terms.valid_until <= now + VALID_UNTIL_MAX
    ):
        words = "Not before collectUntil, and within four years"
        found.append(FieldError("/validUntil", words))
    return found


def _money_faults(terms: Terms) -> list[FieldError]:
    discount, minimum = terms.discount, terms.minimum
    taken = discount.amount if isinstance(discount, AmountOff) else discount.cap
    if minimum is None or taken is None:
        return []
    if minimum.currency != taken.currency:
        return [FieldError("/minimum/currency", "Must have the currency of the discount")]
    if isinstance(discount, AmountOff) and minimum.amount_minor < taken.amount_minor:
        return [FieldError("/minimum/amountMinor", "Not lower than what is taken off")]
    return []


def broken_promises(before: Terms, after: Terms, *, closed: bool) -> list[FieldError]:
    """What may not change for those who have collected it already, nor once it was closed."""
    found: list[FieldError] = []
    for name, pointer in (
        ("discount", "/discount"), ("minimum", "/minimum"), ("collect_from", "/collectFrom"),
    ):  # fmt: skip
        if getattr(before, name) != getattr(after, name):
            found.append(FieldError(pointer, "Somebody has collected it: this stays"))
    for name, pointer in (("count", "/count"), ("collect_until", "/collectUntil")):
        if closed and getattr(after, name) != getattr(before, name):
            found.append(FieldError(pointer, "The coupon was closed: this stays"))
        elif getattr(after, name) < getattr(before, name):
            found.append(FieldError(pointer, "Somebody has collected it: this may only grow"))
    for name, pointer in (("valid_until", "/validUntil"), ("valid_days", "/validDays")):
        was, is_ = getattr(before, name), getattr(after, name)
        if (was is None) != (is_ is None) or (was is not None and is_ < was):
            found.append(FieldError(pointer, "Somebody has collected it: this may only grow"))
    return found


def state_of(
    now: datetime, collect_from: datetime, collect_until: datetime, *, closed: bool, left: int
) -> CouponState:
    """Whether it can be collected. The window's end is no part of it."""
    if closed or now >= collect_until:
        return CouponState.OVER
    if now < collect_from:
        return CouponState.UPCOMING
    return CouponState.OPEN if left else CouponState.SOLD_OUT


def held_state(now: datetime, expires_at: datetime, redeemed_at: datetime | None) -> HeldState:
    """What a collected coupon is good for; who used it in time has used it."""
    if redeemed_at is not None:
        return HeldState.USED
    return HeldState.USABLE if now < expires_at else HeldState.EXPIRED


def expiry(
    collected_at: datetime, valid_until: datetime | None, valid_days: int | None
) -> datetime:
    """The first moment at which it is no longer valid."""
    if valid_until is not None:
        return valid_until
    assert valid_days is not None
    return collected_at + timedelta(days=valid_days)


def left_word(left: int, count: int) -> CouponLeft:
    """How much there is: the last tenth is low."""
    if left == 0:
        return CouponLeft.SOLD_OUT
    return CouponLeft.LOW if left * _LOW_PARTS <= count else CouponLeft.IN_STOCK


def spread(count: int) -> list[int]:
    """A stock over its shards, as evenly as whole coupons can be."""
    each, more = divmod(count, SHARDS)
    return [each + (number < more) for number in range(SHARDS)]


def home_of(shopper_id: int) -> int:
    """The shard at which a shopper asks first. Ids are times: their digits are no even spread."""
    return blake2b(shopper_id.to_bytes(8), digest_size=1).digest()[0] % SHARDS


def around(home: int, numbers: Sequence[int]) -> list[int]:
    """Shards in the order in which somebody from `home` asks them."""
    return sorted(numbers, key=lambda number: (number - home) % SHARDS)


def code_from(data: bytes) -> str:
    """A code of as many signs as there are random bytes."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in data)


def code_of(text: str) -> str | None:
    """A code as it is stored, from what a clerk typed or scanned. None where it has a sign
    that no code has."""
    code = text.translate(_SEPARATORS).upper()
    return code if _SIGNS.issuperset(code) else None
