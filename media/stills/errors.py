"""What can go wrong with stills.

AppError
└── StillNotFound  404  no such file, or its video is gone
StillsFailed            nothing could be decoded; says why for the log
"""

from app.kernel.errors import NotFound


class StillNotFound(NotFound):
    """There is no such still picture, preview or storyboard."""

    code, title = "still_not_found", "This picture does not exist"


class StillsFailed(Exception):
    """The film gave no frame; what ffmpeg said."""
