"""How states follow each other. Pure functions."""

from typing import Final

from media.videos.interfaces import VideoState, Visibility

TITLE_CHARS_MAX: Final = 120
UPLOAD_BYTES_MAX: Final = 32 * 1024 * 1024
"""Of a film in one request; longer ones come by tus."""
VIDEOS_PER_HOUR: Final = 60

_ORDER: Final = {
    VideoState.RECEIVED: 0,
    VideoState.INSPECTING: 1,
    VideoState.WAITING: 2,
    VideoState.TRANSCODING: 3,
    VideoState.READY: 4,
}
USABLE: Final = (VideoState.WAITING, VideoState.TRANSCODING, VideoState.READY)
"""States of films that are, or will be, something to watch."""


def may_follow(present: VideoState, wanted: VideoState) -> bool:
    """Whether a film may go on like this: always forwards, except that one that failed may be tried
    again. The same state again is allowed: jobs run twice."""
    if present is wanted:
        return True
    if present is VideoState.REFUSED or present is VideoState.READY:
        return False
    if present is VideoState.FAILED:
        return wanted in USABLE
    if wanted in (VideoState.REFUSED, VideoState.FAILED):
        return True
    return _ORDER[wanted] > _ORDER[present]


def is_public(visibility: Visibility, shown_generation: int | None) -> bool:
    """Whether everybody may watch it."""
    return visibility is Visibility.PUBLISHED and shown_generation is not None
