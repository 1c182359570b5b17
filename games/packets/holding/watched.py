"""Vouches that a shopper had the time to watch a film so far."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from games.packets.interfaces import Condition
from media.videos.interfaces import Videos
from media.watching.interfaces import WatchCredits

_SLACK_MS: Final = 1_000
"""What a report takes to arrive. A moment earlier in a film than this opens for everybody."""


class Watched(Condition):
    """The condition `WATCH`: its target is a film, its measure a moment of it."""

    def __init__(self, credits_: WatchCredits, videos: Videos) -> None:
        self._credits = credits_
        self._videos = videos

    async def holds(
        self, session: AsyncSession, shopper_id: int, target_id: int, measure: int
    ) -> bool:
        """See `Condition`."""
        reached_ms = await self._credits.reached_ms(session, shopper_id, target_id)
        return reached_ms + _SLACK_MS >= measure

    async def knows(self, session: AsyncSession, target_id: int) -> bool:
        """See `Condition`."""
        return await self._videos.get(session, target_id) is not None

    async def most(self, session: AsyncSession, target_id: int) -> int | None:
        """See `Condition`."""
        film = await self._videos.get(session, target_id)
        return film.duration_ms if film is not None else None
