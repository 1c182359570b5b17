"""What the floors above tell the realtime channel, and what it asks of them.

Three ways in: topics of `Channel`, for what concerns one shopper or the followers of one account;
the changes log, for figures of posts; and doors, for what only a slice knows.
"""

from collections.abc import Collection
from typing import Protocol

import msgspec

from app.kernel.actors import Actor

COUNTS_CHANGED = "counts"
"""Kind of the changes log: a post has other figures. The payload is `CountsChange` in JSON."""

POST_GONE = "gone"
"""Kind of the changes log: a post was withdrawn. No payload."""


class CountsChange(msgspec.Struct, frozen=True, array_like=True):
    """The figures of a post as ready JSON; of two changes the higher revision is the newer."""

    revision: int
    counts: msgspec.Raw


class NewPost(msgspec.Struct, frozen=True, array_like=True):
    """Payload of the topic `account:<id>`, in MessagePack: a post went out."""

    post_id: int
    published_ms: int
    account_id: int
    everyone: bool
    """False for posts to selected shoppers: then `FeedHead.may_see` is asked."""
    live: bool = True
    """False for test data."""


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """Payload of the topic `shopper:<id>`, in MessagePack: something the shopper must hear of."""

    event_id: str
    """The position in the shopper's stream, for a replay."""
    message: bytes
    """The whole message as JSON."""


def account_topic(account_id: int) -> str:
    """Where an account's new posts are told."""
    return f"account:{account_id}"


def shopper_topic(shopper_id: int) -> str:
    """Where one shopper's notifications are told."""
    return f"shopper:{shopper_id}"


class Head(msgspec.Struct, frozen=True):
    """Where a feed begins, as opaque text, with its place in time."""

    text: str
    published_ms: int
    post_id: int


class FeedHead(Protocol):
    """Registered by timelines: whose posts count as new, and since when."""

    async def authors(self, shopper_id: int) -> tuple[int, frozenset[int]]:
        """(graph version, accounts whose posts belong in the shopper's feed)."""
        ...

    async def new_since(self, actor: Actor, head: str) -> tuple[int, str]:
        """(how many posts are newer than this head, capped at 99; the present head). Raises
        Invalid for a head that is not ours."""
        ...

    async def present(self, actor: Actor) -> str:
        """The head of the shopper's feed now."""
        ...

    async def may_see(self, shopper_id: int, post_ids: Collection[int]) -> frozenset[int]:
        """Which of these posts to a limited audience the shopper may see."""
        ...


class Inbox(Protocol):
    """Registered by notifications."""

    async def unread(self, shopper_id: int) -> int:
        """How many notifications wait to be read."""
        ...

    async def since(self, shopper_id: int, event_id: str) -> list[Notice]:
        """What was told after a position, oldest first, at most `REPLAY_MAX`; nothing when the
        position is not known any more."""
        ...


REPLAY_MAX = 100
