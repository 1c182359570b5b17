"""Ready bytes of posts: in this process's memory, and in the cache Valkey for all processes."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from app.kernel.valkey.changes import Change, Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import key
from app.kernel.valkey.scripts import Script
from feeds.posts.interfaces import Encoded

CHANGE_KIND = "post"
MEMORY_POSTS_MAX = 10_000
"""Posts a process holds; at some 3 kB each."""
_NOTED_MAX = 50_000
_TTL_MS = 3_600_000
_DECODER = msgspec.msgpack.Decoder(Encoded)
_PUT = Script.load("feeds/encodings/lua/put_post.lua")


@lru_cache(maxsize=65_536)
def post_key(post_id: int) -> str:
    """Where a post's bytes are in the cache."""
    return key(post_id, "post", post_id)


class PostMemory:
    """The posts this process holds, dropped when the log of changes names them.

    A load takes `moment()` before it looks anywhere and gives it to `put`: what changed after that
    moment is not kept, for the load may have seen the post as it was before.
    """

    def __init__(self, posts_max: int = MEMORY_POSTS_MAX) -> None:
        self._posts_max = posts_max
        self._posts: OrderedDict[int, Encoded] = OrderedDict()
        self._changed: dict[int, int] = {}
        self._moment = 0
        self._unknown_before = 0

    def get(self, post_id: int) -> Encoded | None:
        """The post, if held."""
        post = self._posts.get(post_id)
        if post is not None:
            self._posts.move_to_end(post_id)
        return post

    def moment(self) -> int:
        """Before a load begins."""
        return self._moment

    def put(self, post: Encoded, moment: int) -> None:
        """Hold a post that was loaded since `moment`, unless it changed meanwhile."""
        if not self._posts_max:
            return
        id_ = post.record.id
        if moment < self._unknown_before or self._changed.get(id_, 0) > moment:
            return
        self._posts[id_] = post
        self._posts.move_to_end(id_)
        if len(self._posts) > self._posts_max:
            self._posts.popitem(last=False)

    def changed(self, change: Change) -> None:
        """See `Listener`."""
        if change.kind != CHANGE_KIND:
            return
        self._moment += 1
        self._posts.pop(change.id, None)
        if len(self._changed) >= _NOTED_MAX:
            self._changed.clear()
            self._unknown_before = self._moment
        self._changed[change.id] = self._moment

    def reset(self) -> None:
        """See `Listener`."""
        self._moment += 1
        self._unknown_before = self._moment
        self._posts.clear()
        self._changed.clear()


class PostStore:
    """Bytes in the cache Valkey; losing them loses nothing."""

    def __init__(self, cache: Valkey, changes: Changes) -> None:
        self._cache = cache
        self._changes = changes

    async def get(self, ids: Sequence[int]) -> dict[int, Encoded]:
        """Those that are there. Raises ValkeyUnavailable."""
        values = await self._cache.mget([post_key(id_) for id_ in ids])
        found: dict[int, Encoded] = {}
        for id_, value in zip(ids, values, strict=True):
            post = _decode(value)
            if post is not None:
                found[id_] = post
        return found

    async def put(self, posts: Sequence[Encoded]) -> None:
        """Store posts, unless as new ones are there. Raises ValkeyUnavailable."""
        await asyncio.gather(*(self._put(post) for post in posts))

    async def tell(self, posts: Sequence[Encoded]) -> None:
        """Make every process drop its copies. Raises ValkeyUnavailable."""
        await asyncio.gather(
            *(
                self._changes.append(CHANGE_KIND, p.record.id, b"%d" % p.record.version)
                for p in posts
            )
        )

    async def _put(self, post: Encoded) -> None:
        version = post.record.version
        # jitter: what was stored at once should not vanish at once
        ttl_ms = int(_TTL_MS * random.uniform(0.8, 1.2))
        value = b"%d\n" % version + msgspec.msgpack.encode(post)
        await self._cache.run(_PUT, [post_key(post.record.id)], [version, value, ttl_ms])


def _decode(value: bytes | None) -> Encoded | None:
    """A stored post; None for what an older or newer release wrote in another form."""
    if value is None:
        return None
    try:
        return _DECODER.decode(memoryview(value)[value.index(b"\n") + 1 :])
    except (msgspec.DecodeError, ValueError):
        return None
