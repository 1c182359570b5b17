"""The bodies of corrections."""

from enum import StrEnum
from typing import Annotated

import msgspec

from app.kernel.money import Money
from app.kernel.structs import Id, Input, Timestamp, View
from campaigns.ledger.models import REASON_CHARS_MAX


class CorrectionStatus(StrEnum):
    """Where a correction stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class CorrectionCreate(Input):
    """What was wrong."""

    sequence: Id
    """Of the transfer to reverse, whole."""
    reason: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=REASON_CHARS_MAX, examples=["Booked for a namesake"]),
    ]


class CorrectionView(View):
    """A reversing transfer, or the wish for one."""

    id: Id
    status: CorrectionStatus
    sequence: Id
    """Of the transfer to reverse."""
    kind: str
    amount: Money
    source: str
    """Where the money came from and goes back to, as kind:owner:currency."""
    target: str
    reason: str
    proposed_by: Id
    proposed_at: Timestamp
    decided_by: Id | None
    decided_at: Timestamp | None
    reversed_by: Id | None
    """The sequence of the reversing transfer."""
