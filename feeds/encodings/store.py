"""Ready bytes of posts: in this process's memory, and in the cache Valkey for all processes."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.kernel.valkey.changes import Change, Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import key
from app.kernel.valkey.scripts import Script
from feeds.posts.interfaces import Encoded, PostRecord

CHANGE_KIND = "post"
MEMORY_POSTS_MAX = 10_000
"""Posts a process holds; at some 3 kB each."""
_NOTED_MAX = 50_000
_TTL_MS = 3_600_000
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

    def get(self, ids: Iterable[int]) -> dict[int, Encoded]:
        """Those of the posts that are held."""
        held = self._posts
        if not held:
            return {}
        found = {id_: post for id_ in ids if (post := held.get(id_)) is not None}
        for id_ in found:
            held.move_to_end(id_)
        return found

    def moment(self) -> int:
        """Before a load begins."""
        return self._moment

    def put(self, posts: Mapping[int, Encoded], moment: int) -> None:
        """Hold posts that were loaded since `moment`, except those that changed meanwhile, and
        those that were never published: a draft may change under the same version."""
        if not self._posts_max or moment < self._unknown_before:
            return
        for id_, post in posts.items():
            if not post.place[0] or self._changed.get(id_, 0) > moment:
                continue
            self._posts[id_] = post
            self._posts.move_to_end(id_)
        while len(self._posts) > self._posts_max:
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
        return Encoded.read(ids, await self._cache.mget([post_key(id_) for id_ in ids]))

    async def put(self, posts: Sequence[Encoded]) -> None:
        """Store posts, unless as new ones are there. Raises ValkeyUnavailable."""
        await asyncio.gather(*(self._put(post.record, post.packed) for post in posts))

    async def tell(self, posts: Sequence[Encoded]) -> None:
        """Make every process drop its copies. Raises ValkeyUnavailable."""
        records = [post.record for post in posts]
        await asyncio.gather(
            *(self._changes.append(CHANGE_KIND, r.id, b"%d" % r.version) for r in records)
        )

    async def _put(self, record: PostRecord, packed: bytes) -> None:
        # jitter: what was stored at once should not vanish at once
        ttl_ms = int(_TTL_MS * random.uniform(0.8, 1.2))
        await self._cache.run(_PUT, [post_key(record.id)], [record.version, packed, ttl_ms])
