"""HTTP of watching."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.structs import PathId
from media.watching.schemas import CreditView, RetentionView, WatchReport
from media.watching.service import WatchService


class WatchController(Controller):
    """Reports of players, and what they add up to."""

    path = "/v1/videos"
    tags = ("videos",)

    @post(
        "/events",
        operation_id="reportWatching",
        summary="Tell what was watched",
        status_code=202,
        request_max_body_size=64 * 1024,
    )
    async def report(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        watching: NamedDependency[WatchService],
        data: JSONBody[WatchReport],
    ) -> None:
        """At most 50 events. `progress`, every five seconds, is what curves are drawn of and what
        credit is earned by: the smaller of what is claimed and what has passed on the server, one
        video at a time. That gates by time and proves no attention."""
        await watching.report(tx, viewer, data.events)

    @get(
        "/{video_id:int}/retention",
        operation_id="getRetention",
        summary="How a video is watched",
    )
    async def retention(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        watching: NamedDependency[WatchService],
        video_id: PathId,
    ) -> RetentionView:
        """For whoever may change the video: the curve, and what each cue earned."""
        return await watching.retention(tx.session, actor, video_id)

    @get(
        "/{video_id:int}/credit",
        operation_id="getWatchCredit",
        summary="How long I have watched a video",
    )
    async def credit(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        watching: NamedDependency[WatchService],
        video_id: PathId,
    ) -> CreditView:
        """What opens packets at a moment of the film."""
        return await watching.credit(tx.session, actor, video_id)
