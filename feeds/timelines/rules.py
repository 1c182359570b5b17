"""How timelines are packed, ordered and merged: pure functions.

An entry is 21 bytes: when the post was published (5 bytes, milliseconds since 2024-01-01), its id
(8) and its author (8), big-endian, so that bytes compare as (published_at, id) does. In a list of
Valkey that costs 23 bytes and a share of the node; as scores of a sorted set 64-bit ids would
lose precision and cost 76.

A *window* is what one source (a timeline, an author's outbox) knows below some position. It
vouches for everything down to its `reach`, and for all of history when `reach` is None. A merge is
certain only where every source vouches: below that the caller asks again, or asks SQL.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from struct import Struct

import msgspec

from app.kernel.ids import EPOCH

ENTRY_BYTES = 21
POSITION_BYTES = 13
END = b"$"
"""The last element of a timeline that holds all of its history. Trimming cuts it off, so a list
says by itself whether it is complete."""
TOP = b"\xff" * POSITION_BYTES
"""Above every position: where a first page begins."""

EPOCH_MS = round(EPOCH.timestamp() * 1000)
"""Places count milliseconds from here."""
_PUBLISHED_MS_MAX = (1 << 40) - 1
_TAIL = Struct(">QQ")
_ID = Struct(">Q")
_MS = timedelta(milliseconds=1)


def published_ms(published_at: datetime) -> int:
    """Milliseconds since 2024-01-01, the resolution of the feed's order."""
    ms = (published_at - EPOCH) // _MS
    assert 0 <= ms <= _PUBLISHED_MS_MAX, published_at
    return ms


def published_at_of(ms: int) -> datetime:
    """The inverse of `published_ms`."""
    return EPOCH + timedelta(milliseconds=ms)


def pack_entry(published_at: datetime, post_id: int, author_id: int) -> bytes:
    """The 21 bytes of a post in a timeline."""
    return published_ms(published_at).to_bytes(5) + _TAIL.pack(post_id, author_id)


def pack_position(ms: int, post_id: int) -> bytes:
    """The 13 bytes an entry of that moment and id begins with."""
    return ms.to_bytes(5) + _ID.pack(post_id)


def unpack_position(position: bytes) -> tuple[int, int]:
    """Milliseconds since 2024-01-01 and the post's id, of a position or an entry."""
    return int.from_bytes(position[:5]), int.from_bytes(position[5:POSITION_BYTES])


def position_of(entry: bytes) -> bytes:
    """Where an entry stands."""
    return entry[:POSITION_BYTES]


def posts_of(entries: Sequence[bytes]) -> Sequence[int]:
    """The posts' ids."""
    return _posts_of(len(entries)).unpack(b"".join(entries))


@lru_cache(maxsize=1_024)
def _posts_of(count: int) -> Struct:
    return Struct(">" + "5xQ8x" * count)


def author_of(entry: bytes) -> int:
    """The author's id."""
    return int.from_bytes(entry[13:])


def pack_id(id_: int) -> bytes:
    """An id as a member of a set: 8 bytes."""
    return _ID.pack(id_)


def split(packed: bytes, size: int = ENTRY_BYTES) -> list[bytes]:
    """Joined entries (or ids) taken apart."""
    return [packed[at : at + size] for at in range(0, len(packed), size)]


class Window(msgspec.Struct, frozen=True):
    """Entries of one source below a position, newest first."""

    entries: Sequence[bytes]
    reach: bytes | None
    """The oldest position vouched for; None when nothing older exists."""


NOTHING = Window((), None)
"""A source without any history."""


def window_below(entries: Sequence[bytes], complete: bool, below: bytes, count: int) -> Window:
    """The next `count` entries of a source held in memory (newest first).

    A source that was cut off and has nothing left below gives an empty window whose reach is the
    position itself: it vouches for nothing.
    """
    start = bisect_right(entries, descending(below), key=descending)
    chunk = entries[start : start + count]
    if start + count >= len(entries) and complete:
        return Window(chunk, None)
    return Window(chunk, position_of(chunk[-1]) if chunk else below)


def merge(windows: Iterable[Window]) -> Window:
    """All entries the windows are sure of together, newest first, each once."""
    held = list(windows)
    if len(held) == 1:
        return held[0]
    reaches = [window.reach for window in held if window.reach is not None]
    reach = max(reaches) if reaches else None
    merged: list[bytes] = []
    last = b""
    for entry in heapq.merge(*(window.entries for window in held), reverse=True):
        if reach is not None and entry[:POSITION_BYTES] < reach:
            break
        if entry != last:
            merged.append(entry)
            last = entry
    return Window(merged, reach)


def descending(entry: bytes) -> int:
    """A key for bisect: ascending where positions descend. Takes entries and positions."""
    return -int.from_bytes(entry[:POSITION_BYTES])
