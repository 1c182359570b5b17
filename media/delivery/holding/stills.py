"""Previews and storyboards of films, from whoever makes them."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database
from app.kernel.house import Doors
from media.delivery.interfaces import StillFile, StillFiles
from media.videos.interfaces import VideoRecord


class Stills:
    """Asks the door `StillFiles`, which a slice wired later may provide."""

    def __init__(self, doors: Doors, database: Database) -> None:
        self._doors = doors
        self._database = database

    async def shown(
        self, session: AsyncSession, records: Sequence[VideoRecord]
    ) -> Mapping[int, str]:
        """See `StillFiles`; none where nobody makes them."""
        door = self._doors.find(StillFiles)
        return await door.shown(session, records) if door is not None else {}

    async def file(self, video_id: int, hash_: str, name: str) -> StillFile | None:
        """See `StillFiles`."""
        door = self._doors.find(StillFiles)
        if door is None:
            return None
        async with self._database.reading() as session:
            return await door.file(session, video_id, hash_, name)
