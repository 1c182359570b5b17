"""The bodies of the operators' routes."""

from enum import StrEnum
from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, Timestamp, View

NOTE_CHARS_MAX = 300


class Resolution(StrEnum):
    """What becomes of a decision."""

    DISMISSED = "dismissed"
    """It does not count."""
    PAID = "paid"
    """The platform pays it."""


class ProposalCreate(Input):
    """Why."""

    note: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=NOTE_CHARS_MAX, examples=["Given twice by a defect"]),
    ]


class QuarantinedView(View):
    """A decision that could not be settled."""

    order: Id
    """Names it, with its packet."""
    kind: str
    reason: str
    packet_id: Id | None
    shopper_id: Id | None
    amount_minor: int
    """What it gave, all in all."""
    quarantined_at: Timestamp
    proposal: Resolution | None
    """What one operator wants; another approves it."""
    note: str
    proposed_by: Id | None
    proposed_at: Timestamp | None
    resolution: Resolution | None
    resolved_by: Id | None
    resolved_at: Timestamp | None
