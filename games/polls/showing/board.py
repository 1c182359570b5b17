"""The counts that viewers are shown: about a second old, so that looking costs nothing."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from games.polls.repository import PollRepository

FRESH_SECONDS: Final = 1.0
_HELD_MAX: Final = 2_000

Counts = Mapping[int, int]
"""Votes by option; options without any are missing."""


class _Held(msgspec.Struct):
    counts: Counts
    read_at: float
    reading: bool = False
    """Somebody reads it anew: until then others are shown what is held."""


class Board:
    """This process's copy of the counts of polls that are looked at."""

    def __init__(self, repository: PollRepository) -> None:
        self._repository = repository
        self._held: OrderedDict[int, _Held] = OrderedDict()

    async def counts(self, session: AsyncSession, poll_id: int) -> Counts:
        """The counts of about a second ago at most."""
        held = self._held.get(poll_id)
        is_fresh = held is not None and time.monotonic() - held.read_at < FRESH_SECONDS
        if held is not None and (is_fresh or held.reading):
            return held.counts
        if held is not None:
            held.reading = True
        try:
            found = await self._repository.counts(session, [poll_id])
        finally:
            if held is not None:
                held.reading = False
        counts = found.get(poll_id, {})
        self._held[poll_id] = _Held(counts, time.monotonic())
        if len(self._held) > _HELD_MAX:
            self._held.popitem(last=False)
        return counts
