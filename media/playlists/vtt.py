"""WebVTT of metadata: what happens when, for players that know text tracks and nothing of ours."""

from collections.abc import Iterable
from dataclasses import dataclass

MEDIA_TYPE = "text/vtt; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Note:
    """One cue of a metadata track."""

    id: str
    at_ms: int
    until_ms: int
    payload: bytes
    """JSON on one line."""


def metadata(notes: Iterable[Note]) -> str:
    """The track, in the order of time.

    An arrow in a payload would end the cue for strict parsers; in JSON it can be written so that
    it does not appear.
    """
    blocks = ["WEBVTT"]
    for note in sorted(notes, key=lambda n: (n.at_ms, n.until_ms, n.id)):
        payload = note.payload.decode().replace(">", "\\u003e")
        assert "\n" not in payload
        assert "\r" not in payload
        blocks.append(f"{note.id}\n{clock(note.at_ms)} --> {clock(note.until_ms)}\n{payload}")
    return "\n\n".join(blocks) + "\n"


def clock(at_ms: int) -> str:
    """`01:02:03.004`."""
    seconds, milli = divmod(at_ms, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}.{milli:03d}"
