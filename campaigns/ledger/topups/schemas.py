"""The bodies of top-ups."""

from typing import Annotated

import msgspec

from app.kernel.money import Money, Sum
from app.kernel.structs import Id, Input, Timestamp, View
from campaigns.ledger.models import REFERENCE_CHARS_MAX


class TopUpCreate(Input):
    """What came in."""

    amount: Sum
    reference: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=REFERENCE_CHARS_MAX, examples=["SEPA 2026-11-03/17"]),
    ]
    """Of the payment, for example from the bank's statement: it is booked once."""


class TopUpView(View):
    """A booked top-up."""

    id: Id | None
    """Its sequence in the ledger; null for a dry run."""
    amount: Money
    reference: str
    available: Money
    """The brand's free money after it, or as it would be."""
    operator_id: Id
    made_at: Timestamp
