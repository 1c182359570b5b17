"""Outboxes: the newest posts of pulled authors, held in each process and merged at reading.

An author with very many followers is not pushed to each of them. The log of changes keeps the
copies honest: an entry of kind `OUTBOX_CHANGED` names the author and carries the post's entry.
What SQL says is kept only if no such entry came while it was read.
"""

import asyncio
import hashlib
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from app.kernel.valkey.changes import Change
from feeds.timelines.rules import ENTRY_BYTES, descending, pack_id

OUTBOX_CHANGED = "outbox"
_BOXES_MAX = 1_000
_TRIES_MAX = 3

T = TypeVar("T")


@dataclass(slots=True)
class Outbox:
    """Entries of one author, newest first; `complete` when nothing older exists."""

    entries: list[bytes]
    complete: bool


@dataclass(frozen=True, slots=True)
class PulledAuthors:
    """All authors whose posts are pulled, and a fingerprint of the set."""

    ids: frozenset[int]
    generation: bytes

    @classmethod
    def of(cls, ids: frozenset[int]) -> "PulledAuthors":
        """The set with its fingerprint: the same in every process."""
        packed = b"".join(pack_id(each) for each in sorted(ids))
        return cls(ids, hashlib.blake2b(packed, digest_size=8).digest())


class Outboxes:
    """A listener of the log of changes; sync the log before asking."""

    def __init__(
        self,
        load_outbox: Callable[[int], Awaitable[Outbox]],
        load_authors: Callable[[], Awaitable[frozenset[int]]],
        *,
        items_max: int,
    ) -> None:
        self._load_outbox = load_outbox
        self._load_authors = load_authors
        self._items_max = items_max
        self._authors: PulledAuthors | None = None
        self._boxes: OrderedDict[int, Outbox] = OrderedDict()
        self._loading: dict[int, asyncio.Task[Any]] = {}
        self.version = 0
        """Raised by whatever may change an answer."""

    def changed(self, change: Change) -> None:
        """A pulled author published."""
        if change.kind != OUTBOX_CHANGED:
            return
        self.version += 1
        if self._authors is not None and change.id not in self._authors.ids:
            self._authors = PulledAuthors.of(self._authors.ids | {change.id})
        box = self._boxes.get(change.id)
        if box is None or len(change.payload) != ENTRY_BYTES:
            return
        at = bisect_left(box.entries, descending(change.payload), key=descending)
        if change.payload not in box.entries[at : at + 1]:
            box.entries.insert(at, change.payload)
        if len(box.entries) > self._items_max:
            del box.entries[self._items_max :]
            box.complete = False

    def reset(self) -> None:
        """Changes may have been missed."""
        self.version += 1
        self._authors = None
        self._boxes.clear()

    async def authors(self) -> PulledAuthors:
        """Who is pulled."""
        if self._authors is not None:
            return self._authors
        return await self._once(0, self._fetch_authors)

    async def of(self, author_id: int) -> Outbox:
        """The outbox of an author."""
        box = self._boxes.get(author_id)
        if box is not None:
            self._boxes.move_to_end(author_id)
            return box
        return await self._once(author_id, lambda: self._fetch_outbox(author_id))

    async def _fetch_authors(self) -> PulledAuthors:
        for _ in range(_TRIES_MAX):
            before = self.version
            found = PulledAuthors.of(await self._load_authors())
            if self.version == before:
                self._authors = found
                return found
        return PulledAuthors.of(await self._load_authors())

    async def _fetch_outbox(self, author_id: int) -> Outbox:
        for _ in range(_TRIES_MAX):
            before = self.version
            box = await self._load_outbox(author_id)
            if self.version == before:
                self._boxes[author_id] = box
                while len(self._boxes) > _BOXES_MAX:
                    self._boxes.popitem(last=False)
                return box
        return await self._load_outbox(author_id)

    async def _once(self, name: int, fetch: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Readers who come while SQL is asked share the answer; one who leaves stops nobody."""
        task = self._loading.get(name)
        if task is None:
            task = self._loading[name] = asyncio.create_task(fetch())
            task.add_done_callback(lambda _: self._loading.pop(name, None))
        return await asyncio.shield(task)
