"""HTTP of stills: the choice of a cover. Their files are delivered with the film's."""

from litestar import Controller, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.structs import PathId
from media.stills.schemas import CoverChoice, CoverView
from media.stills.service import StillsService


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
