"""What can be wrong with a video, in words for its owner.

AppError
├── VideoNotFound      404  no such video, or not for the caller's eyes
├── VideoNotUsable     409  there is nothing to publish: refused, failed, or not looked at yet
├── VideoTakenDownHere 409  the operator removed it
├── NotUnderReview     409  nobody asked for its publication
└── TooManyVideos      429  of one owner in one hour
"""

from app.kernel.errors import Conflict, NotFound, TooMany


class VideoNotFound(NotFound):
    """There is no such video for this caller."""

    code, title = "video_not_found", "This video does not exist"


class VideoNotUsable(Conflict):
    """There is nothing to watch, or there will not be."""

    code, title = "video_not_usable", "This video cannot be published"


class VideoTakenDownHere(Conflict):
    """Only the operator brings it back."""

    code, title = "video_taken_down", "This video was removed by the operator"


class NotUnderReview(Conflict):
    """A decision needs a question."""

    code, title = "not_under_review", "Nobody asked for this video to be published"


class TooManyVideos(TooMany):
    """Inspecting and encoding cost more than a request."""

    code, title = "too_many_videos", "Too many videos in one hour"
