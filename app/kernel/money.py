"""Money: integer minor units and an ISO 4217 currency. Never a float."""

import re
from typing import Annotated

import msgspec

from app.kernel.structs import View

AMOUNT_MINOR_MAX = 10**15
CURRENCY = re.compile(r"[A-Z]{3}\Z")

Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
AmountMinor = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[1234])]


class Money(View):
    """An amount in minor units: 12.34 yuan is {"amountMinor": 1234, "currency": "CNY"}."""

    amount_minor: AmountMinor
    currency: Currency
