"""HTTP of the studio."""

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.structs import Page, PathId
from media.studio.captions.tracks import CaptionService
from media.studio.schemas import (
    CaptionsCreate,
    CaptionsView,
    OverlayCreate,
    SlideshowCreate,
    StudioView,
    TrimCreate,
    WorkView,
)
from media.studio.service import StudioService

_CAPTIONS_BYTES_MAX = 2 * 1024 * 1024


class SlideshowController(Controller):
    """Films of products."""

    tags = ("videos",)

    @get(
        "/v1/slideshows/templates",
        operation_id="listSlideshowTemplates",
        summary="Templates and music for slide shows",
    )
    async def templates(self, studio: NamedDependency[StudioService]) -> StudioView:
        """All there are, with names in Chinese and English."""
        return await studio.catalogue()

    @post(
        "/v1/brands/{brand_id:int}/slideshows",
        operation_id="createSlideshow",
        summary="Make a film of products",
        status_code=202,
    )
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        studio: NamedDependency[StudioService],
        brand_id: PathId,
        data: JSONBody[SlideshowCreate],
    ) -> WorkView:
        """A portrait film with titles, prices and music, whose pictures change on the beat. It
        becomes a draft video with a timeline of its products. Ask for the work until it is done."""
        return await studio.slideshow(tx, actor, brand_id, data)


class WorkController(Controller):
    """What is being made."""

    path = "/v1/studio/works"
    tags = ("videos",)

    @get("/", operation_id="listStudioWorks", summary="Films that are being made")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        studio: NamedDependency[StudioService],
    ) -> Page[WorkView]:
        """The latest fifty of the caller's."""
        return Page(items=list(await studio.works(tx.session, actor)))

    @get("/{work_id:int}", operation_id="getStudioWork", summary="A film that is being made")
    async def one(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        studio: NamedDependency[StudioService],
        work_id: PathId,
    ) -> WorkView:
        """Its state, and its video once there is one."""
        return await studio.work(tx.session, actor, work_id)


class CuttingController(Controller):
    """New films out of a film."""

    path = "/v1/videos/{video_id:int}"
    tags = ("videos",)

    @post("/trim", operation_id="trimVideo", summary="Cut a video shorter", status_code=202)
    async def trim(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        studio: NamedDependency[StudioService],
        video_id: PathId,
        data: JSONBody[TrimCreate],
    ) -> WorkView:
        """The part between two moments, to the frame, becomes a new video."""
        return await studio.trim(tx, actor, video_id, data)

    @post(
        "/overlay",
        operation_id="overlayVideo",
        summary="Lay a logo or words over a video",
        status_code=202,
    )
    async def overlay(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        studio: NamedDependency[StudioService],
        video_id: PathId,
        data: JSONBody[OverlayCreate],
    ) -> WorkView:
        """For the whole film or for a while; becomes a new video."""
        return await studio.lay_over(tx, actor, video_id, data)


class CaptionsController(Controller):
    """Captions of a video."""

    path = "/v1/videos/{video_id:int}/captions"
    tags = ("videos",)

    @get("/", operation_id="listCaptions", summary="A video's tracks of captions")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        captions: NamedDependency[CaptionService],
        video_id: PathId,
    ) -> Page[CaptionsView]:
        """For those who may change the video; players find them in what they play."""
        return Page(items=list(await captions.page(tx.session, actor, video_id)))

    @post(
        "/",
        operation_id="putCaptions",
        summary="Add a track of captions",
        request_max_body_size=_CAPTIONS_BYTES_MAX,
    )
    async def put(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        captions: NamedDependency[CaptionService],
        video_id: PathId,
        data: JSONBody[CaptionsCreate],
    ) -> CaptionsView:
        """WebVTT, at most 5,000 captions in the order of time; a problem names its line. A track of
        the same language is replaced."""
        return await captions.put(tx, actor, video_id, data)

    @delete(
        "/{language:str}", operation_id="deleteCaptions", summary="Take a track of captions away"
    )
    async def remove(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        captions: NamedDependency[CaptionService],
        video_id: PathId,
        language: FromPath[str],
    ) -> None:
        """Players that hold it keep it until they load anew."""
        await captions.remove(tx, actor, video_id, language)
