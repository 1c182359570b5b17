"""Bodies of watching."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from app.kernel.structs import Id, Input, Timestamp, View

EVENTS_MAX = 50
POSITION_MAX = 24 * 3600 * 1000


class WatchKind(StrEnum):
    """What happened."""

    IMPRESSION = "impression"
    PLAY = "play"
    PROGRESS = "progress"
    QUARTILE = "quartile"
    COMPLETE = "complete"
    CUE_SHOWN = "cue_shown"
    CUE_TAPPED = "cue_tapped"
    ADD_TO_CART = "add_to_cart"
    COLLECT = "collect"
    VOTE = "vote"


class WatchEvent(Input):
    """One report of a player."""

    video_id: Id
    session: Annotated[str, Meta(pattern=r"^[0-9a-f]{8,32}$", max_length=32)]
    """Random, of one viewing."""
    kind: WatchKind
    position: Annotated[int, Meta(ge=0, le=POSITION_MAX)]
    """Milliseconds of the film itself; rolls do not count."""
    at: Timestamp
    """When, by the player's idea of our clock; for order only, nothing is earned by it."""
    quartile: Literal[25, 50, 75, 100] | None = None
    cue_id: Id | None = None
    product_id: Id | None = None


class WatchReport(Input):
    """What happened since the last report."""

    events: Annotated[list[WatchEvent], Meta(min_length=1, max_length=EVENTS_MAX)]


class RetentionPoint(View):
    """A moment of the film and who was there."""

    at: int
    viewers: int


class CueFigures(View):
    """What a cue earned, in viewings."""

    cue_id: Id
    at: int
    kind: str
    text: str
    shown: int
    tapped: int
    carts: int
    collected: int
    votes: int


class RetentionView(View):
    """How a video is watched."""

    impressions: int
    plays: int
    viewers: int
    """Viewings of which any part was shown."""
    completed: int
    average_ms: int
    """Of the film, a play; of each by the film as it was then, if it was replaced since."""
    points: list[RetentionPoint]
    """By shares of the film's length, now as then."""
    cues: list[CueFigures]


class CreditView(View):
    """What the caller is credited with."""

    credit_ms: int
