"""Vouches that a shopper had the time to watch a film so far."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from games.packets.interfaces import Condition
from media.videos.interfaces import Videos
from media.watching.interfaces import WatchCredits

_UNTOLD_MS: Final = 6_000
"""Players tell every five seconds how far they are: so much of the way may not be told yet. What
opens earlier in a film than this opens for everybody."""


class Watched(Condition):
    """The condition `WATCH`: its target is a film, its measure a moment of it."""

    def __init__(self, credits_: WatchCredits, videos: Videos) -> None:
        self._credits = credits_
        self._videos = videos

    async def holds(
        self, session: AsyncSession, shopper_id: int, target_id: int, measure: int
    ) -> bool:
        """See `Condition`."""
        credit_ms = await self._credits.credit_ms(session, shopper_id, target_id)
        return credit_ms + _UNTOLD_MS >= measure

    async def knows(self, session: AsyncSession, target_id: int) -> bool:
        """See `Condition`."""
        return await self._videos.get(session, target_id) is not None
