"""What a timeline must be: pure.

All times are milliseconds of the film itself. Rolls have a time of their own, so nothing here knows
how long they are.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from app.kernel.errors import FieldError
from app.kernel.text import is_visible, one_line
from media.timelines.interfaces import Cue, CueKind
from media.timelines.schemas import AT_MAX, CueInput

LASTS_MS: Final = 8_000
"""How long a moment stays unless said otherwise: long enough to read, short enough to forgive."""
LASTS_MS_MIN: Final = 500
AT_ONCE_MAX: Final = 6
"""Cues on one picture; a phone has room for no more."""
ROLL_MS_MAX: Final = 60_000
_WORD = re.compile(r"[\w.:-]{1,64}\Z")
_WORDY: Final = (CueKind.CHAPTER, CueKind.LINK)
_NAMED: Final = (CueKind.PRODUCT, CueKind.PACKET, CueKind.COUPON, CueKind.POLL)


def completed(cues: Sequence[CueInput], duration_ms: int) -> list[CueInput]:
    """Every cue with its end, and texts as they will be shown; in the order given."""
    chapters = sorted(each.at for each in cues if each.kind is CueKind.CHAPTER)
    done: list[CueInput] = []
    for each in cues:
        until = each.until
        if until is None and each.kind is CueKind.CHAPTER:
            until = next((at for at in chapters if at > each.at), duration_ms)
        elif until is None:
            until = min(each.at + LASTS_MS, duration_ms)
        done.append(
            CueInput(
                at=each.at,
                until=min(until, AT_MAX),
                kind=each.kind,
                ref=each.ref.strip(),
                position=each.position,
                text=one_line(each.text),
                id=each.id,
            )
        )
    return done


def faults(cues: Sequence[CueInput], duration_ms: int) -> list[FieldError]:
    """Everything that is wrong with completed cues, each named by its place."""
    found: list[FieldError] = []
    for number, each in enumerate(cues):
        found += _time_faults(f"/cues/{number}", each, duration_ms)
        found += _content_faults(f"/cues/{number}", each)
    known = [each.id for each in cues if each.id is not None]
    if len(known) != len(set(known)):
        found.append(FieldError("/cues", "An id may appear once"))
    return found + _crowds(cues)


def _time_faults(place: str, cue: CueInput, duration_ms: int) -> list[FieldError]:
    assert cue.until is not None
    if cue.at >= duration_ms:
        return [FieldError(f"{place}/at", f"The film ends after {duration_ms} ms")]
    if cue.until > duration_ms:
        return [FieldError(f"{place}/until", f"The film ends after {duration_ms} ms")]
    shortest = min(LASTS_MS_MIN, duration_ms)
    if cue.until - cue.at < shortest:
        return [FieldError(f"{place}/until", f"A cue stays for at least {shortest} ms")]
    return []


def _content_faults(place: str, cue: CueInput) -> list[FieldError]:
    found: list[FieldError] = []
    if cue.kind in _WORDY and not is_visible(cue.text):
        found.append(FieldError(f"{place}/text", f"A {cue.kind} needs a text"))
    if cue.kind is CueKind.CHAPTER and cue.ref:
        found.append(FieldError(f"{place}/ref", "A chapter refers to nothing"))
    if cue.kind is CueKind.LINK and not is_link(cue.ref):
        found.append(
            FieldError(f"{place}/ref", "An https address, or a path that begins with one /")
        )
    if cue.kind in _NAMED and not _WORD.match(cue.ref):
        found.append(FieldError(f"{place}/ref", f"Say which {cue.kind}: its id or code"))
    return found


def _crowds(cues: Sequence[CueInput]) -> list[FieldError]:
    """More on the picture at once than there is room for; chapters take none."""
    edges = sorted(
        (moment, step, number)
        for number, cue in enumerate(cues)
        if cue.kind is not CueKind.CHAPTER
        for moment, step in ((cue.at, 1), (cue.until or 0, -1))
    )
    shown = 0
    for moment, step, number in edges:
        shown += step
        if shown > AT_ONCE_MAX:
            words = f"At {moment} ms more than {AT_ONCE_MAX} cues would be shown at once"
            return [FieldError(f"/cues/{number}/at", words)]
    return []


def is_link(ref: str) -> bool:
    """Whether following it leads to a page and to nothing else: no script, no other host hidden
    behind two slashes or a user name."""
    if not ref.isprintable() or " " in ref or "\\" in ref:
        return False
    if ref.startswith("/"):
        return not ref.startswith("//")
    try:
        parts = urlsplit(ref)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def fitted(cues: Sequence[Cue], duration_ms: int) -> list[CueInput]:
    """What a film of this length can take over from another: without ids, as new cues. Those that
    would be too short at its end are left out."""
    return [
        CueInput(
            at=each.at,
            until=min(each.until, duration_ms),
            kind=each.kind,
            ref=each.ref,
            position=each.position,
            text=each.text,
        )
        for each in cues
        if min(each.until, duration_ms) - each.at >= min(LASTS_MS_MIN, duration_ms)
    ]
