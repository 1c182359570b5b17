"""Reactions in Valkey: decided in the post's bucket of the live one; what readers need often in
the cache: each shopper's liked posts."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from struct import Struct
from typing import NamedTuple

from app.kernel.valkey.aggregates import IDLE_SECONDS, Aggregates, order_of
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import decide
from app.kernel.valkey.keys import bucket_of, key
from app.kernel.valkey.scripts import Refusal, Script
from app.kernel.valkey.seals import seal_key
from feeds.posts.interfaces import Marks
from feeds.reactions.errors import PostClosed, ReactRefusal
from feeds.reactions.repository import LIKED_RECENT_MAX

_LIKED_SECONDS = 86_400
_LIKED_UNLOADED_SECONDS = 120
_LIKED_FIELDS_MAX = 2 * LIKED_RECENT_MAX

_REACT = Script.load("feeds/reactions/lua/react.lua", {ReactRefusal.CLOSED: PostClosed})
_LOAD = Script.load("feeds/reactions/lua/load_reactions.lua")
_NOTE_LIKED = Script.load("feeds/reactions/lua/note_liked.lua")
_LOAD_LIKED = Script.load("feeds/reactions/lua/load_liked.lua")


_ID = Struct(">Q")


@lru_cache(maxsize=65_536)
def marks_key(shopper_id: int) -> str:
    """The hash of a shopper's liked posts: their ids in 8 bytes, and `floor`."""
    return key(shopper_id, "marks", shopper_id)


class Decided(NamedTuple):
    """How a post stands after a shopper's reaction."""

    bits: int
    likes: int
    shares: int
    order: int | None
    """Of the decision; None when nothing changed."""


class Loaded(NamedTuple):
    """What the live state of a post is made of. `bits` is None where there are too many rows to
    load at once; then each shopper's are read when needed."""

    likes: int
    shares: int
    bits: Sequence[tuple[int, int]] | None
    closed: bool


class Standing(NamedTuple):
    """What the live state of a post says, for audits."""

    likes: int
    shares: int
    last_order: int | None
    """Of the last decision since it was loaded."""


class ReactionStore:
    """Where reactions are decided."""

    def __init__(self, live: Valkey) -> None:
        self._live = live
        self.posts = Aggregates(live, "reactions")

    async def react(
        self, post_id: int, shopper_id: int, *, to_set: int, to_clear: int, in_sql: int | None
    ) -> Decided | ReactRefusal | Refusal:
        """Decide. Returns NOT_LOADED or UNKNOWN where SQL has to be asked first.

        Raises `PostClosed`, and `ValkeyUnavailable` when away or too much is unsettled.
        """
        known = "" if in_sql is None else in_sql
        reply = await decide(
            self._live,
            _REACT,
            bucket_of(post_id),
            (self.posts.state_key(post_id),),
            (post_id, shopper_id, to_set, to_clear, known),
        )
        if reply == Refusal.NOT_LOADED:
            return Refusal.NOT_LOADED
        if reply == ReactRefusal.UNKNOWN:
            return ReactRefusal.UNKNOWN
        bits, likes, shares, entry = reply
        return Decided(bits, likes, shares, order_of(entry))

    async def load(self, post_id: int, token: str, loaded: Loaded) -> None:
        """Put the state from SQL in place, unless the token was taken away."""
        pairs = [each for pair in loaded.bits or () for each in pair]
        whole = int(loaded.bits is not None)
        args = (token, int(loaded.closed), whole, loaded.likes, loaded.shares, IDLE_SECONDS, *pairs)
        await self._live.run(_LOAD, self.posts.loading_keys(post_id), args)

    async def standing(self, post_id: int) -> Standing | None:
        """How the post stands in memory; None when it is not loaded."""
        likes, shares, last = await self._live.call(
            "HMGET", self.posts.state_key(post_id), "likes", "shares", "last"
        )
        return None if likes is None else Standing(int(likes), int(shares), order_of(last))


class Noted(NamedTuple):
    """What is known of a shopper's likes."""

    floor: int | None
    """Every liked post with an id from here on is known; None when they were not loaded."""
    of: Mapping[int, bool]
    """By post, where a decision is known."""


def noted(post_ids: Sequence[int], marks: Marks | None) -> Noted:
    """What marks of these posts mean."""
    floor, *found = (
        (marks, *repeat(None, len(post_ids))) if isinstance(marks, bytes | None) else marks
    )
    return Noted(
        None if floor is None else int(floor),
        {
            post_id: mark.endswith(b":1")
            for post_id, mark in zip(post_ids, found, strict=True)
            if mark is not None
        },
    )


class LikedStore:
    """Which posts each shopper likes, in the cache: the newest, down to a floor."""

    def __init__(self, cache: Valkey) -> None:
        self._cache = cache

    async def note(self, shopper_id: int, post_id: int, order: int, *, liked: bool) -> None:
        """A decision was made or settled."""
        args = (
            _ID.pack(post_id), f"{order:019d}", int(liked),
            _LIKED_FIELDS_MAX, _LIKED_UNLOADED_SECONDS,
        )  # fmt: skip
        await self._cache.run(_NOTE_LIKED, (marks_key(shopper_id), seal_key(shopper_id)), args)

    async def read(self, shopper_id: int, post_ids: Sequence[int]) -> Noted:
        """What is noted of these posts."""
        fields = map(_ID.pack, post_ids)
        return noted(
            post_ids, await self._cache.call("HMGET", marks_key(shopper_id), "floor", *fields)
        )

    async def load(self, shopper_id: int, rows: Sequence[tuple[int, int]]) -> None:
        """Put the newest liked posts, (post, order), into the cache."""
        floor = min(rows)[0] if len(rows) >= LIKED_RECENT_MAX else 0
        pairs = [each for post_id, order in rows for each in (_ID.pack(post_id), f"{order:019d}")]
        args = (floor, _LIKED_SECONDS, *pairs)
        await self._cache.run(_LOAD_LIKED, (marks_key(shopper_id),), args)
