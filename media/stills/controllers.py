"""HTTP of stills: files for everyone who knows the address, and the choice of a cover."""

import re

from litestar import Controller, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.http.files import Stored, file_answers
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.http.shelf import Shelf
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


def still_files(shelf: Shelf) -> FileEndpoint:
    """Files. Nobody is asked who they are: an address is a secret of 256 bits."""

    async def find(hash_: str, name: str) -> Stored:
        if not _NAME.match(name) or not _HASH.match(hash_):
            raise StillNotFound
        media_type = MEDIA_TYPES[name.rpartition(".")[2]]
        return Stored(still_path(hash_, name), media_type, _CACHING, f'"{hash_[:32]}-{name}"')

    return FileEndpoint(
        path="/media/stills/{content_hash}/{name}",
        operation_id="getStillFile",
        summary="A video's preview, storyboard or sheet of thumbnails",
        description="`preview.mp4`, `storyboard.vtt`, or a sheet that the storyboard names. "
        "Answers conditional requests and ranges.",
        media_type="video/mp4",
        answer=shelf.answering(find),
        tags=("videos",),
        responses=file_answers("video/mp4"),
    )


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
