"""What can go wrong in the studio.

AppError
├── WorkNotFound      404  no such piece of work, or another owner's
├── StudioBusy        503  too many films are being made for this owner
├── NotEnoughFilm     422  what would be left is shorter than a second
├── NoFilm            409  the video has no film that can be worked on yet
├── CaptionsDamaged   422  the file is not WebVTT, or its cues are wrong; `errors` names lines
├── CaptionsFull      409  a video has a bounded number of languages
└── CaptionsNotFound  404  no track of this language
FilmFailed                  there is no film; a reason for whoever asked, and words for the log
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.kernel.errors import Conflict, NotFound, Unavailable, Unprocessable


class WorkNotFound(NotFound):
    """There is no such work of this owner."""

    code, title = "studio_work_not_found", "This piece of work does not exist"


class StudioBusy(Unavailable):
    """An owner's works are bounded; nothing was stored."""

    code, title = "studio_busy", "Several films are being made already, please wait for one of them"


class NotEnoughFilm(Unprocessable):
    """A trim must leave something to watch."""

    code, title = "not_enough_film", "Less than a second would be left of this video"


class NoFilm(Conflict):
    """The video is still being inspected, or was refused."""

    code, title = "no_film", "This video has no film that can be worked on yet"


class CaptionsDamaged(Unprocessable):
    """Refused as a whole."""

    code, title = "captions_damaged", "This file of captions cannot be used"


class CaptionsFull(Conflict):
    """One language has to go before another one comes."""

    code, title = "captions_full", "This video has captions in too many languages"


class CaptionsNotFound(NotFound):
    """There are no captions in this language."""

    code, title = "captions_not_found", "There are no captions in this language"


class Failure(StrEnum):
    """Why a film could not be made. `FAILURES` has words for whoever asked."""

    VIDEO_GONE = "video_gone"
    VIDEO_UNREADABLE = "video_unreadable"
    PICTURE_GONE = "picture_gone"
    PROGRAMS_FAILED = "programs_failed"
    TRIED_OFTEN = "tried_often"


FAILURES: Final[Mapping[Failure, str]] = {
    Failure.VIDEO_GONE: "The video it was to be made from is gone.",
    Failure.VIDEO_UNREADABLE: (
        "The film of this video can no longer be read. Please put a new film in its place."
    ),
    Failure.PICTURE_GONE: "A picture that was to be in it is gone. Please choose another one.",
    Failure.PROGRAMS_FAILED: (
        "It could not be made from this film: it may be damaged. "
        "Please export it again and upload it anew."
    ),
    Failure.TRIED_OFTEN: "It was tried several times in vain. Please ask for it again later.",
}


class FilmFailed(Exception):
    """A film could not be made."""

    def __init__(self, failure: Failure, log: str = "") -> None:
        super().__init__(log or failure.value)
        self.failure = failure
