"""Timelines in the cache Valkey: three keys a shopper, all in the shopper's bucket.

timeline  a list of entries, newest first, at most `items_max` and a little; `rules.END` at its
          tail while it holds all of history
state     a hash: ready or building, token, flags, pulled authors, hour of the last use
graph     a set: allowed authors, hidden posts (h…), blocked accounts (b…), and "-"

Any of them may be evicted: a script that misses one says "missing", never "empty". Whatever
changes one of them breaks the shopper's seal.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import compress
from typing import Any

import msgspec

from app.kernel.valkey.client import Valkey
from app.kernel.valkey.keys import bucket_key, by_bucket, key
from app.kernel.valkey.scripts import Script
from app.kernel.valkey.seals import SEAL_SECONDS, new_seal, seal_key, seal_prefix
from feeds.posts.interfaces import Marks
from feeds.timelines.rules import (
    END,
    NOTHING,
    POSITION_BYTES,
    TOP,
    Window,
    pack_id,
    position_of,
    split,
)

_FOLDER = "feeds/timelines/lua"
_READ = Script.load(f"{_FOLDER}/read_timeline.lua")
_PUSH = Script.load(f"{_FOLDER}/push_post.lua")
_BEGIN = Script.load(f"{_FOLDER}/begin_rebuild.lua")
_FINISH = Script.load(f"{_FOLDER}/finish_rebuild.lua")
_CHOOSE = Script.load(f"{_FOLDER}/choose_pulled.lua")

_TIMELINE = "tl"
_LEASE_MS = 5_000
_UNFINISHED_SECONDS = 600
_SLACK_SHARE = 25
"""A list may grow by a 25th beyond its bound before it is cut: cutting is not paid at each push."""
_SHOPPERS_A_CALL = 500
"""Timelines one script touches, so that it never holds the server for a millisecond."""


class Claim(IntEnum):
    """Answers of begin_rebuild."""

    CLAIMED = 1
    READY = 2
    BUSY = 3


class State(IntEnum):
    """Answers of read_timeline."""

    MISSING = 0
    BUILDING = 1
    PAGE = 2


class Reading(msgspec.Struct, frozen=True):
    """What the script said; the rest means something with PAGE only."""

    state: State
    seal: bytes | None = None
    """The shopper's; None when it was not asked for."""
    window: Window = NOTHING
    flags: bytes = b""
    pulled: bytes | None = None
    """Chosen pulled authors, joined; None when they must be chosen again."""
    out: Sequence[int] = ()
    """Places of entries that are not for the shopper: of authors they left, and of hidden posts."""
    marks: Marks | None = None
    """Of the entries' posts."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What SQL said of a shopper's feed at a rebuild."""

    entries: Sequence[bytes]
    complete: bool
    allowed: Iterable[int]
    hidden: Iterable[int]
    blocked: Iterable[int]


class TimelineStore:
    """One method a script."""

    def __init__(self, cache: Valkey, *, items_max: int, life_days: int) -> None:
        self._cache = cache
        self._items_max = items_max
        self._life_seconds = life_days * 86_400

    def read(
        self,
        shopper_id: int,
        below: bytes,
        wanted: int,
        hour: int,
        generation: bytes,
        *,
        sealed: bool = False,
        marks_key: str | None = None,
    ) -> "asyncio.Future[Any]":
        """Ask for a page; it leaves with this turn's pipeline. `reading_of` explains the reply.
        `sealed`: with the shopper's seal, under which what is made of the page may be held;
        `marks_key`: with marks of its posts, see `Engagement`."""
        position = b"" if below == TOP else below[:POSITION_BYTES]
        seal = new_seal() if sealed else b""
        args = (position, wanted, hour, self._life_seconds, generation, seal, SEAL_SECONDS)
        keys = (*keys_of(shopper_id), seal_key(shopper_id))
        return self._cache.run(_READ, keys if marks_key is None else (*keys, marks_key), args)

    async def push(self, entry: bytes, shopper_ids: Iterable[int]) -> int:
        """Put an entry into the timelines of those who have one. Returns how many took it."""
        args = (entry, self._items_max, self._items_max // _SLACK_SHARE)
        calls: list[asyncio.Future[int]] = []
        for bucket, group in by_bucket(shopper_ids).items():
            timelines, seals = bucket_key(bucket, _TIMELINE, ""), seal_prefix(bucket)
            for at in range(0, len(group), _SHOPPERS_A_CALL):
                shoppers = [str(each) for each in group[at : at + _SHOPPERS_A_CALL]]
                keys = [timelines + each for each in shoppers]
                keys += [seals + each for each in shoppers]
                calls.append(self._cache.run(_PUSH, keys, args))
        return sum(await asyncio.gather(*calls)) if calls else 0

    async def begin(self, shopper_id: int, token: bytes) -> Claim:
        """Claim a rebuild."""
        args = (token, _LEASE_MS, _UNFINISHED_SECONDS)
        return Claim(await self._cache.run(_BEGIN, keys_of(shopper_id), args))

    async def finish(self, shopper_id: int, token: bytes, hour: int, loaded: Loaded) -> bool:
        """Merge and open; False when the token was taken away meanwhile."""
        args = (
            token,
            self._items_max,
            self._life_seconds,
            hour,
            int(loaded.complete),
            b"".join(loaded.entries),
            _joined(loaded.allowed),
            _joined(loaded.hidden),
            _joined(loaded.blocked),
        )
        keys = (*keys_of(shopper_id), seal_key(shopper_id))
        return await self._cache.run(_FINISH, keys, args) == 1

    async def choose(
        self, shopper_id: int, generation: bytes, authors: Iterable[int]
    ) -> list[int] | None:
        """Note which pulled authors the shopper may see; None when the timeline is gone."""
        keys = (_state(shopper_id), _graph(shopper_id))
        reply = await self._cache.run(_CHOOSE, keys, (generation, _joined(authors)))
        return None if reply is None else ids_of(reply)

    async def blocked(self, shopper_id: int, accounts: Sequence[int]) -> frozenset[int] | None:
        """Which of these accounts are blocked; None when not known."""
        return await self._noted(shopper_id, b"b", accounts)

    async def _noted(
        self, shopper_id: int, how: bytes, ids: Sequence[int]
    ) -> frozenset[int] | None:
        members = [how + pack_id(each) for each in ids]
        reply = await self._cache.call("SMISMEMBER", _graph(shopper_id), "-", *members)
        return frozenset(compress(ids, reply[1:])) if reply[0] else None

    async def hidden(self, shopper_id: int, posts: Sequence[int]) -> frozenset[int] | None:
        """Which of these posts are hidden; None when not known."""
        return await self._noted(shopper_id, b"h", posts)

    async def drop(self, shopper_ids: Iterable[int]) -> None:
        """Forget timelines; a rebuild under way will not finish."""
        await asyncio.gather(
            *(self._cache.call("UNLINK", *keys_of(each), seal_key(each)) for each in shopper_ids)
        )


def reading_of(reply: list[Any], below: bytes) -> Reading:
    """The reply of read_timeline as a value, asked for what lies below a position."""
    state = State(reply[0])
    if state is not State.PAGE:
        return Reading(state)
    _, seal, flags, pulled, entries, out, marks = reply
    if entries and entries[-1] == END:
        return Reading(state, seal, Window(entries[:-1], None), flags, pulled, out, marks)
    reach = position_of(entries[-1]) if entries else below
    return Reading(state, seal, Window(entries, reach), flags, pulled, out, marks)


def ids_of(packed: bytes) -> list[int]:
    """Joined 8-byte ids taken apart."""
    return [int.from_bytes(each) for each in split(packed, 8)]


def _joined(ids: Iterable[int]) -> bytes:
    return b"".join(map(pack_id, ids))


def _timeline(shopper_id: int) -> str:
    return key(shopper_id, _TIMELINE, shopper_id)


def _state(shopper_id: int) -> str:
    return key(shopper_id, "tl-state", shopper_id)


@lru_cache(maxsize=65_536)
def _graph(shopper_id: int) -> str:
    return key(shopper_id, "tl-graph", shopper_id)


@lru_cache(maxsize=65_536)
def keys_of(shopper_id: int) -> tuple[str, str, str]:
    """Timeline, state and graph of a shopper."""
    return _timeline(shopper_id), _state(shopper_id), _graph(shopper_id)
