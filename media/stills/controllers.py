"""HTTP of stills: files for everyone who knows the address, and the choice of a cover."""

import re
from typing import Any

from litestar import Controller, Request, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.files import file_answers, serve_object
from app.kernel.objects import Objects
from app.kernel.structs import PathId
from media.stills.errors import StillNotFound
from media.stills.rules import MEDIA_TYPES, still_path
from media.stills.schemas import CoverChoice, CoverView
from media.stills.service import StillsService

_HASH = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_NAME = re.compile(r"(?:preview\.(mp4)|storyboard\.(vtt)|sheet-[0-9]{1,4}\.(jpeg))\Z", re.ASCII)
_CACHING = "public, max-age=60"
"""Short, since a takedown must reach every cache within a minute; what has not changed is asked for
again with If-None-Match."""


class StillFileController(Controller):
    """Files. Nobody is asked who they are: an address is a secret of 256 bits."""

    path = "/media/stills/{content_hash:str}/{name:str}"
    tags = ("videos",)

    @get(
        operation_id="getStillFile",
        summary="A video's preview, storyboard or sheet of thumbnails",
        media_type="video/mp4",
        responses=file_answers("video/mp4"),
    )
    async def file(
        self,
        content_hash: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        objects: NamedDependency[Objects],
    ) -> Response[bytes]:
        """`preview.mp4`, `storyboard.vtt`, or a sheet that the storyboard names. Answers
        conditional requests and ranges."""
        return await _serve(content_hash, name, request, objects)

    @route(http_method=["HEAD"], include_in_schema=False, status_code=200)
    async def head(
        self,
        content_hash: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        objects: NamedDependency[Objects],
    ) -> Response[bytes]:
        """As `file`, without the bytes."""
        return await _serve(content_hash, name, request, objects)


class CoverController(Controller):
    """What stands for a video before it plays."""

    path = "/v1/videos/{video_id:int}/cover"
    tags = ("videos",)

    @post("/", operation_id="chooseVideoCover", summary="Choose a video's cover", status_code=200)
    async def choose(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        stills: NamedDependency[StillsService],
        video_id: PathId,
        data: JSONBody[CoverChoice],
    ) -> CoverView:
        """A moment of the film, whose frame is there within seconds, or a picture of the owner's.
        It stays when the film is replaced."""
        return await stills.choose(tx, actor, video_id, data)

    @delete("/", operation_id="resetVideoCover", summary="Take a chosen cover back")
    async def reset(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        stills: NamedDependency[StillsService],
        video_id: PathId,
    ) -> None:
        """The poster that was found in the film is shown again."""
        await stills.unchoose(tx, actor, video_id)


async def _serve(
    hash_: str, name: str, request: Request[Any, Any, Any], objects: Objects
) -> Response[bytes]:
    found = _NAME.match(name)
    if found is None or not _HASH.match(hash_):
        raise StillNotFound
    return await serve_object(
        objects,
        still_path(hash_, name),
        request,
        media_type=MEDIA_TYPES[name.rpartition(".")[2]],
        cache_control=_CACHING,
        etag=f'"{hash_[:32]}-{name}"',
    )
