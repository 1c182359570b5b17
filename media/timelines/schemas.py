"""The bodies of the routes."""

from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, Timestamp, View
from media.timelines.interfaces import CueKind, CuePosition, CueView

CUES_MAX = 200
TEXT_CHARS_MAX = 80
REF_CHARS_MAX = 500
AT_MAX = 24 * 3_600_000
Moment = Annotated[int, msgspec.Meta(ge=0, le=AT_MAX, examples=[12_500])]
Revision = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1, examples=[3])]


class CueInput(Input):
    """A cue as it is edited."""

    at: Moment
    """Milliseconds from the film's beginning."""
    kind: CueKind
    until: Moment | None = None
    """Default: eight seconds later; for a chapter where the next one begins; the film's end at the
    latest."""
    ref: Annotated[str, msgspec.Meta(max_length=REF_CHARS_MAX, examples=["1234567890"])] = ""
    position: CuePosition = CuePosition.BOTTOM_LEFT
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX, examples=["第三章：上唇"])] = ""
    id: Id | None = None
    """Of a cue that is already in this timeline; default: a new one."""


class TimelineSave(Input):
    """The whole draft."""

    revision: Revision
    """The one that was edited."""
    cues: Annotated[list[CueInput], msgspec.Meta(max_length=CUES_MAX)]
    pre_roll_id: Id | None = None
    post_roll_id: Id | None = None


class TimelinePublish(Input):
    """Which draft to publish."""

    revision: Revision


class TimelineCopy(Input):
    """Where to copy a draft to."""

    video_id: Id
    """Another video that the caller may change; its draft is replaced."""


class DraftView(View):
    """A timeline as its editors see it."""

    video_id: Id
    revision: int
    version: int
    """What viewers get; 0 for nothing yet."""
    changed: bool
    """Whether the draft differs from that."""
    duration_ms: int
    cues: list[CueView]
    pre_roll_id: Id | None
    post_roll_id: Id | None
    left_out: int = 0
    """Of a copy: the cues that begin after the end of the shorter film."""


class VersionView(View):
    """A published version in the list of them."""

    version: int
    cues: int
    published_at: Timestamp
    current: bool
