"""The shelf: readers of one turn of the event loop share one look at posts and their figures.

At a peak thousands open feeds with the same posts on top. What a post looks like in a page depends
on its reader by two bits alone, so those who read at the same moment ask for each post once, and
its JSON is joined once. Nothing is held beyond the answer: the next turn looks again.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence

from app.kernel.structs import encode_json
from feeds.posts.interfaces import Encoded, Engagement, PostCounts, Posts
from feeds.timelines.rules import EPOCH_MS, pack_position

_TOGETHER_MAX = 500
"""Posts of one look: the cache answers for so many well within a millisecond."""
_DIGEST_BYTES = 16
_NO_FIGURES = encode_json(PostCounts())
_VIEWER = tuple(
    encode_json({"liked": liked, "following": following})
    for following in (False, True)
    for liked in (False, True)
)

Shown = tuple[bytes, bytes]
"""A `FeedItem` as JSON, and a digest of it."""


class Item:
    """A post with its figures, as pages show it to anybody."""

    __slots__ = ("_shown", "figures", "id", "is_open", "position", "post")

    def __init__(self, post: Encoded, figures: bytes = _NO_FIGURES) -> None:
        self.post = post
        published_ms, self.id = post.place
        self.position = pack_position(max(0, published_ms - EPOCH_MS), self.id)
        """Where a published post stands in every list."""
        self.is_open = post.is_open
        self.figures = figures
        self._shown: list[Shown | None] = [None] * len(_VIEWER)

    def shown(self, viewer: int) -> Shown:
        """The item for such a reader (`viewer_of`), byte for byte as encoding it whole would
        give."""
        made = self._shown[viewer]
        if made is None:
            _, digest, body = self.post.parts
            beside = b',"counts":%b,"viewer":%b}' % (self.figures, _VIEWER[viewer])
            # the body is by far the most of it, and brings a digest of its own
            brief = hashlib.sha256(digest + beside).digest()[:_DIGEST_BYTES]
            made = self._shown[viewer] = b'{"post":%b%b' % (body, beside), brief
        return made


def viewer_of(*, liked: bool, following: bool) -> int:
    """What is the same for all readers who stand alike to an item."""
    return 2 * following + liked


class Shelf:
    """Takes posts down for whoever asks."""

    def __init__(self, posts: Posts, engagement: Engagement) -> None:
        self._posts = posts
        self._engagement = engagement
        self._wanted: set[int] = set()
        self._waiters: list[asyncio.Future[Mapping[int, Item]]] = []
        self._looking: set[asyncio.Task[None]] = set()

    def take(self, ids: Iterable[int]) -> "asyncio.Future[Mapping[int, Item]]":
        """Those of the posts that exist, and perhaps others: right as of the caller's last
        `changes.sync()`, like `Posts.encoded`, whose errors it has."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Mapping[int, Item]] = loop.create_future()
        if not self._waiters:
            loop.call_soon(self._leave)
        self._waiters.append(waiter)
        self._wanted.update(ids)
        if len(self._wanted) >= _TOGETHER_MAX:
            self._leave()
        return waiter

    def _leave(self) -> None:
        if not self._waiters:  # they were too many to wait for the end of the turn
            return
        wanted, self._wanted = list(self._wanted), set()
        waiters, self._waiters = self._waiters, []
        task = asyncio.get_running_loop().create_task(self._look(wanted, waiters))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _look(
        self, wanted: Sequence[int], waiters: Sequence["asyncio.Future[Mapping[int, Item]]"]
    ) -> None:
        try:
            found = await self._posts.encoded(wanted)
            figures = await self._engagement.figures(list(found))
        except BaseException as error:
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_exception(error)
            return
        items = {id_: Item(post, figures.get(id_, _NO_FIGURES)) for id_, post in found.items()}
        for waiter in waiters:
            if not waiter.done():  # its reader has not left
                waiter.set_result(items)
