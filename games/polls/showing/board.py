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
    final: bool
    """Read after the closing."""
    read_at: float
    reading: bool = False
    """Somebody reads it anew: until then others are shown what is held."""


class Board:
    """This process's copy of the counts of polls that are looked at."""

    def __init__(self, repository: PollRepository) -> None:
        self._repository = repository
        self._held: OrderedDict[int, _Held] = OrderedDict()

    async def counts(self, session: AsyncSession, poll_id: int, *, closed: bool) -> Counts:
        """The counts of about a second ago; of a closed poll none from before its closing, since
        nobody asks again."""
        held = self._held.get(poll_id)
        if held is not None and (held.final or not closed):
            age = time.monotonic() - held.read_at
            if age < FRESH_SECONDS or (held.reading and age < 2 * FRESH_SECONDS):
                return held.counts
        if held is not None:
            held.reading = True
        try:
            found = await self._repository.counts(session, [poll_id])
        finally:
            if held is not None:
                held.reading = False
        counts = found.get(poll_id, {})
        self._held[poll_id] = _Held(counts, closed, time.monotonic())
        if len(self._held) > _HELD_MAX:
            self._held.popitem(last=False)
        return counts
