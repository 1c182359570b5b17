"""Money: integer minor units and an ISO 4217 currency. Never a float."""

import re
from typing import Annotated

import msgspec

from app.kernel.structs import Currency, Input, View

AMOUNT_MINOR_MAX = 10**15
CURRENCY = re.compile(r"[A-Z]{3}\Z")

AmountMinor = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[1234])]
PositiveMinor = Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MINOR_MAX, examples=[500])]
_Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$", examples=["CNY"])]


class Money(View):
    """An amount in minor units: 12.34 yuan is {"amountMinor": 1234, "currency": "CNY"}. How many
    digits the minor unit has says ISO 4217: 12 yen are 12."""

    amount_minor: AmountMinor
    currency: _Code


class Price(Input):
    """What somebody asks for something; it may be nothing."""

    amount_minor: AmountMinor
    currency: Currency


class Sum(Input):
    """More than nothing, in minor units."""

    amount_minor: PositiveMinor
    currency: Currency


class AmountOff(Input, tag_field="type", tag="amount"):
    """So much less."""

    amount: Sum


class PercentOff(Input, tag_field="type", tag="percent"):
    """A part less, up to a bound."""

    percent: Annotated[int, msgspec.Meta(ge=1, le=99, examples=[20])]
    cap: Sum | None = None
    """At most so much less. Default: no bound."""


Discount = AmountOff | PercentOff
"""What a price is lowered by."""
