"""The composition root: what one process owns, and how slices plug into it.

A slice's `plugin.py` holds `slice_ = Slice(name, wire)`. `wire(house)` builds the slice's objects
once, offers its doors to others and returns what it adds to the process.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.events import Events
from app.kernel.http.cursors import Cursors
from app.kernel.http.hot import HotEndpoint
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.ids import Ids
from app.kernel.jobs import Jobs, Task
from app.kernel.metrics import Metrics
from app.kernel.objects import Objects
from app.kernel.settings import Settings
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.settle import Settler

T = TypeVar("T")


class Doors:
    """How slices reach each other: by Protocol, never by class."""

    def __init__(self) -> None:
        self._doors: dict[type, object] = {}

    def provide(self, door: type[T], implementation: T) -> None:
        """Offer an implementation of a Protocol, once."""
        assert door not in self._doors, f"{door.__name__} has two implementations"
        self._doors[door] = implementation

    def get(self, door: type[T]) -> T:
        """The implementation; slices are wired from the lowest floor up, so it is there."""
        return cast("T", self._doors[door])

    def find(self, door: type[T]) -> T | None:
        """The implementation that a floor above may register, once all slices are wired."""
        return cast("T | None", self._doors.get(door))


@dataclass
class House:
    """Everything a slice may build on."""

    settings: Settings
    database: Database
    live: Valkey
    cache: Valkey
    changes: Changes
    objects: Objects
    ids: Ids
    clock: Clock
    events: Events
    jobs: Jobs
    metrics: Metrics
    cursors: Cursors
    doors: Doors = field(default_factory=Doors)


Lifespan = Callable[[], AbstractAsyncContextManager[Any]]
Audit = Callable[[], Awaitable[Sequence[str]]]
"""Returns a sentence for every broken invariant; none means all holds."""


@dataclass(frozen=True)
class Wiring:
    """What a slice adds to a process."""

    routes: Sequence[ControllerRouterHandler] = ()
    dependencies: Mapping[str, Provide] = field(default_factory=dict[str, Provide])
    hot: Sequence[HotEndpoint] = ()
    """One declaration, a hot and a plain handler."""
    files: Sequence[FileEndpoint] = ()
    """The same of files."""
    tasks: Sequence[Task] = ()
    settlers: Sequence[Settler] = ()
    """Of the kinds of decisions this slice makes."""
    web_lifespan: Sequence[Lifespan] = ()
    worker_lifespan: Sequence[Lifespan] = ()
    audits: Mapping[str, Audit] = field(default_factory=dict[str, Audit])
    rebuilds: Mapping[str, Callable[[], Awaitable[int]]] = field(
        default_factory=dict[str, Callable[[], Awaitable[int]]]
    )
    """Live state made again from SQL; each returns how many things it rebuilt."""


@dataclass(frozen=True)
class Slice:
    """A capability: its name and how it is wired."""

    name: str
    wire: Callable[[House], Wiring]
