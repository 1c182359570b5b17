"""What delivery asks of others, and the document that players begin with."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.structs import Id, Timestamp, View
from media.images.interfaces import ImageView
from media.timelines.interfaces import TimelineView
from media.videos.interfaces import CaptionView, VideoRecord, VideoState, Visibility


class CaptionTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A WebVTT file in the object store."""

    language: str
    """BCP 47; one track a language."""
    label: str
    path: str
    """In the object store."""
    hash: str
    """SHA-256 of the file, hexadecimal: its address."""
    default: bool = False


class CaptionTracks(Protocol):
    """The captions of films; whoever keeps them provides this door."""

    async def tracks(self, session: AsyncSession, video_id: int) -> Sequence[CaptionTrack]:
        """Those of the film that is watched, in a constant order."""
        ...


PREVIEW_NAME: Final = "preview.mp4"
STORYBOARD_NAME: Final = "storyboard.vtt"


class StillFile(NamedTuple):
    """A file in the object store."""

    path: str
    media_type: str


class StillFiles(Protocol):
    """Previews and storyboards of films; whoever makes them provides this door. The files of a film
    lie under one hash, and name each other relative to it."""

    async def shown(
        self, session: AsyncSession, records: Sequence[VideoRecord]
    ) -> Mapping[int, str]:
        """The hash for each of these videos, by id, as far as they have any."""
        ...

    async def file(
        self, session: AsyncSession, video_id: int, hash_: str, name: str
    ) -> StillFile | None:
        """One of a video's files; None for what is not of this video."""
        ...


class FirstSegment(View):
    """Where a rendition begins, for players that fetch it before it is asked for."""

    rendition: str
    codecs: str
    bandwidth: int
    """Bits a second, at the peak."""
    width: int
    """0 for sound."""
    height: int
    init: str
    first: str
    bytes: int
    """Of both together."""


class PlayView(View):
    """Everything a player needs to begin, in one answer."""

    video_id: Id
    version: str
    """Of the manifests: generation, cut and timeline. It stays what it is while somebody watches;
    ask with `?version=` for a fresh token to go on with."""
    title: str
    state: VideoState
    visibility: Visibility
    duration_ms: int
    width: int
    height: int
    complete: bool
    """False while the film is still being made: the playlist grows, and reaches the end."""
    hls: str
    dash: str | None
    """None while the film grows."""
    cues: str
    """Address of the cues as a WebVTT metadata track; `timeline` has them with prices."""
    timeline: TimelineView
    poster: ImageView | None
    preview: str | None
    storyboard: str | None
    captions: list[CaptionView]
    segments: list[FirstSegment]
    """The smallest picture first, then larger ones, then sound."""
    expires_at: Timestamp | None
    """When the addresses of an unpublished video end; None for published ones."""
