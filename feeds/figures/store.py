"""Views on their way to SQL, counted in the cache."""

from collections.abc import Iterable, Mapping

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import bucket_key, by_bucket
from app.kernel.valkey.scripts import Script

_VIEWED_POSTS_MAX = 20_000
"""Posts of a bucket whose views may wait for SQL."""

_COUNT_VIEWS = Script.load("feeds/figures/lua/count_views.lua")
_TAKE_VIEWS = Script.load("feeds/figures/lua/take_views.lua")


class ViewStore:
    """At least once, as long as the cache lives."""

    def __init__(self, cache: Valkey) -> None:
        self._cache = cache

    async def count(self, views: Mapping[int, int]) -> None:
        """Add views of posts."""
        for bucket, post_ids in by_bucket(views).items():
            pairs = [each for post_id in post_ids for each in (post_id, views[post_id])]
            name = bucket_key(bucket, "views")
            await self._cache.run(_COUNT_VIEWS, (name,), (_VIEWED_POSTS_MAX, *pairs))

    async def take(self, bucket: int) -> dict[int, int]:
        """What waits in a bucket; the same again until `confirm`."""
        keys = (bucket_key(bucket, "views"), bucket_key(bucket, "views", "taken"))
        flat: list[bytes] = await self._cache.run(_TAKE_VIEWS, keys)
        return {int(post): int(views) for post, views in zip(*[iter(flat)] * 2, strict=True)}

    async def confirm(self, buckets: Iterable[int]) -> None:
        """What was taken is in SQL."""
        for bucket in buckets:
            await self._cache.call("DEL", bucket_key(bucket, "views", "taken"))
