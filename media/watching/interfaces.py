"""The door of watching for other slices."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class WatchCredits(Protocol):
    """How long shoppers could have watched.

    Credit grows by the smaller of what the player says it has shown and what has passed on the
    server, for one video at a time over all of a shopper's devices. Seeks, faster play and hidden
    pages earn nothing. It gates by time; that somebody looked, it does not prove.
    """

    async def credit_ms(self, session: AsyncSession, shopper_id: int, video_id: int) -> int:
        """Milliseconds of the video that the shopper is credited with."""
        ...

    async def reached_ms(self, session: AsyncSession, shopper_id: int, video_id: int) -> int:
        """To where the shopper could have watched by now: the credit, and of what has passed since
        the player told of this video as much as players may leave untold."""
        ...
