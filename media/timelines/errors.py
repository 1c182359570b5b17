"""What can go wrong with timelines.

AppError
├── TimelineNotFound  404  no such video, version, or not yours
├── TimelineMoved     409  somebody else saved the draft meanwhile
└── TimelineTooEarly  409  the video's length is not known yet
"""

from app.kernel.errors import Conflict, NotFound


class TimelineNotFound(NotFound):
    """No such timeline for this caller."""

    code, title = "timeline_not_found", "This timeline does not exist"


class TimelineMoved(Conflict):
    """The draft has another revision than the one that was edited."""

    code, title = "timeline_moved", "Somebody else changed this timeline; fetch it again"


class TimelineTooEarly(Conflict):
    """Cues need a length to lie within."""

    code, title = "timeline_too_early", "The video has not been looked at yet; try again soon"
