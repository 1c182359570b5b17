"""HTTP of timelines."""

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.http.paging import Cursor, Limit
from app.kernel.structs import Page, PathId
from media.timelines.interfaces import TimelineView
from media.timelines.schemas import (
    DraftView,
    TimelineCopy,
    TimelinePublish,
    TimelineSave,
    VersionView,
)
from media.timelines.service import TimelineService


class TimelineController(Controller):
    """The timeline of one video."""

    path = "/v1/videos/{video_id:int}/timeline"
    tags = ("timelines",)

    @get("/", operation_id="getTimeline", summary="What happens when in a video")
    async def shown(
        self,
        tx: NamedDependency[Transaction],
        viewer: NamedDependency[Actor | None],
        timelines: NamedDependency[TimelineService],
        video_id: PathId,
    ) -> TimelineView:
        """The published version, with prices, stock and packets as they are at this moment."""
        return await timelines.shown(tx.session, viewer, video_id)

    @get("/draft", operation_id="getTimelineDraft", summary="A timeline as it is edited")
    async def draft(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        timelines: NamedDependency[TimelineService],
        video_id: PathId,
    ) -> DraftView:
        """For whoever may change the video. Cues whose target is gone have `target` null."""
        return await timelines.edited(tx.session, actor, video_id)

    @put("/draft", operation_id="saveTimeline", summary="Replace the draft of a timeline")
    async def save(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        timelines: NamedDependency[TimelineService],
        video_id: PathId,
        data: JSONBody[TimelineSave],
    ) -> DraftView:
        """Viewers see nothing of it before it is published. Cues lie within the film; times are
        the film's own, whatever roll is shown before. A cue that points to what its brand cannot
        show is refused with 400 and a pointer to its `ref`; one that was published already may
        stay when what it points to is over."""
        return await timelines.save(tx, actor, video_id, data)

    @post(
        "/publish",
        operation_id="publishTimeline",
        summary="Publish the draft of a timeline",
        status_code=200,
    )
    async def publish(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        timelines: NamedDependency[TimelineService],
        video_id: PathId,
        data: JSONBody[TimelinePublish],
    ) -> DraftView:
        """As a new version. Whoever watches already keeps the version they began with; no media is
        written. A packet of form `watch` for this video asks from now on for the moment of its
        first cue; if it is open, only for an earlier one than before."""
        return await timelines.publish_draft(tx, actor, video_id, int(data.revision))

    @post(
        "/copies",
        operation_id="copyTimeline",
        summary="Copy a timeline to another video",
        status_code=200,
    )
    async def copy(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        timelines: NamedDependency[TimelineService],
        video_id: PathId,
        data: JSONBody[TimelineCopy],
    ) -> DraftView:
        """Replaces the other's draft. Cues that a shorter film does not reach are left out and
        counted; one that reaches over its end is cut."""
        return await timelines.copy(tx, actor, video_id, int(data.video_id))

    @get("/versions", operation_id="listTimelineVersions", summary="Published versions")
    async def versions(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        timelines: NamedDependency[TimelineService],
        video_id: PathId,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Page[VersionView]:
        """The newest first."""
        return await timelines.versions(tx.session, actor, video_id, cursor, limit)
