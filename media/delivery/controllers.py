"""HTTP of what players fetch."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, route
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.kernel.actors import Actor
from app.kernel.http.files import described, file_answers, serve_object
from app.kernel.http.problems import PROBLEM_TYPE, Problem
from app.kernel.http.responses import matches, weak_etag
from app.kernel.objects import Objects
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
from media.delivery.service import DeliveryService, Sheet
from media.playlists import dash, hls, vtt
from media.transcoding.interfaces import segment_path

_MANIFESTS = ["/{key:str}/index.m3u8", "/{key:str}/manifest.mpd"]
_VERSIONED = "/{key:str}/{version:str}/{name:str}"
_SEGMENTS = "/{key:str}/s/{name:str}"
_CAPTIONS = "/{key:str}/captions/{name:str}"
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
    tags = ("delivery",)

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

    @get(
        _SEGMENTS,
        operation_id="getSegment",
        summary="A segment, for ever the same bytes",
        media_type="video/mp4",
        responses=_PARTS,
    )
    async def segment(
        self,
        key: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
        objects: NamedDependency[Objects],
    ) -> Response[bytes]:
        """Answers conditional requests and ranges. Where objects lie in S3 it sends players there,
        with an address that is good for less than a minute."""
        return await _segment(key, name, request, delivery, objects)

    @get(
        _CAPTIONS,
        operation_id="getCaptions",
        summary="A track of captions",
        media_type=vtt.MEDIA_TYPE,
        responses=_PARTS,
    )
    async def captions(
        self,
        key: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
        objects: NamedDependency[Objects],
    ) -> Response[bytes]:
        """WebVTT."""
        return await _track(key, name, request, delivery, objects)

    @route(
        [*_MANIFESTS, _VERSIONED, _SEGMENTS, _CAPTIONS],
        http_method=["HEAD"],
        include_in_schema=False,
        status_code=200,
    )
    async def head(
        self,
        request: Request[Any, Any, Any],
        delivery: NamedDependency[DeliveryService],
        objects: NamedDependency[Objects],
    ) -> Response[bytes]:
        """As GET, without the bytes."""
        key, *rest = request.url.path.removeprefix("/m/").split("/")
        if rest[0] == "s":
            return await _segment(key, rest[1], request, delivery, objects)
        if rest[0] == "captions":
            return await _track(key, rest[1], request, delivery, objects)
        if len(rest) == 1:
            return _sheet(await delivery.pointer(key, rest[0]), request)
        return _sheet(await delivery.manifest(key, rest[0], rest[1]), request)


async def _segment(
    key: str,
    name: str,
    request: Request[Any, Any, Any],
    delivery: DeliveryService,
    objects: Objects,
) -> Response[bytes]:
    hash_ = hash_of(name)
    if hash_ is None:
        raise FilmNotFound
    opened = await delivery.segment(key, hash_)
    if (elsewhere := await objects.signed_url(segment_path(hash_), PRESIGN_SECONDS)) is not None:
        # the address ends by itself, so nobody may keep the way to it
        headers = {"location": elsewhere, "cache-control": "no-store"}
        return Response(b"", status_code=302, headers=headers, media_type="video/mp4")
    return await serve_object(
        objects,
        segment_path(hash_),
        request,
        media_type=_MEDIA_TYPES[name.rpartition(".")[2]],
        cache_control=segment_cache(published=opened.published),
        etag=f'"{hash_[:32]}"',
    )


async def _track(
    key: str,
    name: str,
    request: Request[Any, Any, Any],
    delivery: DeliveryService,
    objects: Objects,
) -> Response[bytes]:
    hash_ = name.removesuffix(".vtt")
    if not HASH.match(hash_) or not name.endswith(".vtt"):
        raise FilmNotFound
    opened, path = await delivery.caption_path(key, hash_)
    return await serve_object(
        objects,
        path,
        request,
        media_type=vtt.MEDIA_TYPE,
        cache_control=segment_cache(published=opened.published),
        etag=f'"{hash_[:32]}"',
    )


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
