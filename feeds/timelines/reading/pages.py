"""Pages of the feed as bytes: ready posts joined with figures and the reader's own bits."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.kernel.http.cursors import Cursors
from app.kernel.http.hot import JSON_HEADERS, Headers, HotAnswer
from app.kernel.http.responses import weak_etag
from app.kernel.structs import encode_json
from app.kernel.valkey.changes import Change
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.seals import Seals
from feeds.posts.interfaces import Encoded, Engagement
from feeds.timelines import rules
from feeds.timelines.reading.shelf import viewer_of
from feeds.timelines.rules import TOP
from feeds.timelines.schemas import FeedSource
from feeds.timelines.service import FeedReader, Found

NEW_POSTS_MAX = 99
_CURSOR = "feed"
_HEAD = "feed-head"
_CHECK_SECONDS = 30.0
"""Figures may change without a word when whoever told of them died: look again now and then."""
_HELD_OVERHEAD = 4_096
"""Bytes a held page costs beside its body, roughly."""
_ENDINGS_HELD = 4_096
_NO_HEAD = rules.pack_position(0, 0)
_VIEWERS = {
    source: (
        viewer_of(liked=True, following=source is FeedSource.FOLLOWING),
        viewer_of(liked=False, following=source is FeedSource.FOLLOWING),
    )
    for source in FeedSource
}
"""Who likes an item of such a page, and who does not."""
_PRIVATE = (*JSON_HEADERS, (b"cache-control", b"private, no-cache"))


class Page(NamedTuple):
    """A body, its validator, and the answer to who has not got it yet."""

    body: bytes
    etag: str
    answer: HotAnswer

    @classmethod
    def of(cls, body: bytes, etag: str) -> "Page":
        """The page that a body is."""
        return cls(body, etag, HotAnswer(body, 200, headers_of(etag)))


def headers_of(etag: str) -> Headers:
    """What every answer of the feed carries."""
    return (*_PRIVATE, (b"etag", etag.encode()))


@dataclass(slots=True)
class _Held:
    """A first page, and all it was made of: good while every part is the same."""

    page: Page
    seal: bytes | None
    examined: Sequence[Mapping[int, Encoded | None]]
    figures: Mapping[int, bytes]
    outboxes_version: int
    checked_change: int
    checked_at: float


class FeedPages:
    """Answers of the feed. First pages are held, and each is checked at every read: whether the
    shopper's seal stands, and, when any change was told, whether posts and figures are the same."""

    def __init__(
        self,
        reader: FeedReader,
        engagement: Engagement,
        seals: Seals,
        cursors: Cursors,
        *,
        held_bytes_max: int,
    ) -> None:
        self._reader = reader
        self._engagement = engagement
        self._seals = seals
        self._cursors = cursors
        self._held_bytes_max = held_bytes_max
        self._held: OrderedDict[tuple[int, int], _Held] = OrderedDict()
        self._held_bytes = 0
        self._change = 0
        # readers with the same posts at both ends of a page have the same words behind it
        self._ending = lru_cache(maxsize=_ENDINGS_HELD)(self._end)

    def changed(self, change: Change) -> None:
        """Something a page may show is another."""
        self._change += 1

    def reset(self) -> None:
        """It is not known what changed."""
        self._change += 1

    async def page(self, shopper_id: int, cursor: str | None, limit: int) -> Page:
        """A page below a cursor. Raises Invalid for a cursor that is not ours."""
        if cursor is not None:
            ms, post_id, head_ms, head_id = self._cursors.read(_CURSOR, cursor, 4)
            below = rules.pack_position(ms, post_id)
            found = await self._reader.find(shopper_id, below, limit + 1)
            head = rules.pack_position(head_ms, head_id)
            return await self._compose(shopper_id, found, limit, head)
        held = self._held.get((shopper_id, limit))
        if held is not None:
            try:
                stands = await self._seals.stands(shopper_id, held.seal)
            except ValkeyUnavailable:
                stands = False
            if stands and (self._is_fresh(held) or await self._is_good(held)):
                self._held.move_to_end((shopper_id, limit))
                return held.page
        sealed = self._held_bytes_max > 0
        opening = await self._reader.open(shopper_id, TOP, limit + 1, sealed=sealed)
        # noted before posts are read, so that what changes meanwhile makes the page old
        change, outboxes_version = self._change, self._reader.outboxes_version
        found = await self._reader.find(shopper_id, TOP, limit + 1, opening=opening)
        page = await self._compose(shopper_id, found, limit, None)
        self._drop(shopper_id, limit)
        if sealed and found.sealed and opening is not None:
            now = asyncio.get_running_loop().time()
            examined = [each.posts() for each in found.examined]
            figures = {each.id: each.figures for each in found.posts[:limit]}
            parts = (examined, figures, outboxes_version, change, now)
            self._hold(shopper_id, limit, _Held(page, opening.reading.seal, *parts))
        return page

    def _is_fresh(self, held: _Held) -> bool:
        """Whether no change was told since the page was found good, a short while ago."""
        now = asyncio.get_running_loop().time()
        return held.checked_change == self._change and now - held.checked_at < _CHECK_SECONDS

    async def _is_good(self, held: _Held) -> bool:
        """Whether posts, figures and outboxes are what they were. The log has been synced."""
        now = asyncio.get_running_loop().time()
        change = self._change
        if held.outboxes_version != self._reader.outboxes_version:
            return False
        for each in held.examined:
            encoded = await self._reader.encoded(list(each))
            if any(encoded.get(id_) is not post for id_, post in each.items()):
                return False
        figures = await self._engagement.figures(list(held.figures))
        if figures != held.figures:
            return False
        held.checked_change, held.checked_at = change, now
        return True

    def _hold(self, shopper_id: int, limit: int, held: _Held) -> None:
        self._held[shopper_id, limit] = held
        self._held_bytes += len(held.page.body) + _HELD_OVERHEAD
        while self._held_bytes > self._held_bytes_max:
            self._drop(*next(iter(self._held)))

    def _drop(self, shopper_id: int, limit: int) -> None:
        held = self._held.pop((shopper_id, limit), None)
        if held is not None:
            self._held_bytes -= len(held.page.body) + _HELD_OVERHEAD

    async def _compose(self, shopper_id: int, found: Found, limit: int, head: bytes | None) -> Page:
        """The page of what was found; `head` is known on all but the first."""
        items, more = found.posts, found.following is not None
        if len(items) > limit:
            items, more = items[:limit], True
        if head is None:
            head = items[0].position if items else _NO_HEAD
        last = None
        if more:
            last = items[-1].position if items else found.following
        ending = self._ending(last, head, found.source)
        liked = found.liked
        if liked is None:
            liked = await self._engagement.liked(shopper_id, [each.id for each in items])
        likes, likes_not = _VIEWERS[found.source]
        if liked:
            shown = [each.shown(likes if each.id in liked else likes_not) for each in items]
        else:
            shown = [each.shown(likes_not) for each in items]
        body = b'{"items":[%b%b' % (b",".join([whole for whole, _ in shown]), ending)
        brief = b"".join([brief for _, brief in shown])
        return Page.of(body, weak_etag(brief + ending))

    def _end(self, last: bytes | None, head: bytes, source: FeedSource) -> bytes:
        """What stands behind the items; `last` is where the next page goes on."""
        following, newest = None, rules.unpack_position(head)
        if last is not None:
            following = self._cursors.make(_CURSOR, *rules.unpack_position(last), *newest)
        return b'],"nextCursor":%b,"head":%b,"source":%b}' % (
            encode_json(following),
            encode_json(self._cursors.make(_HEAD, *newest)),
            encode_json(source),
        )

    async def new_since(self, shopper_id: int, head: str) -> tuple[int, str]:
        """How many posts are newer than a head, at most 99, and the present head."""
        since = rules.pack_position(*self._cursors.read(_HEAD, head, 2))
        found = await self._reader.find(shopper_id, TOP, NEW_POSTS_MAX, until=since)
        return len(found.posts), self._head_of(found) if found.posts else head

    def place_of(self, head: str) -> tuple[int, int]:
        """(milliseconds since 1970, post) of a head. Raises Invalid for one that is not ours."""
        ms, post_id = self._cursors.read(_HEAD, head, 2)
        return ms + rules.EPOCH_MS, post_id

    def head_at(self, published_ms: int, post_id: int) -> str:
        """The head of a feed that begins with this post, published so long after 1970."""
        return self._cursors.make(_HEAD, max(0, published_ms - rules.EPOCH_MS), post_id)

    def _head_of(self, found: Found) -> str:
        place = (0, 0)
        if found.posts:
            place = rules.unpack_position(found.posts[0].position)
        return self._cursors.make(_HEAD, *place)
