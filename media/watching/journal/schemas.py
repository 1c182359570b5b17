"""Bodies of the stream."""

from app.kernel.structs import Id, Timestamp, View
from media.watching.schemas import WatchKind


class WatchEventView(View):
    """What a player told once."""

    id: Id
    video_id: Id
    session: str
    """Of one viewing; two of them have nothing in common, not even if one shopper watched both."""
    kind: WatchKind
    position: int
    """Milliseconds of the film itself; rolls do not count."""
    at: Timestamp
    """When, by the player's idea of our clock."""
    heard_at: Timestamp
    """When we heard of it; the stream's order."""
    quartile: int | None
    cue_id: Id | None
    product_id: Id | None


class WatchEventsView(View):
    """A stretch of the stream."""

    items: list[WatchEventView]
    next_cursor: str
    """Where to go on, also where nothing has come yet: ask with it again later."""
