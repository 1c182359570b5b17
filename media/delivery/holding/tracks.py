"""The captions of films, from whoever keeps them."""

from collections.abc import Sequence

from app.kernel.database import Database
from app.kernel.house import Doors
from media.delivery.interfaces import CaptionTrack, CaptionTracks


class Tracks:
    """Asks the door `CaptionTracks`, which a slice wired later may provide."""

    def __init__(self, doors: Doors, database: Database) -> None:
        self._doors = doors
        self._database = database

    async def of(self, video_id: int) -> Sequence[CaptionTrack]:
        """None where nobody keeps captions."""
        door = self._doors.find(CaptionTracks)
        if door is None:
            return ()
        async with self._database.reading() as session:
            return await door.tracks(session, video_id)
