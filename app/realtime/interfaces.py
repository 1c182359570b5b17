"""What the floors above tell the realtime channel, and what it asks of them.

Three ways in: topics, told through `Teller`, for what concerns one shopper or the followers of one
account; the changes log, for figures and for the end of posts and packets; and doors, for what
only a slice knows.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from app.kernel.actors import Actor

COUNTS_CHANGED = "counts"
"""Kind of the changes log: a post has other figures. The payload is `CountsChange` in JSON."""

POST_GONE = "gone"
"""Kind of the changes log: a post was withdrawn. No payload."""

PACKET_OVER = "over"
"""Kind of the changes log: a packet gives nobody a share any more. The payload says why, in ASCII:
`sold_out` or `closed`."""

REPLAY_MAX = 100
"""Notices a reconnecting client is given; beyond that it reads its list anew."""


class CountsChange(msgspec.Struct, frozen=True, array_like=True):
    """The figures of a post as ready JSON; of two changes the higher revision is the newer."""

    revision: int
    counts: msgspec.Raw


class NewPost(msgspec.Struct, frozen=True, array_like=True):
    """A post went out, and the feeds of those who should see it have it by now."""

    post_id: int
    published_ms: int
    account_id: int
    selected: bool = False
    """For selected shoppers only: `FeedHead.may_see` says who they are."""
    live: bool = True
    """False for test data."""


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """Something a shopper must hear of."""

    event_id: str
    """The position in the shopper's stream, for a replay."""
    message: bytes
    """The whole message as JSON."""


class Teller(Protocol):
    """Tells every process, and through them the clients that are connected."""

    async def new_post(self, post: NewPost) -> None:
        """The account's followers have a new post. Telling twice counts once. A hint: who misses
        it sees the post when reading the feed."""
        ...

    async def notify(self, shopper_id: int, notice: Notice) -> None:
        """The shopper has a notification. Who misses it replays it from the inbox."""
        ...

    async def graph_changed(self, shopper_id: int) -> None:
        """Whose posts belong in the shopper's feed is different now."""
        ...


class FeedHead(Protocol):
    """Registered by timelines: whose posts count as new, and since when."""

    async def authors(self, shopper_id: int) -> tuple[int, frozenset[int]]:
        """(graph version, accounts whose posts belong in the shopper's feed)."""
        ...

    async def new_since(self, actor: Actor, head: str) -> tuple[int, str]:
        """(how many posts are newer than this head, capped at 99; the present head). Raises
        Invalid for a head that is not ours."""
        ...

    def place_of(self, head: str) -> tuple[int, int]:
        """(milliseconds, post) of a head. Raises Invalid for one that is not ours."""
        ...

    def head_at(self, published_ms: int, post_id: int) -> str:
        """The head of a feed that begins with this post."""
        ...

    async def may_see(self, shopper_id: int, post_ids: Collection[int]) -> frozenset[int]:
        """Which of these posts to a selected audience the shopper may see."""
        ...


class Inbox(Protocol):
    """Registered by notifications."""

    async def unread(self, shopper_id: int) -> int:
        """How many notifications wait to be read."""
        ...

    async def position(self, shopper_id: int) -> str:
        """Where the shopper's stream ends now."""
        ...

    async def since(self, shopper_id: int, event_id: str) -> Sequence[Notice]:
        """What was told after a position, oldest first, at most `REPLAY_MAX`; nothing when the
        position is not known any more."""
        ...


def earlier(event_id: str, milliseconds: int) -> str:
    """A position so much before another: two notices told at once may arrive in either order."""
    ms, _, _ = event_id.partition("-")
    return f"{max(0, int(ms) - milliseconds) if ms.isdigit() else 0}-0"
