"""HTTP of videos."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, BinaryIO, cast

from litestar import Controller, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody, QueryParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.errors import Invalid, TooLarge
from app.kernel.http.paging import Cursor, Limit
from app.kernel.objects import CHUNK_BYTES
from app.kernel.structs import Page, PathId
from media.videos.interfaces import VideoView
from media.videos.rules import TITLE_CHARS_MAX, UPLOAD_BYTES_MAX
from media.videos.schemas import Judgement, VideoCreate, VideoReplace, VideoUpdate
from media.videos.service import VideoService
from media.videos.showing.publishing import Publishing
from media.videos.showing.removal import Removal

FileTitle = Annotated[
    str,
    QueryParameter(
        name="title",
        max_length=TITLE_CHARS_MAX,
        description="What it is called; the file's name where absent",
    ),
]


@dataclass
class FilmUpload:
    """The form of a short film."""

    file: UploadFile
    """MP4, MOV, WebM, MKV, TS, AVI or FLV; at most 32 MB. Longer ones come by `/v1/uploads`."""


class VideoController(Controller):
    """Videos, for their owners and for whoever watches."""

    path = "/v1/videos"
    tags = ("videos",)

    @post("/", operation_id="createVideo", summary="Make a video of an upload")
    async def create(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        videos: NamedDependency[VideoService],
        data: JSONBody[VideoCreate],
    ) -> VideoView:
        """A draft, as soon as the last byte has arrived. It is then inspected and encoded; `state`
        says how far that is, and `refusal` why it could not be."""
        return await videos.create_from(tx, actor, data)

    @post(
        "/files",
        operation_id="createVideoOfFile",
        summary="Make a video of a short film in one request",
        request_max_body_size=UPLOAD_BYTES_MAX + 1024 * 1024,
    )
    async def create_of_file(
        self,
        data: Annotated[FilmUpload, Body(media_type=RequestEncodingType.MULTI_PART)],
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        videos: NamedDependency[VideoService],
        title: FileTitle = "",
    ) -> VideoView:
        """As `createVideo`, for files of at most 32 MB."""
        file = data.file
        try:
            size = file.file.seek(0, 2)
            if size == 0:
                raise Invalid.field("/file", "The file is empty")
            if size > UPLOAD_BYTES_MAX:
                raise TooLarge("Films over 32 MB come in pieces, by /v1/uploads")
            file.file.seek(0)
            chunks = _pieces(cast("BinaryIO", file.file))
            name = file.filename[:255]
            return await videos.create_of_file(tx, actor, title, name, size, chunks)
        finally:
            await file.close()

    @get("/{video_id:int}", operation_id="getVideo", summary="A video")
    async def show(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        videos: NamedDependency[VideoService],
        video_id: PathId,
    ) -> VideoView:
        """Published ones for everybody, others for who may change them."""
        return await videos.view(tx.session, viewer, video_id)

    @patch("/{video_id:int}", operation_id="updateVideo", summary="Change a video")
    async def update(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        videos: NamedDependency[VideoService],
        video_id: PathId,
        data: JSONBody[VideoUpdate],
    ) -> VideoView:
        """What is absent stays."""
        return await videos.update(tx, actor, video_id, data)

    @delete("/{video_id:int}", operation_id="deleteVideo", summary="Delete a video")
    async def remove(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        removal: NamedDependency[Removal],
        video_id: PathId,
    ) -> None:
        """For good: nobody can watch it any more, posts show nothing in its place, its files are
        removed, and its share of the quota is free."""
        await removal.delete(tx, actor, video_id)

    @post(
        "/{video_id:int}/replace",
        operation_id="replaceVideo",
        summary="Put another film in its place",
        status_code=200,
    )
    async def replace(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        videos: NamedDependency[VideoService],
        video_id: PathId,
        data: JSONBody[VideoReplace],
    ) -> VideoView:
        """Links, cues and figures stay. The old film is shown until the new one can be."""
        return await videos.replace_from(tx, actor, video_id, data.upload_id)

    @post(
        "/{video_id:int}/publish",
        operation_id="publishVideo",
        summary="Publish a video",
        status_code=200,
    )
    async def publish(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        screenings: NamedDependency[Publishing],
        video_id: PathId,
    ) -> VideoView:
        """To everybody; a shopper's video waits for the operator first (`review`)."""
        return await screenings.publish(tx, actor, video_id)

    @post(
        "/{video_id:int}/withdraw",
        operation_id="withdrawVideo",
        summary="Take a video back",
        status_code=200,
    )
    async def withdraw(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        screenings: NamedDependency[Publishing],
        video_id: PathId,
    ) -> VideoView:
        """It may be published again."""
        return await screenings.withdraw(tx, actor, video_id)

    @post(
        "/{video_id:int}/takedown",
        operation_id="takeDownVideo",
        summary="Remove a video",
        status_code=200,
    )
    async def take_down(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        screenings: NamedDependency[Publishing],
        video_id: PathId,
        data: JSONBody[Judgement],
    ) -> VideoView:
        """For operators: nothing of it is served any more, to anyone, within a minute."""
        return await screenings.take_down(tx, actor, video_id, data.words)


class OwnVideosController(Controller):
    """Lists of owners."""

    tags = ("videos",)

    @get("/v1/me/videos", operation_id="listMyVideos", summary="My videos")
    async def mine(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        videos: NamedDependency[VideoService],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[VideoView]:
        """The newest first, in every state."""
        return await videos.mine(tx.session, actor, cursor, limit)

    @get(
        "/v1/brands/{brand_id:int}/videos",
        operation_id="listBrandVideos",
        summary="A brand's videos",
    )
    async def of_brand(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        videos: NamedDependency[VideoService],
        brand_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[VideoView]:
        """The newest first, in every state. Test keys see test videos."""
        return await videos.of_brand(tx.session, actor, brand_id, cursor, limit)


class ReviewController(Controller):
    """What shoppers want to publish, for operators."""

    path = "/v1/reviews/videos"
    tags = ("videos",)

    @get("/", operation_id="listVideosUnderReview", summary="Videos that wait for a judgement")
    async def page(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        screenings: NamedDependency[Publishing],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[VideoView]:
        """The oldest first."""
        return await screenings.reviews(tx.session, actor, cursor, limit)

    @post(
        "/{video_id:int}/approve",
        operation_id="approveVideo",
        summary="Publish a shopper's video",
        status_code=200,
    )
    async def approve(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        screenings: NamedDependency[Publishing],
        video_id: PathId,
    ) -> VideoView:
        """From now on everybody may watch it."""
        return await screenings.approve(tx, actor, video_id)

    @post(
        "/{video_id:int}/refuse",
        operation_id="refuseVideo",
        summary="Do not publish a shopper's video",
        status_code=200,
    )
    async def refuse(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        screenings: NamedDependency[Publishing],
        video_id: PathId,
        data: JSONBody[Judgement],
    ) -> VideoView:
        """It becomes a draft again, and its owner reads why."""
        return await screenings.refuse(tx, actor, video_id, data.words)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk
