"""What manifests are written from besides a cut, and the clock they all share."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final

from media.transcoding.interfaces import Rendition, Segment

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of a film's first moment in every playlist. Films are not live: a fixed date makes the
same cut the same bytes, and the date of a cue a plain sum. hls.js ignores date ranges without."""
NOMINAL_SECONDS: Final = 3
"""EXT-X-TARGETDURATION. A constant, because it must not change while a playlist grows; segments of
about two seconds, and a last one of up to 3.5, keep to it."""
_MICROS: Final = 1_000_000

SegmentUri = Callable[[Segment], str]
"""The address of a segment, relative to the manifest or absolute."""


@dataclass(frozen=True, slots=True)
class Captions:
    """A track of captions in WebVTT for the whole film."""

    language: str
    """BCP 47."""
    label: str
    """For people."""
    uri: str
    """Of the WebVTT file itself."""
    playlist_uri: str
    """Of the media playlist around it, which HLS demands."""
    default: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """Something that happens at a moment of the film, for EXT-X-DATERANGE."""

    id: str
    class_: str
    """Reverse DNS, so that players know whose attributes follow."""
    at_ms: int
    until_ms: int | None = None
    cue: str = ""
    """`PRE,ONCE` or `POST,ONCE` of interstitials."""
    attributes: dict[str, str | float] = field(default_factory=dict[str, "str | float"])
    """`X-…` names; texts are quoted, numbers are not."""


def stamp(at_ms: int) -> str:
    """A moment of the film as a date."""
    moment = EPOCH + timedelta(milliseconds=at_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def quotable(text: str) -> str:
    """A text within the quotes of an attribute: what may not stand there is percent-encoded, so
    that `decodeURIComponent` gives the text back and Chinese stays readable. Also encoded is
    what some readers take for the end of a line."""
    return re.sub(r'[%"\x00-\x1f\x7f-\x9f\u2028\u2029]', _percent, text)


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def micros(rendition: Rendition) -> list[int]:
    """The length of each segment in microseconds, rounded so that every sum of the first n is
    within half a microsecond of the true one: rounding never adds up to a drift."""
    ends = accumulate(segment.duration for segment in rendition.segments)
    edges = [0, *(_rounded(end * _MICROS, rendition.timescale) for end in ends)]
    return [after - before for before, after in pairwise(edges)]


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def pictures(renditions: Iterable[Rendition]) -> list[Rendition]:
    """The pictures in canonical order: codec families as given by name, then from the smallest
    up. The first rung stays the first, whatever joins later."""
    found = [each for each in renditions if each.kind == "video"]
    return sorted(found, key=lambda r: (r.name[:1], r.bandwidth, r.name))


def sounds(renditions: Iterable[Rendition]) -> list[Rendition]:
    """The sounds in canonical order."""
    found = [each for each in renditions if each.kind == "audio"]
    return sorted(found, key=lambda r: (r.bandwidth, r.name))
