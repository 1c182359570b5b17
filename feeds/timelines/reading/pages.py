"""Pages of the feed as bytes: ready posts joined with figures and the reader's own bits."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.kernel.http.cursors import Cursors
from app.kernel.http.hot import JSON_HEADERS, Headers, HotAnswer
from app.kernel.http.responses import weak_etag
from app.kernel.structs import encode_json
from app.kernel.valkey.changes import Change
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.seals import Seals
from feeds.posts.interfaces import Engagement, PostCounts
from feeds.timelines import rules
from feeds.timelines.rules import TOP
from feeds.timelines.schemas import FeedSource
from feeds.timelines.service import Examined, FeedReader, Found, place_bytes

NEW_POSTS_MAX = 99
_CURSOR = "feed"
_HEAD = "feed-head"
_CHECK_SECONDS = 30.0
"""Figures may change without a word when whoever told of them died: look again now and then."""
_HELD_OVERHEAD = 4_096
"""Bytes a held page costs beside its body, roughly."""
_NO_FIGURES = encode_json(PostCounts())
_PRIVATE = (*JSON_HEADERS, (b"cache-control", b"private, no-cache"))
_VIEWER = {
    (liked, following): encode_json({"liked": liked, "following": following})
    for liked in (False, True)
    for following in (False, True)
}


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
    examined: Sequence[Examined]
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
            page, _ = await self._compose(shopper_id, found, limit, (head_ms, head_id))
            return page
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
        page, figures = await self._compose(shopper_id, found, limit, None)
        self._drop(shopper_id, limit)
        if sealed and found.sealed and opening is not None:
            now = asyncio.get_running_loop().time()
            parts = (found.examined, figures, outboxes_version, change, now)
            held = _Held(page, opening.reading.seal, *parts)
            self._hold(shopper_id, limit, held)
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
            encoded = await self._reader.encoded(each.ids)
            if any(encoded.get(id_) is not each.found.get(id_) for id_ in each.ids):
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

    async def _compose(
        self, shopper_id: int, found: Found, limit: int, head: tuple[int, int] | None
    ) -> tuple[Page, Mapping[int, bytes]]:
        """The page of what was found; `head` is known on all but the first."""
        posts, more = found.posts, found.following is not None
        if len(posts) > limit:
            posts, more = posts[:limit], True
        if head is None:
            head = rules.unpack_position(place_bytes(posts[0])) if posts else (0, 0)
        next_cursor = None
        if more:
            last = place_bytes(posts[-1]) if posts else found.following or b""
            next_cursor = self._cursors.make(_CURSOR, *rules.unpack_position(last), *head)
        parts = [each.parts for each in posts]
        ids = [id_ for id_, _, _ in parts]
        figures = await self._engagement.figures(ids)
        liked = await self._engagement.liked(shopper_id, ids)
        following = found.source is FeedSource.FOLLOWING
        rest = b'],"nextCursor":%b,"head":%b,"source":%b}' % (
            encode_json(next_cursor),
            encode_json(self._cursors.make(_HEAD, *head)),
            encode_json(found.source),
        )
        items = join_items(parts, figures, liked, following=following)
        body = b'{"items":[%b%b' % (b",".join(items.whole), rest)
        # bodies are by far the most of it, and each post brings the digest of its own
        return Page.of(body, weak_etag(b"".join((*items.brief, rest)))), figures

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
            place = rules.unpack_position(place_bytes(found.posts[0]))
        return self._cursors.make(_HEAD, *place)


class Items(NamedTuple):
    """Items as JSON, and the same with a digest in the place of each post."""

    whole: list[bytes]
    brief: list[bytes]


def join_items(
    posts: Iterable[tuple[int, bytes, bytes]],
    figures: Mapping[int, bytes],
    liked: Collection[int],
    *,
    following: bool,
) -> Items:
    """The JSON of `FeedItem`s, byte for byte as encoding them whole would give; of posts as
    `Encoded.parts` gives them."""
    whole: list[bytes] = []
    brief: list[bytes] = []
    likes, likes_not = _VIEWER[True, following], _VIEWER[False, following]
    for id_, digest, body in posts:
        viewer = likes if id_ in liked else likes_not
        beside = b',"counts":%b,"viewer":%b}' % (figures.get(id_, _NO_FIGURES), viewer)
        whole.append(b'{"post":%b%b' % (body, beside))
        brief.append(digest + beside)
    return Items(whole, brief)
