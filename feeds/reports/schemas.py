"""The bodies of the report routes."""

from enum import StrEnum
from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, Timestamp, View
from feeds.reports.interfaces import ReportTarget


class Reason(StrEnum):
    """Why something is reported."""

    SPAM = "spam"
    ABUSE = "abuse"
    FAKE = "fake"
    ILLEGAL = "illegal"
    OTHER = "other"


class ReportCreate(Input):
    """A report."""

    target_kind: ReportTarget
    target_id: Id
    reason: Reason
    detail: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ReportCreated(View):
    """It was noted."""

    id: Id


class ReportView(View):
    """A report as operators see it."""

    id: Id
    shopper_id: Id
    target_kind: ReportTarget
    target_id: Id
    reason: Reason
    detail: str
    created_at: Timestamp
