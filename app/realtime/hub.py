"""One process's connected clients, and what reaches them: topics of the channel, and changes."""

import asyncio
import contextlib
from collections import OrderedDict, defaultdict
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager

import msgspec
import structlog

from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.house import Doors
from app.kernel.http.draining import Draining
from app.kernel.structs import Timestamp
from app.kernel.valkey.changes import Change
from app.realtime.channel import Channel
from app.realtime.interfaces import (
    COUNTS_CHANGED,
    PACKET_OVER,
    POST_GONE,
    CountsChange,
    FeedHead,
    Inbox,
    NewPost,
    Notice,
    earlier,
)
from app.realtime.line import OVERLOADED, RESTARTING, SIGNED_OUT, TOO_MUCH, TOO_SLOW, Line
from app.realtime.messages import Welcome, encode

log: structlog.stdlib.BoundLogger = structlog.get_logger("realtime")

LINES_MAX = 20_000
"""Connections a process takes."""
LINES_PER_SHOPPER_MAX = 10
TICK_SECONDS = 0.25
SILENCE_SECONDS = 75.0
"""A WebSocket client pings every 25 seconds; one that was not heard for so long is gone."""
_LEAVING_SECONDS = 30.0
"""A closed line whose transport never said so is forgotten after this."""
_ASKING_MAX = 8
"""Connections that may ask SQL at a time: after a restart everybody comes at once."""
_ANY_ORDER_MS = 10_000
_OVER_MAX = 2_000
"""Packets of whose end a process remembers having heard, the latest."""
_ACCOUNT, _SHOPPER, _GRAPH = "account:", "shopper:", "graph:"


class Tell:
    """Implements `Teller`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def new_post(self, post: NewPost) -> None:
        """See `Teller`."""
        topic = f"{_ACCOUNT}{post.account_id}"
        await self._channel.publish(topic, msgspec.msgpack.encode(post))

    async def notify(self, shopper_id: int, notice: Notice) -> None:
        """See `Teller`."""
        await self._channel.publish(f"{_SHOPPER}{shopper_id}", msgspec.msgpack.encode(notice))

    async def graph_changed(self, shopper_id: int) -> None:
        """See `Teller`."""
        await self._channel.publish(f"{_GRAPH}{shopper_id}", b"")


class Hub:
    """Routes to lines. Listens to the channel and to the changes log."""

    def __init__(self, channel: Channel, doors: Doors, clock: Clock) -> None:
        self._channel = channel
        self._doors = doors
        self._clock = clock
        self._lines: set[Line] = set()
        self._of_shopper: dict[int, set[Line]] = defaultdict(set)
        self._of_author: dict[int, set[Line]] = defaultdict(set)
        self._of_post: dict[int, set[Line]] = defaultdict(set)
        self._over: OrderedDict[int, str] = OrderedDict()
        self._noisy: set[Line] = set()
        self._asking = asyncio.Semaphore(_ASKING_MAX)
        self._tasks: set[asyncio.Task[None]] = set()
        channel.listen(self._told, self._gap)

    def __len__(self) -> int:
        return len(self._lines)

    def admit(self, line: Line) -> int | None:
        """Take a connection in. Returns the code to close it with when there are too many."""
        if len(self._lines) >= LINES_MAX:
            return OVERLOADED
        if len(self._of_shopper.get(line.shopper_id, ())) >= LINES_PER_SHOPPER_MAX:
            return TOO_MUCH
        self._lines.add(line)
        self._of_shopper[line.shopper_id].add(line)
        return None

    async def greet(self, line: Line, head: str | None, last_event_id: str | None) -> None:
        """Welcome a client: first what it missed, then everything new. Raises Invalid for a head
        that is not ours."""
        feed, inbox = self._doors.find(FeedHead), self._doors.find(Inbox)
        async with self._asking:
            if inbox is not None:
                # the channel brings what comes after `position`, `since` what came before
                position = await inbox.position(line.shopper_id)
                missed = await inbox.since(line.shopper_id, last_event_id or position)
                unread = await inbox.unread(line.shopper_id)
            else:
                position, missed, unread = "0-0", (), 0
            line.say(encode(Welcome(now=Timestamp.of(self._clock.now()), unread=unread)))
            line.greeted(position, missed)
            if feed is not None:
                self._follow(line, (await feed.authors(line.shopper_id))[1])
                if head is not None:
                    await self.show(line, head, count=True)

    async def show(self, line: Line, head: str, *, count: bool = False) -> None:
        """The client shows its feed from `head` on. Raises Invalid for one that is not ours."""
        feed = self._doors.find(FeedHead)
        if feed is None:
            return
        newer, present = await feed.new_since(line.actor, head) if count else (0, head)
        line.show_from(feed.place_of(head), present, newer)
        if newer:
            self._noisy.add(line)

    def watch(self, line: Line, post_ids: frozenset[int]) -> None:
        """Bring the figures of these posts, and the end of these packets, and of no others."""
        for post_id in line.watched - post_ids:
            _drop(self._of_post, post_id, line)
        for post_id in post_ids - line.watched:
            self._of_post[post_id].add(line)
            if (status := self._over.get(post_id)) is not None:
                # it ended between the client's reading and its watching
                line.over(post_id, status)
                self._noisy.add(line)
        line.watched = post_ids

    def leave(self, line: Line) -> None:
        """The connection ended."""
        if line not in self._lines:
            return
        self.watch(line, frozenset())
        self._follow(line, frozenset())
        _drop(self._of_shopper, line.shopper_id, line)
        self._lines.discard(line)
        self._noisy.discard(line)

    def sign_out(self, covers: Callable[[Actor], bool]) -> None:
        """Those actors may listen no longer: tell them, and close."""
        for line in self._lines:
            if covers(line.actor):
                line.revoke()

    def changed(self, change: Change) -> None:
        """The changes log: figures of posts, posts that are gone, and packets that are over."""
        if change.kind == COUNTS_CHANGED:
            watching = self._of_post.get(change.id)
            if watching:
                counts = bytes(msgspec.json.decode(change.payload, type=CountsChange).counts)
                for line in watching:
                    line.counts(change.id, counts)
                self._noisy |= watching
        elif change.kind == PACKET_OVER:
            self._packet_over(change.id, change.payload.decode())
        elif change.kind == POST_GONE:
            self._noisy.update([line for line in self._lines if line.gone(change.id)])

    def _packet_over(self, packet_id: int, status: str) -> None:
        self._over[packet_id] = status
        self._over.move_to_end(packet_id)
        if len(self._over) > _OVER_MAX:
            self._over.popitem(last=False)
        watching = self._of_post.get(packet_id, set())
        for line in watching:
            line.over(packet_id, status)
        self._noisy |= watching

    def reset(self) -> None:
        """Changes were missed: figures are chatter, and the next change brings them."""

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Hear and tick for the life of the process; at the drain, send everybody away."""
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self._channel.listening())
            for work in (self._tick_forever(), self._drain()):
                task = asyncio.create_task(work)
                stack.push_async_callback(_cancelled, task)
            try:
                yield
            finally:
                self._send_away()
                for task in list(self._tasks):
                    task.cancel()

    async def _drain(self) -> None:
        await self._doors.get(Draining).begun.wait()
        self._send_away()

    def _send_away(self) -> None:
        for line in self._lines:
            line.close(RESTARTING)

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            noisy, self._noisy = self._noisy, set()
            for line in noisy:
                line.tick()
            self._close_expired()

    def _close_expired(self) -> None:
        now, loop_now = self._clock.now_seconds(), asyncio.get_running_loop().time()
        for line in list(self._lines):
            if line.closing is not None:
                if loop_now - line.closed_at > _LEAVING_SECONDS:
                    self.leave(line)
            elif line.expires_seconds <= now:
                line.close(SIGNED_OUT)
            elif loop_now - line.heard_at > SILENCE_SECONDS:
                line.close(TOO_SLOW)

    def _told(self, topic: str, payload: bytes) -> None:
        if topic.startswith(_ACCOUNT):
            self._new_post(msgspec.msgpack.decode(payload, type=NewPost))
        elif topic.startswith(_SHOPPER):
            lines = self._of_shopper.get(int(topic.removeprefix(_SHOPPER)))
            if lines:
                notice = msgspec.msgpack.decode(payload, type=Notice)
                for line in lines:
                    line.notify(notice)
        elif topic.startswith(_GRAPH):
            for line in self._of_shopper.get(int(topic.removeprefix(_GRAPH)), ()):
                self._start(line, self._learn_authors(line))

    def _new_post(self, post: NewPost) -> None:
        feed, following = self._doors.find(FeedHead), self._of_author.get(post.account_id)
        if not following or feed is None:
            return
        head = feed.head_at(post.published_ms, post.post_id)
        for line in following:
            if line.actor.live is not post.live:
                continue
            if post.selected:
                self._start(line, self._new_selected(line, post, head))
            elif line.new_post(post, head):
                self._noisy.add(line)

    async def _new_selected(self, line: Line, post: NewPost, head: str) -> None:
        async with self._asking:
            seen = await self._doors.get(FeedHead).may_see(line.shopper_id, [post.post_id])
        if seen and line.new_post(post, head):
            self._noisy.add(line)

    async def _learn_authors(self, line: Line) -> None:
        async with self._asking:
            _, authors = await self._doors.get(FeedHead).authors(line.shopper_id)
        if line in self._lines:
            self._follow(line, authors)

    def _follow(self, line: Line, authors: frozenset[int]) -> None:
        if line.unfollowed(line.authors - authors):
            self._noisy.add(line)
        for account_id in line.authors - authors:
            _drop(self._of_author, account_id, line)
        for account_id in authors - line.authors:
            self._of_author[account_id].add(line)
        line.authors = authors

    def _gap(self) -> None:
        """The channel may have missed something: every line asks for what was told meanwhile."""
        for line in self._lines:
            self._start(line, self._catch_up(line))

    async def _catch_up(self, line: Line) -> None:
        inbox = self._doors.find(Inbox)
        async with self._asking:
            if inbox is not None and line.last_event is not None:
                after = earlier(line.last_event, _ANY_ORDER_MS)
                for notice in await inbox.since(line.shopper_id, after):
                    line.notify(notice)
            if line.head:
                await self.show(line, line.head, count=True)

    def _start(self, line: Line, work: Coroutine[None, None, None]) -> None:
        """Do something that asks SQL or Valkey for a line. When that fails the client is sent to
        connect again, which asks once more."""

        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                log.warning("line_not_served", error=repr(error))
                line.close(RESTARTING)

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _drop(index: dict[int, set[Line]], key: int, line: Line) -> None:
    lines = index.get(key)
    if lines is not None:
        lines.discard(line)
        if not lines:
            del index[key]
