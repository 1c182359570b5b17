"""Where the slices that own content say what can be reported."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor


class ReportTarget(StrEnum):
    """Kinds of things that can be reported."""

    POST = "post"
    ACCOUNT = "account"
    COMMENT = "comment"


ReportCheck = Callable[[AsyncSession, Actor, int], Awaitable[bool]]
"""Whether the target exists for this actor."""


class ReportTargets(Protocol):
    """The register of what can be reported; wired before the slices that own content."""

    def add(self, kind: ReportTarget, check: ReportCheck) -> None:
        """Accept reports on this kind of target."""
        ...
