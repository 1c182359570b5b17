"""Plays a score for as long as a slide show needs it: an opening bar, the piece, a last chord.

Whatever the length, something is struck on every cut, a breath of air leads into it, and the last
bar comes home. Deterministic: the same score and plan give the same samples.
"""

import wave
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from media.studio.music.instruments import DRUMS, INSTRUMENTS, RATE, shimmer, whoosh
from media.studio.music.notation import (
    SIXTEENTHS_PER_BAR,
    Chord,
    chord,
    chords_of,
    melody_of,
    strokes,
)
from media.studio.music.scores import Score, Voice
from media.studio.music.stage import Stage

_OPENING_BEATS = 4
_STRENGTH = {"x": 1.0, "o": 0.5}
_WHOOSH_SECONDS = 0.5


class Plan(NamedTuple):
    """What the pictures do, in beats."""

    beats: int
    """Of the whole film."""
    cuts: tuple[int, ...]
    """On which beats pictures change; the last one begins the closing."""


def play(score: Score, plan: Plan) -> NDArray[np.float32]:
    """Stereo samples at 48 kHz, exactly as long as the plan, loud as programmes are."""
    band = _Band(score, plan)
    band.opening()
    close = plan.cuts[-1]
    bars = -(-(close - _OPENING_BEATS) // 4)
    for bar in range(bars):
        band.bar(bar, last=bar == bars - 1)
    band.closing(close)
    for cut in plan.cuts:
        band.cut(cut)
    return band.stage.mixed(score.ducking)


def as_wave(samples: NDArray[np.float32]) -> bytes:
    """A WAV file of 16 bits."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


class _Band:
    """Players who know the score; times are in sixteenths from the film's start."""

    def __init__(self, score: Score, plan: Plan) -> None:
        self._score = score
        self._end = plan.cuts[-1] * 4
        self._sixteenth = score.beat_seconds / 4
        self.stage = Stage(
            seconds=plan.beats * score.beat_seconds, echo_seconds=self._sixteenth * 3
        )

    def opening(self) -> None:
        """A bar of the first chord, with an arpeggio that rises, before anything is struck."""
        (_, first), *_ = chords_of(self._score.chords[0])
        bar = SIXTEENTHS_PER_BAR
        self._pad(first, 0, bar)
        for note in first.voiced(53):
            self._note("comp", self._score.comp_keys, note, 0, bar, 1.2)
        rising = (*first.voiced(62), *first.voiced(74))
        for place, note in enumerate(rising[: bar // 2 - 1]):
            self._note("arpeggio", "string", note, place * 2, 6, 1 + place * 0.12)
        self._bass(first, 0, bar)

    def bar(self, number: int, *, last: bool) -> None:
        """A bar of the piece; the melody is doubled when it comes round again."""
        score = self._score
        start = (number + 1) * SIXTEENTHS_PER_BAR
        place = number % len(score.chords)
        harmony = chords_of(score.chords[place])
        ends = [*(at for at, _ in harmony[1:]), SIXTEENTHS_PER_BAR]
        for (begin, sounding), end in zip(harmony, ends, strict=True):
            self._pad(sounding, start + begin, end - begin)
            self._rhythm(sounding, start, begin, end)
        for note in melody_of(score.melody[place], score.tonic):
            self._note("melody", score.singer, note.pitch, start + note.start, note.length, 1)
            if number >= len(score.melody) // 2:
                self._note(
                    "second", score.second, note.pitch + 12, start + note.start, note.length, 1
                )
        for drum, pattern in (score.fill if last else score.drums).items():
            if drum == "drum" and not last and number % 2:
                continue
            for at, _, sign in strokes(pattern):
                self._drum(drum, start + at, _STRENGTH[sign])

    def closing(self, beat: int) -> None:
        """Home: the tonic, struck once by all, and left to ring."""
        score = self._score
        at = self._end = beat * 4
        self._end += 10**6
        tonic = chord(score.home)
        ring = SIXTEENTHS_PER_BAR
        self._pad(tonic, at, ring)
        for note in tonic.voiced(53):
            self._note("comp", score.comp_keys, note, at, ring, 1)
        for step, note in enumerate((*tonic.voiced(62), *tonic.voiced(74)[:2])):
            self._note("arpeggio", "string", note, at + step, ring, 1.1)
        self._note("melody", score.singer, tonic.voiced(score.tonic - 5)[0], at, ring // 2, 0.9)
        self._bass(tonic, at, ring)
        for drum in score.drums:
            if drum in ("kick", "drum"):
                self._drum(drum, at, 1)

    def cut(self, beat: int) -> None:
        """Air before the picture changes, and a cymbal's shimmer on the beat."""
        seconds = beat * self._score.beat_seconds
        self.stage.add(whoosh(_WHOOSH_SECONDS), seconds - _WHOOSH_SECONDS, Voice(0.20, 0, 0.3))
        self.stage.add(shimmer(), seconds, Voice(0.13, 0.2, 0.3))

    def _rhythm(self, sounding: Chord, start: int, begin: int, end: int) -> None:
        """Chords, bass and arpeggio of a part of a bar."""
        score = self._score
        for at, _, _ in strokes(score.comp):
            if begin <= at < end:
                for note in sounding.voiced(55):
                    self._note("comp", score.comp_keys, note, start + at, 3, 1)
        for at, length, sign in strokes(score.bass):
            if begin <= at < end:
                self._bass(sounding, start + at, max(length, 2), sign)
        notes = sounding.voiced(67)
        for at, _, sign in strokes(score.arpeggio):
            if begin <= at < end:
                index = int(sign)
                note = notes[index % len(notes)] + 12 * (index // len(notes))
                self._note("arpeggio", "string", note, start + at, 3, 1)

    def _pad(self, sounding: Chord, at: int, length: int) -> None:
        for note in sounding.voiced(57):
            self._note("pad", "pad", note, at, length + 1, 1)

    def _bass(self, sounding: Chord, at: int, length: int, sign: str = "r") -> None:
        pitch_class = sounding.fifth if sign == "f" else sounding.bass
        note = 33 + (pitch_class - 33) % 12 + (12 if sign == "o" else 0)
        self._note("bass", "bass", note, at, length, 1)

    def _note(
        self, voice: str, instrument: str, note: int, at: int, length: int, strength: float
    ) -> None:
        if at >= self._end:
            return
        ring = {"string": 1.4, "bell": 1.6, "keys": 0.9}.get(instrument, 0.0)
        seconds = max(length * self._sixteenth * 1.02, ring)
        samples = INSTRUMENTS[instrument](note, round(seconds, 4))
        self.stage.add(samples, self._seconds(at), self._score.voices[voice], strength)

    def _drum(self, drum: str, at: int, strength: float) -> None:
        if at >= self._end:
            return
        seconds = self._seconds(at)
        self.stage.add(DRUMS[drum](), seconds, self._score.voices[drum], strength)
        if drum == "kick":
            self.stage.thump(seconds, strength)

    def _seconds(self, at: int) -> float:
        """When a sixteenth sounds: every second one may be late, as the score swings."""
        late = (self._score.swing - 0.5) * 2 if at % 2 else 0.0
        return (at + late) * self._sixteenth
