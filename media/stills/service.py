"""The use cases of stills: make them of every film, show them, let the owner choose a cover."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor
from app.kernel.database import Database, Transaction
from app.kernel.errors import Invalid
from app.kernel.events import Events
from app.kernel.house import Doors
from app.kernel.objects import Objects
from media.delivery.interfaces import PREVIEW_NAME, STORYBOARD_NAME, StillFile, StillFiles
from media.films.film import Film, readable
from media.images.interfaces import Images, ImageView, PictureOwner
from media.stills.errors import StillsFailed
from media.stills.making.film import Reader
from media.stills.making.stills import POSTER_SIDE_MAX, Made, as_jpeg, make_stills
from media.stills.making.storyboard import sheet_name
from media.stills.models import VideoStills
from media.stills.repository import StillsRepository
from media.stills.rules import MEDIA_TYPES, NAME, still_path, stills_hash
from media.stills.schemas import CoverChoice, CoverView
from media.transcoding.interfaces import Renditions
from media.videos.events import VideoChanged
from media.videos.interfaces import VideoPart, VideoParts, VideoRecord, Videos, Visibility

log: structlog.stdlib.BoundLogger = structlog.get_logger("stills")

MAKE_TASK = "media.stills.make"
FORGET_TASK = "media.stills.forget"
COVER_TASK = "media.stills.cover"


class StillsService(VideoParts, StillFiles):
    """Stills are made of the original as soon as it was inspected; of what only the transcoder can
    read or convert (AV1, HDR), of its first rendition."""

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        doors: Doors,
        events: Events,
        images: Images,
        videos: Videos,
    ) -> None:
        self._database = database
        self._objects = objects
        self._doors = doors
        self._events = events
        self._images = images
        self._videos = videos
        self._repository = StillsRepository()

    async def ask(self, tx: Transaction, video_id: int, generation: int) -> None:
        """Have the stills of a film made, unless they were."""
        if not await self._repository.has(tx.session, video_id, generation):
            await tx.defer(
                MAKE_TASK, lock=f"stills {video_id}", video_id=video_id, generation=generation
            )

    async def make(self, video_id: int, generation: int) -> None:
        """Look at a film and keep its stills. Again changes nothing."""
        async with self._database.reading() as session:
            record = await self._videos.get(session, video_id)
            known = await self._repository.has(session, video_id, generation)
        if record is None or known or record.generation != generation or _gone(record):
            return
        async with self._film(record) as film, _folder() as folder:
            if film is None:
                return
            made = await make_stills(film, folder)
        owner = PictureOwner.video(video_id)
        async with self._database.transaction() as tx:
            poster = await self._images.import_picture(tx, made.poster, owner)
            if not await self._wanted(tx, video_id):
                return
            hash_ = await self._store(tx, made)
            row = VideoStills(
                video_id=video_id,
                generation=generation,
                poster_image_id=int(poster.id),
                poster_ms=made.poster_ms,
                hash=hash_,
                sheets=len(made.storyboard.sheets),
            )
            await self._repository.add(tx.session, row)
            await self._changed(tx, video_id)

    async def forget(self, video_id: int, before: int | None = None) -> None:
        """After a takedown or a deletion: the files go, unless another video has the very same.
        With `before`, those of the films that this generation has replaced, once it has its own."""
        async with self._database.transaction() as tx:
            if before is not None and not await self._repository.has(tx.session, video_id, before):
                return
            gone = await self._repository.remove(tx.session, video_id, before)
            await self._prune(tx, video_id)
            for hash_, sheets in sorted(gone):
                await self._repository.lock_files(tx.session, hash_)
                if not await self._repository.shared(tx.session, hash_):
                    names = [PREVIEW_NAME, STORYBOARD_NAME, *map(sheet_name, range(sheets))]
                    await self._objects.delete([still_path(hash_, name) for name in names])

    async def choose(
        self, tx: Transaction, actor: Actor, video_id: int, choice: CoverChoice
    ) -> CoverView:
        """What the owner wants as the cover. Raises VideoNotFound, Forbidden, PictureNotFound."""
        record = await self._videos.manageable(tx.session, actor, video_id)
        if (choice.at_ms is None) == (choice.image_id is None):
            raise Invalid.field("/atMs", "Choose either a moment or a picture")
        poster: ImageView | None = None
        if choice.image_id is not None:
            owner = PictureOwner(record.owner_id, record.live)
            found = await self._images.owned(tx.session, [choice.image_id], owner)
            poster = found[choice.image_id]
        elif record.duration_ms is None or (choice.at_ms or 0) > record.duration_ms:
            raise Invalid.field("/atMs", "The film is shorter than that")
        else:
            await tx.defer(
                COVER_TASK, lock=f"stills {video_id}", video_id=video_id, at_ms=choice.at_ms
            )
        await self._repository.choose(tx.session, video_id, choice.image_id, choice.at_ms)
        if poster is not None:
            await self._changed(tx, video_id)
        return CoverView(at_ms=choice.at_ms, poster=poster)

    async def unchoose(self, tx: Transaction, actor: Actor, video_id: int) -> None:
        """Back to the poster that was found. Raises VideoNotFound, Forbidden."""
        await self._videos.manageable(tx.session, actor, video_id)
        await self._repository.unchoose(tx.session, video_id)
        await self._changed(tx, video_id)

    async def fetch_cover(self, video_id: int, at_ms: int) -> None:
        """Take the frame that was chosen, if it still is."""
        async with self._database.reading() as session:
            record = await self._videos.get(session, video_id)
            chosen = (await self._repository.covers(session, [video_id])).get(video_id)
        if record is None or _gone(record) or chosen is None or chosen.at_ms != at_ms:
            return
        async with self._film(record) as film:
            if film is None:
                raise StillsFailed("nothing of this film can be decoded yet")
            image = await Reader(film).frame(at_ms / 1000, POSTER_SIDE_MAX)
        data = await asyncio.to_thread(as_jpeg, image)
        async with self._database.transaction() as tx:
            owner = PictureOwner.video(video_id)
            poster = await self._images.import_picture(tx, data, owner)
            if not await self._wanted(tx, video_id):
                return
            await self._repository.choose(tx.session, video_id, int(poster.id), at_ms)
            await self._changed(tx, video_id)

    async def parts(
        self, session: AsyncSession, records: Sequence[VideoRecord], viewer: Actor | None
    ) -> Mapping[int, VideoPart]:
        """See VideoParts."""
        rows = await self._shown(session, records)
        covers = await self._repository.covers(session, [record.id for record in records])
        posters = {id_: row.poster_image_id for id_, row in rows.items()}
        posters |= {id_: each.image_id for id_, each in covers.items() if each.image_id is not None}
        views = await self._images.views(session, posters.values())
        return {id_: VideoPart(poster=views.get(image)) for id_, image in posters.items()}

    async def shown(
        self, session: AsyncSession, records: Sequence[VideoRecord]
    ) -> Mapping[int, str]:
        """See `StillFiles`."""
        return {id_: row.hash for id_, row in (await self._shown(session, records)).items()}

    async def file(
        self, session: AsyncSession, video_id: int, hash_: str, name: str
    ) -> StillFile | None:
        """See `StillFiles`."""
        if not NAME.match(name):
            return None
        if all(row.hash != hash_ for row in await self._repository.find(session, [video_id])):
            return None
        return StillFile(still_path(hash_, name), MEDIA_TYPES[name.rpartition(".")[2]])

    async def _shown(
        self, session: AsyncSession, records: Sequence[VideoRecord]
    ) -> dict[int, VideoStills]:
        """Of the film that is shown of each video, or of the next one that has any."""
        rows = await self._repository.find(session, [record.id for record in records])
        shown: dict[int, VideoStills] = {}
        for record in records:
            of_this = [row for row in rows if row.video_id == record.id]
            wanted = record.shown_generation or record.generation
            fitting = [row for row in of_this if row.generation <= wanted] or of_this
            if fitting:
                shown[record.id] = fitting[-1]
        return shown

    @asynccontextmanager
    async def _film(self, record: VideoRecord) -> AsyncGenerator[Film | None]:
        """What can be read of a video; None when there is nothing yet."""
        renditions = self._doors.find(Renditions)
        async with self._database.reading() as session:
            cut = await renditions.latest(session, record.id) if renditions else None
        async with readable(record, cut, self._objects) as film:
            yield film

    async def _wanted(self, tx: Transaction, video_id: int) -> bool:
        """Whether the video is still there, and until this transaction ends; where it is not, what
        was made of it meanwhile is forgotten."""
        record = await self._videos.hold(tx, video_id)
        if record is None or _gone(record):
            await self._prune(tx, video_id)
            return False
        return True

    async def _prune(self, tx: Transaction, video_id: int) -> None:
        """Forget the film's own pictures that neither a poster nor a cover is."""
        shown = await self._repository.find(tx.session, [video_id])
        covers = await self._repository.covers(tx.session, [video_id])
        kept = {each.poster_image_id for each in shown}
        kept |= {each.image_id for each in covers.values() if each.image_id is not None}
        await self._images.prune(tx, PictureOwner.video(video_id), kept)

    async def _store(self, tx: Transaction, made: Made) -> str:
        """Files before the row that names them; nobody removes the same ones meanwhile."""
        board = made.storyboard
        hash_ = stills_hash([made.preview, board.vtt, *board.sheets])
        files = {PREVIEW_NAME: made.preview, STORYBOARD_NAME: board.vtt}
        files |= {sheet_name(number): sheet for number, sheet in enumerate(board.sheets)}
        await self._repository.lock_files(tx.session, hash_)
        for name, data in files.items():
            await self._objects.put(still_path(hash_, name), data)
        return hash_

    async def _changed(self, tx: Transaction, video_id: int) -> None:
        """Whoever shows the video's card shows another picture now."""
        await self._events.publish(tx, VideoChanged(video_id))


def _gone(record: VideoRecord) -> bool:
    return record.visibility is Visibility.TAKEN_DOWN


@asynccontextmanager
async def _folder() -> AsyncGenerator[Path]:
    with tempfile.TemporaryDirectory(prefix="carnival-stills-") as name:
        yield Path(name)
