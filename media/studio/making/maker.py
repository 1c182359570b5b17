"""The job of the studio: an order becomes a film, the film a video."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import msgspec
import structlog
from PIL import Image

from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.errors import Invalid
from app.kernel.house import Doors
from app.kernel.objects import Objects
from media.films.film import Film, readable
from media.images.errors import PictureNotFound
from media.images.interfaces import Images
from media.studio.errors import Failure, FilmFailed
from media.studio.making.cutting import overlaid, overlay_size, trimmed
from media.studio.making.overlay import overlay
from media.studio.making.specs import OverlaySpec, ShowSpec, Spec, TrimSpec
from media.studio.models import StudioWork
from media.studio.repository import StudioRepository
from media.studio.rules import film_path, slideshow_cues
from media.studio.slides.film import make_film
from media.studio.slides.plan import Item, Show
from media.timelines.interfaces import CueDraft, CueKind, Timelines
from media.transcoding.interfaces import Renditions
from media.videos.interfaces import Original, Videos

log: structlog.stdlib.BoundLogger = structlog.get_logger("studio")

ATTEMPTS_MAX = 3
_CHUNK_BYTES = 1024 * 1024
_WAITING = "waiting"


class Maker:
    """Makes films. A job that runs again makes the same film, and one video comes of it."""

    def __init__(
        self,
        *,
        database: Database,
        objects: Objects,
        doors: Doors,
        clock: Clock,
        images: Images,
        videos: Videos,
    ) -> None:
        self._database = database
        self._objects = objects
        self._doors = doors
        self._clock = clock
        self._images = images
        self._videos = videos
        self._repository = StudioRepository()

    async def make(self, work_id: int) -> None:
        """Do one work. What cannot be made is noted as failed at once: trying again would give the
        same; when a server is away the job is tried again."""
        async with self._database.reading() as session:
            work = await self._repository.work(session, work_id)
        if work is None or work.state != _WAITING:
            return
        spec = msgspec.convert(work.spec, Spec)
        with tempfile.TemporaryDirectory(prefix="carnival-studio-") as name:
            try:
                film = await self._film(spec, work.title, Path(name))
            except FilmFailed as failed:
                log.warning("studio_work_failed", work=work_id, why=str(failed))
                await self._end(work_id, failed.failure)
                return
            except PictureNotFound:
                await self._end(work_id, Failure.PICTURE_GONE)
                return
            original = await self._keep(work, film)
        await self._end(work_id, (original, work.title))

    async def give_up(self, work_id: int) -> None:
        """Whatever went wrong, it went wrong too often: whoever waits is told."""
        await self._end(work_id, Failure.TRIED_OFTEN)

    async def _film(self, spec: Spec, title: str, folder: Path) -> Path:
        if isinstance(spec, ShowSpec):
            return await self._show(spec, title, folder)
        record_id = spec.video_id
        async with self._database.reading() as session:
            record = await self._videos.get(session, record_id)
            renditions = self._doors.find(Renditions)
            cut = await renditions.latest(session, record_id) if renditions else None
        if record is None:
            raise FilmFailed(Failure.VIDEO_GONE)
        async with readable(record, cut, self._objects) as film:
            if film is None:
                raise FilmFailed(Failure.VIDEO_UNREADABLE)
            if isinstance(spec, TrimSpec):
                return await trimmed(film, spec.start_ms / 1000, spec.end_ms / 1000, folder)
            return await self._lay_over(spec, film, folder)

    async def _show(self, spec: ShowSpec, title: str, folder: Path) -> Path:
        pictures: dict[str, bytes] = {}
        items: list[Item] = []
        async with self._database.reading() as session:
            for number, product in enumerate(spec.products):
                name = f"{number}.jpeg" if product.image_id is not None else None
                if name is not None and product.image_id is not None:
                    data = await self._images.jpeg(session, product.image_id, spec.width)
                    pictures[name] = data
                before = product.original_price
                items.append(
                    Item(
                        title=product.title,
                        price_minor=product.price.amount_minor,
                        old_minor=before.amount_minor if before is not None else None,
                        currency=product.price.currency,
                        picture=name,
                    )
                )
        return await make_film(_shown(spec, title, tuple(items)), pictures, folder)

    async def _lay_over(self, spec: OverlaySpec, film: Film, folder: Path) -> Path:
        logo: tuple[Image.Image, str] | None = None
        if spec.logo is not None:
            async with self._database.reading() as session:
                data = await self._images.jpeg(session, spec.logo[0], 480)
            logo = Image.open(BytesIO(data), formats=["JPEG"]), spec.logo[1]
        size = overlay_size(film)
        image = await asyncio.to_thread(overlay, size, logo, spec.words)
        end = spec.end_ms / 1000 if spec.end_ms is not None else None
        return await overlaid(film, image, folder, start=spec.start_ms / 1000, end=end)

    async def _keep(self, work: StudioWork, film: Path) -> Original:
        """The film in the object store, as an upload would be."""
        path = film_path(work.id)
        size = (await asyncio.to_thread(film.stat)).st_size
        await self._objects.put_stream(path, _chunks(film))
        return Original(
            path=path,
            bytes=size,
            hash=await asyncio.to_thread(_hash, film),
            owner_id=work.owner_id,
            by_shopper=work.by_shopper,
            live=work.live,
        )

    async def _end(self, work_id: int, outcome: tuple[Original, str] | Failure) -> None:
        """Note the outcome; the video is created in the same transaction."""
        async with self._database.transaction() as tx:
            work = await self._repository.work(tx.session, work_id, lock=True)
            if work is None or work.state != _WAITING:
                return
            now = self._clock.now()
            if isinstance(outcome, Failure):
                await self._repository.done(tx.session, work_id, now, failure=outcome)
            else:
                video_id = await self._videos.create(tx, *outcome)
                await self._repository.done(tx.session, work_id, now, video_id=video_id)

    async def point(self, tx: Transaction, video_id: int) -> None:
        """Fill the timeline's draft of a slide show that became a video, now that its length is
        known: what is seen can be tapped."""
        work = await self._repository.of_video(tx.session, video_id)
        timelines = self._doors.find(Timelines)
        spec = msgspec.convert(work.spec, Spec) if work is not None else None
        if timelines is None or work is None or not isinstance(spec, ShowSpec):
            return
        items = tuple(Item("", 0, None, "CNY", None) for _ in spec.products)
        found = _shown(spec, work.title, items).timing
        cues = slideshow_cues(
            [found.shown_ms(number) for number in range(len(items))],
            [product.id for product in spec.products],
        )
        drafts = [
            CueDraft(at=cue.at, until=cue.until, kind=CueKind.PRODUCT, ref=str(cue.product_id))
            for cue in cues
        ]
        try:
            await timelines.draft(tx, video_id, drafts)
        except Invalid as refusal:
            # a product was taken away since; the film is there, and its timeline can be edited
            log.warning("slideshow_without_timeline", video=video_id, why=refusal.detail)


def _shown(spec: ShowSpec, title: str, items: tuple[Item, ...]) -> Show:
    return Show(
        template=spec.template,
        music=spec.music,
        language=spec.language,
        title=title,
        name=spec.name,
        items=items,
        width=spec.width,
    )


async def _chunks(film: Path) -> AsyncIterator[bytes]:
    with film.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
            yield chunk


def _hash(film: Path) -> str:
    with film.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
