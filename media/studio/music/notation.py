"""Reads what scores are written in: numbered melodies, names of chords, patterns."""

import re
from typing import Final, NamedTuple

SIXTEENTHS_PER_BAR: Final = 16
_DEGREES = (0, 2, 4, 5, 7, 9, 11)
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_KINDS: Final[dict[str, tuple[int, ...]]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 14),
    "m9": (0, 3, 7, 10, 14),
    "add9": (0, 4, 7, 14),
    "sus4": (0, 5, 7),
}
_CHORD = re.compile(r"([A-G][#b]?)([a-z0-9]*)(?:/([A-G][#b]?))?\Z")
_NOTE = re.compile(r"([1-7])([',]*)\Z")


class Chord(NamedTuple):
    """Pitch classes, and the bass's."""

    classes: tuple[int, ...]
    bass: int
    fifth: int

    def voiced(self, low: int) -> tuple[int, ...]:
        """Its notes within the octave above `low`: neighbours move little from chord to chord."""
        return tuple(sorted({low + (each - low) % 12 for each in self.classes}))


class Note(NamedTuple):
    """A note of a melody, in sixteenths from the start of its bar."""

    start: int
    length: int
    pitch: int


def chord(name: str) -> Chord:
    """`Bm7`, `A/C#`. Raises ValueError for what is no chord."""
    found = _CHORD.match(name)
    if found is None or found[2] not in _KINDS:
        raise ValueError(f"{name} is no chord that is played here")
    root = _class(found[1])
    classes = tuple((root + step) % 12 for step in _KINDS[found[2]])
    return Chord(classes, _class(found[3]) if found[3] else root, (root + 7) % 12)


def chords_of(bar: str) -> tuple[tuple[int, Chord], ...]:
    """The chords of a bar, and on which sixteenth each begins."""
    names = bar.split()
    step = SIXTEENTHS_PER_BAR // len(names)
    return tuple((step * place, chord(name)) for place, name in enumerate(names))


def melody_of(bar: str, tonic: int) -> tuple[Note, ...]:
    """The notes of a bar of eighths. Raises ValueError for a bar that is not full."""
    eighths = bar.split()
    if len(eighths) != 8:
        raise ValueError(f"a bar has eight eighths: {bar}")
    notes: list[Note] = []
    for place, sign in enumerate(eighths):
        if sign == "-" and notes:
            notes[-1] = notes[-1]._replace(length=notes[-1].length + 2)
        elif sign not in ("-", "0"):
            notes.append(Note(place * 2, 2, tonic + _degree(sign)))
    return tuple(notes)


def strokes(pattern: str) -> tuple[tuple[int, int, str], ...]:
    """(start, length, sign) of what sounds in a pattern, in sixteenths; `_` holds."""
    found: list[tuple[int, int, str]] = []
    for place, sign in enumerate(pattern):
        if sign == "_" and found:
            start, length, struck = found[-1]
            found[-1] = (start, length + 1, struck)
        elif sign != ".":
            found.append((place, 1, sign))
    return tuple(found)


def _degree(sign: str) -> int:
    found = _NOTE.match(sign)
    if found is None:
        raise ValueError(f"{sign} is no note")
    octaves = found[2].count("'") - found[2].count(",")
    return _DEGREES[int(found[1]) - 1] + 12 * octaves


def _class(name: str) -> int:
    shift = {"#": 1, "b": -1}.get(name[1:], 0)
    return (_LETTERS[name[0]] + shift) % 12
