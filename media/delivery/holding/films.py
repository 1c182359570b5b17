"""This process's copies of films: who may watch, what there is, and when copies end.

Cuts and published timelines never change, so they are kept while there is room. Whether a film is
published, and which cut is newest, is dropped when the change log says so, and read again after a
few seconds in any case: a takedown is obeyed even where the log is away.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

import structlog

from app.kernel.database import Database
from app.kernel.valkey.changes import Change, Changes
from media.delivery.rules import COPY_SECONDS, STALE_SECONDS
from media.timelines.interfaces import Timeline, Timelines
from media.transcoding.interfaces import Cut, Renditions
from media.videos.interfaces import VideoRecord, Videos

log: structlog.stdlib.BoundLogger = structlog.get_logger("delivery")
T = TypeVar("T")

KIND: Final = "film"
"""Of changes in the log."""
_FILMS_MAX: Final = 2_000
_SEGMENTS_MAX: Final = 200_000
"""In all held cuts; some 40 MB."""
_TIMELINES_MAX: Final = 500
_NAMED_MAX: Final = 50_000


class _Copies(Generic[T]):
    """Values that are right for a few seconds, or until told otherwise. Many who ask at once cause
    one reading."""

    def __init__(self, read: Callable[[int], Awaitable[T]]) -> None:
        self._read = read
        self._held: OrderedDict[int, tuple[float, T]] = OrderedDict()
        self._reading: dict[int, asyncio.Task[T]] = {}

    async def get(self, id_: int) -> T:
        held = self._held.get(id_)
        age = time.monotonic() - held[0] if held else float("inf")
        if held and age < COPY_SECONDS:
            return held[1]
        task = self._reading.get(id_)
        if task is None:
            task = self._reading[id_] = asyncio.create_task(self._fetch(id_))
            task.add_done_callback(lambda done: self._done(id_, done))
        try:
            return await asyncio.shield(task)
        except Exception as error:
            if held is None or age > STALE_SECONDS or id_ not in self._held:
                raise
            log.warning("film_not_read", video=id_, error=repr(error))
            return held[1]

    async def _fetch(self, id_: int) -> T:
        begun = time.monotonic()
        value = await self._read(id_)
        # only the reading that is still wanted may leave its value: see `drop`
        if self._reading.get(id_) is asyncio.current_task():
            self._held[id_] = begun, value
            self._held.move_to_end(id_)
            if len(self._held) > _FILMS_MAX:
                self._held.popitem(last=False)
        return value

    def _done(self, id_: int, task: "asyncio.Task[T]") -> None:
        if self._reading.get(id_) is task:
            del self._reading[id_]
        if not task.cancelled():
            task.exception()

    def drop(self, id_: int) -> None:
        self._held.pop(id_, None)
        self._reading.pop(id_, None)

    def clear(self) -> None:
        self._held.clear()
        self._reading.clear()


class FilmBook:
    """What delivery knows of films. Listens to the change log."""

    def __init__(
        self,
        *,
        database: Database,
        videos: Videos,
        renditions: Renditions,
        timelines: Timelines,
        changes: Changes,
    ) -> None:
        self._database = database
        self._videos = videos
        self._renditions = renditions
        self._timelines = timelines
        self._changes = changes
        self._films = _Copies(self._read_film)
        self._newest = _Copies(self._read_newest)
        self._current = _Copies(self._read_current)
        self._cuts: OrderedDict[tuple[int, int, int], tuple[Cut, frozenset[str]]] = OrderedDict()
        self._segments = 0
        self._versions: OrderedDict[tuple[int, int], Timeline] = OrderedDict()
        self._named: OrderedDict[tuple[int, str], None] = OrderedDict()

    async def film(self, video_id: int) -> VideoRecord | None:
        """The video as of a few seconds ago at most."""
        return await self._films.get(video_id)

    async def newest(self, video_id: int) -> Cut | None:
        """The newest cut of the film that is watched."""
        return await self._newest.get(video_id)

    async def current(self, video_id: int) -> int:
        """The timeline's version that new viewers get."""
        return await self._current.get(video_id)

    async def cut(self, video_id: int, generation: int, version: int) -> Cut | None:
        """A certain cut, old or new."""
        key = video_id, generation, version
        held = self._cuts.get(key)
        if held is not None:
            self._cuts.move_to_end(key)
            return held[0]
        async with self._database.reading() as session:
            cut = await self._renditions.version(session, video_id, generation, version)
        if cut is not None:
            self._keep(cut)
        return cut

    async def timeline(self, video_id: int, version: int) -> Timeline | None:
        """A published timeline, old or new."""
        key = video_id, version
        held = self._versions.get(key)
        if held is None:
            async with self._database.reading() as session:
                held = await self._timelines.version(session, video_id, version)
            if held is not None:
                self._versions[key] = held
                if len(self._versions) > _TIMELINES_MAX:
                    self._versions.popitem(last=False)
        return held

    async def names(self, video_id: int, hash_: str) -> bool:
        """Whether a segment belongs to any cut of this film. Without I/O for cuts in use."""
        if (video_id, hash_) in self._named:
            return True
        newest = await self.newest(video_id)
        held = self._cuts.get((video_id, newest.generation, newest.version)) if newest else None
        if held is not None and hash_ in held[1]:
            return True
        async with self._database.reading() as session:
            found = await self._renditions.holds(session, video_id, hash_)
        if found:
            self._named[video_id, hash_] = None
            if len(self._named) > _NAMED_MAX:
                self._named.popitem(last=False)
        return found

    async def tell(self, video_id: int) -> None:
        """Something about a film changed: every process reads it again."""
        self._drop(video_id)
        await self._changes.append(KIND, video_id)

    def changed(self, change: Change) -> None:
        """See `Listener`."""
        if change.kind == KIND:
            self._drop(change.id)

    def reset(self) -> None:
        """See `Listener`."""
        for copies in (self._films, self._newest, self._current):
            copies.clear()

    def _drop(self, video_id: int) -> None:
        for copies in (self._films, self._newest, self._current):
            copies.drop(video_id)

    def _keep(self, cut: Cut) -> None:
        key = cut.video_id, cut.generation, cut.version
        if key in self._cuts:
            return
        hashes = frozenset(
            segment.hash for each in cut.renditions for segment in (each.init, *each.segments)
        )
        self._cuts[key] = cut, hashes
        self._segments += len(hashes)
        while self._segments > _SEGMENTS_MAX and len(self._cuts) > 1:
            _, (_, dropped) = self._cuts.popitem(last=False)
            self._segments -= len(dropped)

    async def _read_film(self, video_id: int) -> VideoRecord | None:
        async with self._database.reading() as session:
            return await self._videos.get(session, video_id)

    async def _read_newest(self, video_id: int) -> Cut | None:
        async with self._database.reading() as session:
            cut = await self._renditions.latest(session, video_id)
        if cut is not None:
            self._keep(cut)
        return cut

    async def _read_current(self, video_id: int) -> int:
        async with self._database.reading() as session:
            return await self._timelines.current(session, video_id)
