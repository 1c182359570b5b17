"""Addresses of what players fetch, and how long caches may keep it: pure.

    /m/{key}/index.m3u8                     pointer: whatever is newest
    /m/{key}/{version}/index.m3u8           a version: generation, cut, timeline
    /m/{key}/{version}/{rendition}.m3u8
    /m/{key}/s/{hash}.m4s                   a segment, for ever the same bytes
    /m/{key}/captions/{hash}.vtt
    /m/{key}/stills/{hash}/{name}           preview, storyboard and its sheets

The key is the id of a published video, or a token. Addresses inside manifests are relative, so that
a token reaches all that is under it.
"""

import re
from typing import Final, NamedTuple

from media.playlists.parts import DateRange
from media.timelines.interfaces import Cue
from media.transcoding.interfaces import Segment

HASH: Final = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
VERSION_PATTERN: Final = r"^[1-9][0-9]{0,8}\.[1-9][0-9]{0,8}\.(0|[1-9][0-9]{0,8})$"
_VERSION: Final = re.compile(VERSION_PATTERN.removesuffix("$") + r"\Z", re.ASCII)
_SEGMENT: Final = re.compile(r"([0-9a-f]{64})\.(m4s|mp4)\Z", re.ASCII)
_ID: Final = re.compile(r"[1-9][0-9]{0,18}\Z", re.ASCII)

TOKEN_SECONDS: Final = 900
"""Life of a token beyond the film's length: time for a pause or two before it is renewed."""
GONE_SECONDS_MAX: Final = 60
"""After this a film taken down is nowhere to be had."""
SHARED_SECONDS: Final = 30
"""How long a shared cache may answer for us; with COPY_SECONDS it stays under the bound."""
COPY_SECONDS: Final = 5
"""How long a process believes what it read of a film when no change is told."""
STALE_SECONDS: Final = 20
"""How long it goes on with that while PostgreSQL does not answer."""
PRESIGN_SECONDS: Final = 45
"""Life of an address of the object store: a player follows it at once."""
GROWING_SECONDS: Final = 1

CUE_CLASS: Final = "app.carnival.cue"
ROLL_CLASS: Final = "com.apple.hls.interstitial"


class Version(NamedTuple):
    """Of manifests."""

    generation: int
    cut: int
    timeline: int

    def __str__(self) -> str:
        return f"{self.generation}.{self.cut}.{self.timeline}"


def version_of(text: str) -> Version | None:
    """The inverse of `str`; None for what is no version."""
    return Version(*map(int, text.split("."))) if _VERSION.match(text) else None


def video_id_of(key: str) -> int | None:
    """The id that a key is; None for tokens."""
    return int(key) if _ID.match(key) else None


def segment_name(segment: Segment) -> str:
    """The last part of a segment's address. Players want an ending they know."""
    return f"{segment.hash}.{'m4s' if segment.duration else 'mp4'}"


def hash_of(name: str) -> str | None:
    """The segment that a name means."""
    found = _SEGMENT.match(name)
    return found[1] if found else None


def segment_cache(*, published: bool) -> str:
    """The bytes never change, so whoever watched may keep them. A cache in between asks again
    soon, which costs it a 304, because a film may be taken down."""
    if not published:
        return "private, max-age=31536000, immutable"
    return f"public, max-age=31536000, immutable, s-maxage={SHARED_SECONDS}, proxy-revalidate"


def manifest_cache(*, published: bool, seconds: int) -> str:
    """Short: what is taken down or has grown is known by then."""
    return f"{'public' if published else 'private'}, max-age={seconds}, must-revalidate"


def cue_range(cue: Cue) -> DateRange:
    """A cue in a playlist: without what changes from day to day, such as a price."""
    attributes: dict[str, str | float] = {
        "X-KIND": cue.kind.value,
        "X-POSITION": cue.position.value,
    }
    if cue.ref:
        attributes["X-REF"] = cue.ref
    if cue.text:
        attributes["X-TEXT"] = cue.text
    return DateRange(f"cue-{cue.id}", CUE_CLASS, cue.at, cue.until, attributes=attributes)


def roll_range(place: str, uri: str, at_ms: int, duration_ms: int | None) -> DateRange:
    """A film before (`PRE`) or after (`POST`) the film. Resuming where it was left off keeps the
    film's own time, and so its cues, where they are."""
    until = at_ms + duration_ms if duration_ms else None
    attributes: dict[str, str | float] = {"X-ASSET-URI": uri, "X-RESUME-OFFSET": 0.0}
    name = f"roll-{place.lower()}"
    return DateRange(name, ROLL_CLASS, at_ms, until, f"{place},ONCE", attributes)
