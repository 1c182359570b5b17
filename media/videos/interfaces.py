"""The doors of videos for other slices, and what it asks of those above."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.structs import Id, Timestamp, View
from media.images.interfaces import ImageView
from media.inspection.source import Source


class VideoState(StrEnum):
    """How far the newest generation of a video has come."""

    RECEIVED = "received"
    """Its bytes are whole."""
    INSPECTING = "inspecting"
    REFUSED = "refused"
    """It is no film that can be used; `refusal` says why."""
    WAITING = "waiting"
    """Accepted; encoding has not begun."""
    TRANSCODING = "transcoding"
    """Being encoded; the first rendition may be there already."""
    READY = "ready"
    FAILED = "failed"
    """Encoding did not succeed; `refusal` says what is known."""


class Visibility(StrEnum):
    """Who may watch."""

    DRAFT = "draft"
    """Its owner, by signed addresses."""
    REVIEW = "review"
    """As draft; a shopper asked for publication, the operator has not said yet."""
    PUBLISHED = "published"
    """Everybody."""
    WITHDRAWN = "withdrawn"
    """As draft, after having been published."""
    TAKEN_DOWN = "taken_down"
    """Nobody."""


@dataclass(frozen=True)
class Refusal:
    """Why a film cannot be used."""

    reason: str
    """Stable: what clients say in their own language."""
    words: str
    """For who has no better ones: what is wrong, and what to do."""


@dataclass(frozen=True)
class VideoRecord:
    """A video as slices see it."""

    id: int
    owner_id: int
    """A brand, or the shopper who uploaded it."""
    by_shopper: bool
    live: bool
    """False for what a test key uploaded."""
    title: str
    state: VideoState
    visibility: Visibility
    generation: int
    """Of the newest film put here: 1, and one more with every replacement."""
    shown_generation: int | None
    """Of the film that is watched: the newest of which something can be. None before the first."""
    source: Source | None
    """What the newest film holds, once it passed inspection."""
    original: str
    """The newest film's path in the object store."""
    hash: str
    """SHA-256 of the newest film, hexadecimal."""
    bytes: int
    duration_ms: int | None
    """Of the film that is watched, else of the newest."""
    refusal: Refusal | None
    published_at: datetime | None


class CaptionView(View):
    """A track of captions."""

    language: str
    """A BCP 47 tag."""
    label: str
    url: str


class VideoProgress(View):
    """How far encoding has come."""

    percent: int
    rung: str | None = None
    """What is being made: v360, v540 …"""
    seconds_left: int | None = None


class VideoView(View):
    """A video as clients see it."""

    id: Id
    owner_id: Id
    title: str
    state: VideoState
    visibility: Visibility
    refusal: str | None
    """Why it cannot be used, or was not published, for its owner."""
    refusal_reason: str | None
    """The same in a stable word, for saying it in another language: `too_long`, `damaged` …; none
    where `refusal` is what an operator wrote."""
    duration_ms: int | None
    width: int | None
    """As shown, in pixels."""
    height: int | None
    progress: VideoProgress | None
    poster: ImageView | None
    preview: str | None
    """Address of a short silent film."""
    storyboard: str | None
    """Address of a WebVTT file of thumbnails."""
    hls: str | None
    """Address of the multivariant playlist, as soon as something can be watched."""
    dash: str | None
    captions: list[CaptionView]
    published_at: Timestamp | None


@dataclass(frozen=True, kw_only=True)
class VideoPart:
    """What one slice adds to a view; the rest of the fields are left to others."""

    progress: VideoProgress | None = None
    poster: ImageView | None = None
    preview: str | None = None
    storyboard: str | None = None
    hls: str | None = None
    dash: str | None = None
    captions: Sequence[CaptionView] = ()


class VideoParts(Protocol):
    """Asked of slices that make parts of a video; each registers one with `PartsRegistry`."""

    async def parts(
        self, session: AsyncSession, records: Sequence[VideoRecord], viewer: Actor | None
    ) -> Mapping[int, VideoPart]:
        """What there is of these videos, by id, in few queries. Every one of them may be seen by
        the viewer: that was checked."""
        ...


class PartsRegistry(Protocol):
    """Where slices that make parts of videos say so, while being wired."""

    def add(self, provider: VideoParts) -> None:
        """Ask it for every view from now on."""
        ...


class Videos(Protocol):
    """What other slices do with videos."""

    async def get(self, session: AsyncSession, video_id: int) -> VideoRecord | None:
        """The video, whoever owns it."""
        ...

    async def hold(self, tx: Transaction, video_id: int) -> VideoRecord | None:
        """The video, which nobody deletes or takes down before the transaction ends: what is added
        to it now, whoever deletes it finds. None where it is deleted."""
        ...

    async def load(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, VideoRecord]:
        """Those that exist, whoever owns them, in one query."""
        ...

    async def manageable(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        """The video, for whoever may change it: its shopper, its brand's owner and operations, keys
        with the scope `videos:write`, operators. Raises VideoNotFound, Forbidden."""
        ...

    async def readable(self, session: AsyncSession, actor: Actor, video_id: int) -> VideoRecord:
        """The video, for whoever may see its drafts and figures: those who may change it, and keys
        with the scope `videos:read`. Raises VideoNotFound, Forbidden."""
        ...

    async def views(
        self, session: AsyncSession, ids: Iterable[int], viewer: Actor | None
    ) -> dict[int, VideoView]:
        """Those that the viewer may see: published and with something to watch, or the viewer's
        own to manage."""
        ...

    async def advance(
        self,
        tx: Transaction,
        video_id: int,
        generation: int,
        state: VideoState,
        *,
        refusal: Refusal | None = None,
    ) -> bool:
        """Note how far a generation is. False, and nothing done, where it is no longer the newest
        or has come further already: stop working on it. `refusal` says why it failed."""
        ...

    async def show(self, tx: Transaction, video_id: int, generation: int) -> bool:
        """From now on this generation is watched: its first rendition is there. False where a later
        one is shown already."""
        ...

    async def create(self, tx: Transaction, original: "Original", title: str) -> int:
        """A new video of a whole film in the object store, which goes the same way as an upload:
        inspection, encoding. Returns its id."""
        ...

    async def replace(self, tx: Transaction, video_id: int, original: "Original") -> int:
        """Put a film in the place of the present one, as `POST …/replace` does. Returns its
        generation. Raises VideoNotFound."""
        ...


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """A whole film in the object store, and to whom it belongs."""

    path: str
    bytes: int
    hash: str
    """SHA-256, hexadecimal."""
    owner_id: int
    by_shopper: bool
    live: bool = True
