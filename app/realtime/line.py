"""One connected client, whatever the transport: what it should hear, and what it heard."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from typing import NamedTuple

from app.kernel.actors import Actor
from app.kernel.structs import Id
from app.realtime.interfaces import NewPost, Notice
from app.realtime.messages import (
    SESSION_REVOKED,
    FeedNew,
    PacketOver,
    PostGone,
    encode,
    post_counts,
)

WAITING_MAX = 256
"""Messages that must not be lost and wait for a slow client; beyond that it is closed, and reads
what it missed when it comes back."""
FEED_NEW_MAX = 99
_HEARD_MAX = 512

NORMAL = 1000
SIGNED_OUT = 4401
"""The token was revoked, is wrong, or ran out."""
TOO_SLOW = 4408
"""The client did not read, or did not say anything, for too long."""
TOO_MUCH = 4429
"""Too many messages or connections."""
BAD_MESSAGE = 1008
RESTARTING = 1012
OVERLOADED = 1013


class Outgoing(NamedTuple):
    """A message with its position in the shopper's stream, if it has one."""

    message: bytes
    event_id: str | None = None


Place = tuple[int, int]
"""(published in milliseconds, post): where a feed begins."""


class _Fresh(NamedTuple):
    place: Place
    account_id: int


class Line:
    """State of a connection. Everything here runs in the event loop and never waits.

    What must arrive (answers, notifications) is queued. Chatter (figures, the count of new posts)
    is kept as its newest state only, and sent when the hub's clock ticks and the client keeps up:
    however much happens, a client gets at most one turn of it a tick.
    """

    def __init__(self, actor: Actor, shopper_id: int, expires_seconds: float) -> None:
        self.actor = actor
        self.shopper_id = shopper_id
        self.expires_seconds = expires_seconds
        self.watched: frozenset[int] = frozenset()
        self.authors: frozenset[int] = frozenset()
        self.heard_at = asyncio.get_running_loop().time()
        self.last_event: str | None = None
        """The last notification said or passed over; None until the client is greeted."""
        self.closing: int | None = None
        self.closed_at = 0.0
        self.shown: Place = (0, 0)
        self.head = ""
        self._early: list[Notice] = []
        self._heard: dict[str, None] = {}
        self._fresh: dict[int, _Fresh] = {}
        self._fresh_before = 0
        self._feed_changed = False
        self._counts: dict[int, bytes] = {}
        self._gone: set[int] = set()
        self._over: dict[int, str] = {}
        self._waiting: deque[Outgoing] = deque()
        self._due = False
        self._wake = asyncio.Event()

    def say(self, message: bytes, event_id: str | None = None) -> None:
        """Queue what must arrive. A client that does not read is closed."""
        if len(self._waiting) >= WAITING_MAX:
            self.close(TOO_SLOW)
            return
        self._waiting.append(Outgoing(message, event_id))
        self._wake.set()

    def notify(self, notice: Notice) -> None:
        """Queue a notification, unless it was heard before."""
        if self.last_event is None:
            self._early.append(notice)
            if len(self._early) > WAITING_MAX:
                self.close(TOO_SLOW)
        elif notice.event_id not in self._heard:
            self._heard[notice.event_id] = None
            if len(self._heard) > _HEARD_MAX:
                del self._heard[next(iter(self._heard))]
            self.last_event = notice.event_id
            self.say(notice.message, notice.event_id)

    def greeted(self, position: str, missed: Sequence[Notice]) -> None:
        """The stream was at `position`; what the client missed is said, then what came since."""
        early, self._early = self._early, []
        self.last_event = position
        for notice in (*missed, *early):
            self.notify(notice)

    def show_from(self, place: Place, head: str, already: int = 0) -> None:
        """The client shows its feed from this place on; `already` newer posts are there."""
        self.shown, self.head = place, head
        self._fresh = {id_: new for id_, new in self._fresh.items() if new.place > place}
        self._fresh_before = already
        self._feed_changed = already > 0

    def new_post(self, post: NewPost, head: str) -> bool:
        """A post that belongs in this feed went out. Returns whether there is something to say."""
        place = (post.published_ms, post.post_id)
        if place <= self.shown or post.post_id in self._fresh:
            return False
        if len(self._fresh) >= FEED_NEW_MAX:
            return False
        if all(place > new.place for new in self._fresh.values()):
            self.head = head
        self._fresh[post.post_id] = _Fresh(place, post.account_id)
        self._feed_changed = True
        return True

    def unfollowed(self, account_ids: Collection[int]) -> bool:
        """Their posts are not new any more. Returns whether there is something to say."""
        left = {id_: new for id_, new in self._fresh.items() if new.account_id not in account_ids}
        changed = len(left) < len(self._fresh)
        self._fresh = left
        self._feed_changed |= changed
        return changed

    def counts(self, post_id: int, counts: bytes) -> None:
        """A watched post has other figures."""
        self._counts[post_id] = counts

    def gone(self, post_id: int) -> bool:
        """A post was withdrawn. Returns whether this client may be showing or counting it."""
        counted = self._fresh.pop(post_id, None) is not None
        self._feed_changed |= counted
        if post_id in self.watched:
            self._gone.add(post_id)
            return True
        return counted

    def over(self, packet_id: int, status: str) -> None:
        """A watched packet gives nobody a share any more."""
        self._over[packet_id] = status

    def tick(self) -> None:
        """Chatter may go out now."""
        self._due = True
        self._wake.set()

    def revoke(self) -> None:
        """Signed out: say so, and close."""
        self.say(SESSION_REVOKED)
        self.close(SIGNED_OUT)

    def close(self, code: int) -> None:
        """Close when what waits was sent; the first reason stays."""
        if self.closing is None:
            self.closing = code
            self.closed_at = asyncio.get_running_loop().time()
        self._wake.set()

    async def next_messages(self) -> list[Outgoing]:
        """Wait for something to send; an empty list means that the line is to be closed."""
        while True:
            messages = list(self._waiting)
            self._waiting.clear()
            if self._due and self.closing is None:
                self._due = False
                messages += self._chatter()
            if messages or self.closing is not None:
                return messages
            self._wake.clear()
            await self._wake.wait()

    def _chatter(self) -> list[Outgoing]:
        messages = [Outgoing(post_counts(id_, counts)) for id_, counts in self._counts.items()]
        messages += [Outgoing(encode(PostGone(post_id=Id(post_id)))) for post_id in self._gone]
        messages += [
            Outgoing(encode(PacketOver(packet_id=Id(packet_id), status=status)))
            for packet_id, status in self._over.items()
        ]
        if self._feed_changed:
            count = min(FEED_NEW_MAX, self._fresh_before + len(self._fresh))
            messages.append(Outgoing(encode(FeedNew(count=count, head=self.head))))
        self._counts, self._gone, self._over, self._feed_changed = {}, set(), {}, False
        return messages
