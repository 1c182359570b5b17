"""Pages of the feed as bytes: ready posts joined with figures and the reader's own bits."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from app.kernel.http.cursors import Cursors
from app.kernel.structs import encode_json
from feeds.posts.interfaces import Encoded, Engagement, PostCounts
from feeds.timelines import rules
from feeds.timelines.rules import TOP
from feeds.timelines.schemas import FeedSource
from feeds.timelines.service import FeedReader, Found, place_bytes

NEW_POSTS_MAX = 99
_CURSOR = "feed"
_HEAD = "feed-head"
_NO_COUNTS = PostCounts()
_VIEWER = {
    (liked, following): encode_json({"liked": liked, "following": following})
    for liked in (False, True)
    for following in (False, True)
}


class Page(NamedTuple):
    """A body and its validator."""

    body: bytes
    etag: str


class FeedPages:
    """Answers of the feed."""

    def __init__(self, reader: FeedReader, engagement: Engagement, cursors: Cursors) -> None:
        self._reader = reader
        self._engagement = engagement
        self._cursors = cursors

    async def page(self, shopper_id: int, cursor: str | None, limit: int) -> Page:
        """A page below a cursor. Raises Invalid for a cursor that is not ours."""
        below, head = TOP, None
        if cursor is not None:
            ms, post_id, *head_values = self._cursors.read(_CURSOR, cursor, 4)
            below, head = rules.pack_position(ms, post_id), (head_values[0], head_values[1])
        found = await self._reader.find(shopper_id, below, limit + 1)
        posts, more = found.posts, found.following is not None
        if len(posts) > limit:
            posts, more = posts[:limit], True
        if head is None:
            head = rules.unpack_position(place_bytes(posts[0].record)) if posts else (0, 0)
        next_cursor = None
        if more:
            last = place_bytes(posts[-1].record) if posts else found.following or b""
            next_cursor = self._cursors.make(_CURSOR, *rules.unpack_position(last), *head)
        items = await self._items(shopper_id, posts, following=found.source is FeedSource.FOLLOWING)
        body = b'{"items":[%b],"nextCursor":%b,"head":%b,"source":%b}' % (
            b",".join(items),
            encode_json(next_cursor),
            encode_json(self._cursors.make(_HEAD, *head)),
            encode_json(found.source),
        )
        return Page(body, f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')

    async def _items(
        self, shopper_id: int, posts: Collection[Encoded], *, following: bool
    ) -> list[bytes]:
        ids = [each.record.id for each in posts]
        if not ids:
            return []
        counts = await self._engagement.counts(ids)
        liked = await self._engagement.liked(shopper_id, ids)
        return join_items(posts, counts, liked, following=following)

    async def present(self, shopper_id: int) -> str:
        """The head of the feed now."""
        found = await self._reader.find(shopper_id, TOP, 1)
        return self._head_of(found)

    async def new_since(self, shopper_id: int, head: str) -> tuple[int, str]:
        """How many posts are newer than a head, at most 99, and the present head."""
        since = rules.pack_position(*self._cursors.read(_HEAD, head, 2))
        found = await self._reader.find(shopper_id, TOP, NEW_POSTS_MAX, until=since)
        return len(found.posts), self._head_of(found) if found.posts else head

    def _head_of(self, found: Found) -> str:
        place = (0, 0)
        if found.posts:
            place = rules.unpack_position(place_bytes(found.posts[0].record))
        return self._cursors.make(_HEAD, *place)


def join_items(
    posts: Iterable[Encoded],
    counts: Mapping[int, PostCounts],
    liked: Collection[int],
    *,
    following: bool,
) -> list[bytes]:
    """The JSON of `FeedItem`s, byte for byte as encoding them whole would give."""
    items: list[bytes] = []
    for each in posts:
        id_ = each.record.id
        figures = encode_json(counts.get(id_, _NO_COUNTS))
        viewer = _VIEWER[id_ in liked, following]
        items.append(b'{"post":%b,"counts":%b,"viewer":%b}' % (each.body, figures, viewer))
    return items
