"""HTTP of what players fetch."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, route
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.kernel.actors import Actor
from app.kernel.http.files import Stored, described, file_answers
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.http.problems import PROBLEM_TYPE, Problem
from app.kernel.http.responses import matches, weak_etag
from app.kernel.http.shelf import Shelf
from app.kernel.structs import PathId
from media.delivery.errors import FilmNotFound
from media.delivery.interfaces import PlayView
from media.delivery.rules import (
    HASH,
    PRESIGN_SECONDS,
    VERSION_PATTERN,
    hash_of,
    segment_cache,
)
from media.delivery.service import DeliveryService, Opened, Sheet
from media.playlists import dash, hls, vtt
from media.transcoding.interfaces import segment_path

_TAGS = ("delivery",)
_MANIFESTS = ["/{key:str}/index.m3u8", "/{key:str}/manifest.mpd"]
_VERSIONED = "/{key:str}/{version:str}/{name:str}"
_MEDIA_TYPES = {"m4s": "video/iso.segment", "mp4": "video/mp4"}

WantedVersion = Annotated[
    str | None,
    QueryParameter(
        name="version",
        pattern=VERSION_PATTERN,
        max_length=32,
        description="A version to go on with; default: the newest",
    ),
]


_PARTS = {
    **file_answers("video/mp4"),
    302: described(bytes, "video/mp4", "The file is in the object store, at this address"),
    403: described(Problem, PROBLEM_TYPE, "The token has expired: ask for another"),
}
_EXPIRED = {403: described(Problem, PROBLEM_TYPE, "The token has expired: ask for another")}


class PlayController(Controller):
    """What players begin with."""

    path = "/v1/videos/{video_id:int}/play"
    tags = ("videos",)

    @get("/", operation_id="playVideo", summary="Everything a player needs to begin")
    async def play(
        self,
        viewer: NamedDependency[Actor | None],
        delivery: NamedDependency[DeliveryService],
        video_id: PathId,
        version: WantedVersion = None,
    ) -> PlayView:
        """Manifests, cues with prices at this moment, captions, pictures, and where each rendition
        begins. Unpublished videos are for those who may change them: their addresses end at
        `expiresAt`, and the same version can be asked for again before that."""
        return await delivery.play(viewer, video_id, version)


class FilmController(Controller):
    """Manifests and segments. Nobody is asked who they are: what is not published has a token in
    its address."""

    path = "/m"
    tags = _TAGS

    @get(
        "/{key:str}/index.m3u8",
        operation_id="getHlsPointer",
        summary="HLS: the newest multivariant playlist",
        media_type=hls.MEDIA_TYPE,
        responses=_EXPIRED,
    )
    async def hls_pointer(
        self,
        key: FromPath[str],
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
    ) -> Response[bytes]:
        """`key` is the id of a published video, or a token."""
        return _sheet(await delivery.pointer(key, "index.m3u8"), request)

    @get(
        "/{key:str}/manifest.mpd",
        operation_id="getDashPointer",
        summary="DASH: the newest manifest",
        media_type=dash.MEDIA_TYPE,
        responses=_EXPIRED,
    )
    async def dash_pointer(
        self,
        key: FromPath[str],
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
    ) -> Response[bytes]:
        """404 while the film still grows: that is for HLS alone."""
        return _sheet(await delivery.pointer(key, "manifest.mpd"), request)

    @get(
        _VERSIONED,
        operation_id="getManifest",
        summary="A manifest of a certain version",
        media_type=hls.MEDIA_TYPE,
        responses={
            **_EXPIRED,
            200: described(
                bytes, hls.MEDIA_TYPE, "index.m3u8, a rendition, manifest.mpd, cues.vtt"
            ),
        },
    )
    async def manifest(
        self,
        key: FromPath[str],
        version: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
    ) -> Response[bytes]:
        """index.m3u8, manifest.mpd, cues.vtt, and a playlist for each rendition and captions."""
        return _sheet(await delivery.manifest(key, version, name), request)

    @route(
        [*_MANIFESTS, _VERSIONED],
        http_method=["HEAD"],
        include_in_schema=False,
        status_code=200,
    )
    async def head(
        self,
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
    ) -> Response[bytes]:
        """As GET, without the bytes."""
        key, *rest = request.url.path.removeprefix("/m/").split("/")
        if len(rest) == 1:
            return _sheet(await delivery.pointer(key, rest[0]), request)
        return _sheet(await delivery.manifest(key, rest[0], rest[1]), request)


def file_endpoints(delivery: DeliveryService, shelf: Shelf) -> Sequence[FileEndpoint]:
    """What never changes: segments, the pieces they begin with, captions, stills."""

    async def segment(key: str, name: str) -> Stored:
        hash_ = hash_of(name)
        if hash_ is None:
            raise FilmNotFound
        opened = await delivery.segment(key, hash_)
        media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
        return _stored(segment_path(hash_), media_type, opened, hash_[:32])

    async def captions(key: str, name: str) -> Stored:
        hash_ = name.removesuffix(".vtt")
        if not HASH.match(hash_) or not name.endswith(".vtt"):
            raise FilmNotFound
        opened, path = await delivery.caption_path(key, hash_)
        return _stored(path, vtt.MEDIA_TYPE, opened, hash_[:32])

    async def still(key: str, hash_: str, name: str) -> Stored:
        if not HASH.match(hash_):
            raise FilmNotFound
        opened, file = await delivery.still(key, hash_, name)
        return _stored(file.path, file.media_type, opened, f"{hash_[:32]}-{name}")

    return [
        FileEndpoint(
            path="/m/{key}/s/{name}",
            operation_id="getSegment",
            summary="A segment, for ever the same bytes",
            description="Answers conditional requests and ranges. Where objects lie in S3 it sends "
            "players there, with an address that is good for less than a minute.",
            media_type="video/mp4",
            answer=shelf.answering(segment, presign_seconds=PRESIGN_SECONDS),
            tags=_TAGS,
            responses=_PARTS,
        ),
        FileEndpoint(
            path="/m/{key}/captions/{name}",
            operation_id="getCaptions",
            summary="A track of captions",
            description="WebVTT.",
            media_type=vtt.MEDIA_TYPE,
            answer=shelf.answering(captions),
            tags=_TAGS,
            responses=_PARTS,
        ),
        FileEndpoint(
            path="/m/{key}/stills/{content_hash}/{name}",
            operation_id="getStillFile",
            summary="A video's preview, storyboard or sheet of thumbnails",
            description="`preview.mp4`, `storyboard.vtt`, or a sheet that the storyboard names. "
            "Answers conditional requests and ranges.",
            media_type="video/mp4",
            answer=shelf.answering(still),
            tags=_TAGS,
            responses=_PARTS,
        ),
    ]


def _stored(path: str, media_type: str, opened: Opened, tag: str) -> Stored:
    caching = segment_cache(published=opened.published)
    return Stored(path, media_type, caching, f'"{tag}"')


def _sheet(sheet: Sheet, request: Request[Any, Any, Any]) -> Response[bytes]:
    body = sheet.text.encode()
    etag = weak_etag(body)
    headers = {"etag": etag, "cache-control": sheet.cache_control, "vary": "origin"}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers, media_type=sheet.media_type)
    if request.method == "HEAD":
        headers["content-length"] = str(len(body))
        body = b""
    return Response(body, headers=headers, media_type=sheet.media_type)
