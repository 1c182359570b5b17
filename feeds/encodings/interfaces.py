"""What the readers' slice may ask of ready bytes."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from feeds.posts.interfaces import Encoded


class ReadyBytes(Protocol):
    """Encoded posts."""

    async def encoded(
        self, ids: Sequence[int], session: AsyncSession | None = None
    ) -> dict[int, Encoded]:
        """See `Posts.encoded`: right as of the caller's last `changes.sync()`."""
        ...

    async def current(self, ids: Sequence[int], session: AsyncSession) -> dict[int, Encoded]:
        """The same, right now; without the cache Valkey straight from SQL."""
        ...
