"""The use cases of the studio: films are asked for here, and made by jobs."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, BrandDirectory
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Invalid, NotFound
from app.kernel.house import Doors
from app.kernel.ids import Ids
from app.kernel.structs import Id
from app.kernel.text import is_visible, one_line
from media.images.interfaces import Images, PictureOwner
from media.studio.errors import (
    FAILURES,
    Failure,
    NoFilm,
    NotEnoughFilm,
    StudioBusy,
    WorkNotFound,
)
from media.studio.interfaces import SlideProducts
from media.studio.making.specs import OverlaySpec, ShowSpec, Spec, TrimSpec
from media.studio.models import StudioWork
from media.studio.music.scores import SCORES
from media.studio.repository import StudioRepository
from media.studio.schemas import (
    MusicView,
    OverlayCreate,
    SlideshowCreate,
    StudioView,
    TemplateView,
    TrimCreate,
    WorkKind,
    WorkState,
    WorkView,
)
from media.studio.slides.plan import PRODUCTS_MAX, timing
from media.studio.slides.template import templates
from media.videos.interfaces import VideoRecord, Videos, VideoState, Visibility

MAKE_TASK: Final = "media.studio.make"
WAITING_MAX: Final = 6
"""Works of one owner that are not done."""
_LEFT_MS_MIN: Final = 1_000
_WORKS_SHOWN: Final = 50
_WITHOUT_FILM: Final = {VideoState.RECEIVED, VideoState.INSPECTING, VideoState.REFUSED}


class StudioService:
    """Takes orders. What is to be made is written down whole, so that the job needs nobody else,
    and what the brand saw when it asked is what it gets."""

    def __init__(
        self,
        *,
        doors: Doors,
        ids: Ids,
        clock: Clock,
        images: Images,
        videos: Videos,
    ) -> None:
        self._doors = doors
        self._ids = ids
        self._clock = clock
        self._images = images
        self._videos = videos
        self._repository = StudioRepository()

    async def catalogue(self) -> StudioView:
        """The templates and the music there are."""
        return StudioView(
            templates=[
                TemplateView(
                    key=each.key, name=dict(each.name), words=dict(each.words), music=each.music
                )
                for each in (await asyncio.to_thread(templates)).values()
            ],
            music=[
                MusicView(
                    key=each.key,
                    name=dict(each.words),
                    beats_per_minute=round(each.beats_per_minute, 1),
                )
                for each in SCORES.values()
            ],
            products_max=PRODUCTS_MAX,
        )

    async def slideshow(
        self, tx: Transaction, actor: Actor, brand_id: int, body: SlideshowCreate
    ) -> WorkView:
        """Ask for a film of products. Raises NotFound, Forbidden, Invalid, StudioBusy."""
        door = self._doors.find(SlideProducts)
        if door is None:
            raise NotFound
        ids = list(map(int, body.product_ids))
        if len(set(ids)) < len(ids):
            raise Invalid.field("/productIds", "Each product can be shown once")
        products = await door.for_slides(tx.session, actor, brand_id, ids)
        look = templates().get(body.template)
        if look is None:
            raise Invalid.field("/template", f"One of: {', '.join(templates())}")
        music = body.music or look.music
        if music not in SCORES:
            raise Invalid.field("/music", f"One of: {', '.join(SCORES)}")
        title = one_line(body.title)
        if not is_visible(title):
            raise Invalid.field("/title", "A title that can be seen, please")
        brands = self._doors.find(BrandDirectory)
        names = await brands.names(tx.session, [brand_id]) if brands else dict[int, str]()
        spec = ShowSpec(
            template=look.key,
            music=music,
            language=body.language.value,
            name=names.get(brand_id, ""),
            width=int(body.size.value),
            products=tuple(products),
        )
        order = _Order(WorkKind.SLIDESHOW, brand_id, False, actor.live, title, spec)
        return await self._take(tx, order)

    async def trim(
        self, tx: Transaction, actor: Actor, video_id: int, body: TrimCreate
    ) -> WorkView:
        """Ask for a part of a film, as a new video. Raises VideoNotFound, Forbidden, NoFilm,
        NotEnoughFilm, StudioBusy."""
        record = await self._material(tx.session, actor, video_id)
        end = min(body.end_ms, record.duration_ms or 0)
        if end - body.start_ms < _LEFT_MS_MIN:
            raise NotEnoughFilm
        return await self._take(
            tx, _order(WorkKind.TRIM, record, TrimSpec(video_id, body.start_ms, end))
        )

    async def lay_over(
        self, tx: Transaction, actor: Actor, video_id: int, body: OverlayCreate
    ) -> WorkView:
        """Ask for a film with a logo or words on it, as a new video. Raises VideoNotFound,
        Forbidden, NoFilm, PictureNotFound, Invalid, StudioBusy."""
        record = await self._material(tx.session, actor, video_id)
        if body.logo is None and body.text is None:
            raise Invalid.field("/logo", "Choose a logo, words, or both")
        if body.logo is not None:
            owner = PictureOwner(record.owner_id, record.live)
            await self._images.owned(tx.session, [body.logo.image_id], owner)
        words = one_line(body.text.text) if body.text is not None else None
        if words is not None and not is_visible(words):
            raise Invalid.field("/text/text", "Words that can be seen, please")
        if body.end_ms is not None and body.end_ms <= body.start_ms:
            raise Invalid.field("/endMs", "It has to end after it begins")
        if body.start_ms >= (record.duration_ms or 0):
            raise Invalid.field("/startMs", "The film is shorter than that")
        spec = OverlaySpec(
            video_id=video_id,
            logo=(int(body.logo.image_id), body.logo.corner.value) if body.logo else None,
            words=(words, body.text.corner.value) if words and body.text else None,
            start_ms=body.start_ms,
            end_ms=body.end_ms,
        )
        return await self._take(tx, _order(WorkKind.OVERLAY, record, spec))

    async def work(self, session: AsyncSession, actor: Actor, work_id: int) -> WorkView:
        """A work of the caller's. Raises WorkNotFound."""
        found = await self._repository.work(session, work_id)
        if found is None or not _owns(actor, found):
            raise WorkNotFound
        return _view(found)

    async def works(self, session: AsyncSession, actor: Actor) -> Sequence[WorkView]:
        """The latest of the caller's brand, or of the caller."""
        owner = actor.brand_id or actor.id
        found = await self._repository.works(session, owner, actor.live, _WORKS_SHOWN)
        return [_view(each) for each in found]

    async def _material(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        record = await self._videos.manageable(session, actor, video_id)
        gone = record.visibility is Visibility.TAKEN_DOWN
        if gone or record.state in _WITHOUT_FILM or record.source is None:
            raise NoFilm
        return record

    async def _take(self, tx: Transaction, order: "_Order") -> WorkView:
        """Write the order down and have it made."""
        if await self._repository.waiting(tx.session, order.owner_id, order.live) >= WAITING_MAX:
            raise StudioBusy(retry_after_seconds=30)
        work = StudioWork(
            id=self._ids.new(),
            kind=order.kind.value,
            owner_id=order.owner_id,
            by_shopper=order.by_shopper,
            live=order.live,
            title=order.title,
            spec=cast("dict[str, Any]", msgspec.to_builtins(order.spec)),
            state=WorkState.WAITING.value,
            asked_at=self._clock.now(),
        )
        tx.session.add(work)
        await tx.session.flush()
        await tx.defer(MAKE_TASK, work_id=work.id)
        return _view(work)


class _Order(msgspec.Struct, frozen=True):
    kind: WorkKind
    owner_id: int
    by_shopper: bool
    live: bool
    title: str
    spec: Spec


def _order(kind: WorkKind, record: VideoRecord, spec: Spec) -> _Order:
    return _Order(kind, record.owner_id, record.by_shopper, record.live, record.title, spec)


def _owns(actor: Actor, work: StudioWork) -> bool:
    return work.owner_id == (actor.brand_id or actor.id) and work.live is actor.live


def _view(work: StudioWork) -> WorkView:
    spec = msgspec.convert(work.spec, Spec)
    duration: int | None = None
    if isinstance(spec, ShowSpec):
        look = templates()[spec.template]
        shown = timing(len(spec.products), SCORES[spec.music], look.transition.frames)
        duration = shown.duration_ms
    elif isinstance(spec, TrimSpec):
        duration = spec.end_ms - spec.start_ms
    failure = Failure(work.failure) if work.failure is not None else None
    return WorkView(
        id=Id(work.id),
        kind=WorkKind(work.kind),
        state=WorkState(work.state),
        title=work.title,
        video_id=Id(work.video_id) if work.video_id is not None else None,
        duration_ms=duration,
        failure=failure,
        failure_detail=FAILURES[failure] if failure is not None else None,
    )
