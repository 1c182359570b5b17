"""The doors of transcoding for other slices: what there is to play, and how far the rest is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a rendition in the object store, under `segment_path(hash)` for ever."""

    hash: str
    """SHA-256 of its bytes, in hexadecimal."""
    bytes: int
    duration: int
    """In ticks of the rendition's timescale; 0 for an initialisation segment."""
    start: int
    """When it is shown, in ticks from the beginning of the film."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One way to watch or to hear the whole film so far."""

    name: str
    """`v540`: a picture of that short side in H.264; `w540`: the same in AV1; `a128`: sound of
    so many kbit/s. Unique within a cut."""
    kind: Literal["video", "audio"]
    codecs: str
    """As in RFC 6381, `avc1.64001f`."""
    width: int
    """In square pixels, as shown; 0 for sound."""
    height: int
    frame_rate: Fraction | None
    """Frames a second, constant; None for sound."""
    channels: int | None
    bandwidth: int
    """Peak of any second, bits a second, with the container."""
    bandwidth_average: int
    timescale: int
    """Ticks a second."""
    init: Segment
    segments: tuple[Segment, ...]
    """Without gaps from 0. Those of all pictures begin at the same moments."""
    ssim: float | None
    """Quality beside the source at the source's size, 0 to 1; None while it is not measured."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What there is to play of a film at one version. It never changes; a newer version holds
    more: longer renditions while the first of them grow, more renditions afterwards."""

    video_id: int
    generation: int
    """Raised when the film is replaced."""
    version: int
    """From 1 in each generation."""
    complete: bool
    """Whether the renditions reach the film's end; before that a playlist is an EVENT."""
    duration_ms: int
    """Of the whole film, which the renditions may not reach yet."""
    renditions: tuple[Rendition, ...]
    """Pictures from the smallest up, then sound. Empty is impossible."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the transcoding of a film is."""

    percent: int
    """0 to 100."""
    rung: str
    """What is being made, for people: `540p`."""
    seconds_left: int | None
    """A guess from the speed so far; None before there is one."""


class Renditions(Protocol):
    """What other slices ask of transcoding."""

    async def latest(self, session: AsyncSession, video_id: int) -> Cut | None:
        """The newest version of the newest generation; None while nothing can be played."""
        ...

    async def version(
        self, session: AsyncSession, video_id: int, generation: int, version: int
    ) -> Cut | None:
        """A certain version, old or new; None when there was none."""
        ...

    async def holds(self, session: AsyncSession, video_id: int, hash_: str) -> bool:
        """Whether any version of any generation of a film names this segment, initialisation
        segments included."""
        ...

    async def progress(self, session: AsyncSession, ids: Iterable[int]) -> Mapping[int, Progress]:
        """Of those films that are being transcoded."""
        ...


def segment_path(hash_: str) -> str:
    """Where the bytes of a segment lie in the object store."""
    return f"media/segments/{hash_[:2]}/{hash_}"
