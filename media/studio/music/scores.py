"""The three pieces, as scores. Data, nothing else.

A melody is written in numbers, as Chinese numbered notation does: a bar is eight eighths, 1 to 7
are degrees of the major scale, `'` and `,` an octave up and down, `-` holds, `0` rests. Patterns
are sixteen sixteenths: `x` struck, `o` softer, `.` silent; in basses `r` root, `f` fifth, `o`
octave, `_` held; in arpeggios digits count the chord's notes from below.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

FRAMES_PER_SECOND: Final = 30
"""Of the films: a beat is a whole number of frames, so that cuts fall exactly on beats."""


class Voice(NamedTuple):
    """How something sounds in the whole: loudness, place from -1 (left) to 1, room, echo."""

    level: float
    place: float = 0
    room: float = 0.2
    echo: float = 0


class Score(NamedTuple):
    """A piece that can be played for any number of bars."""

    key: str
    words: Mapping[str, str]
    """Its name and mood by language."""
    frames_per_beat: int
    tonic: int
    """MIDI note of degree 1 of the melody."""
    swing: float
    """Where the second sixteenth of a pair falls: a half is straight."""
    chords: tuple[str, ...]
    """A bar each, or two half bars."""
    home: str
    """The chord that everything ends on."""
    melody: tuple[str, ...]
    singer: str
    second: str
    """The instrument that doubles the melody an octave up from the second time on."""
    comp: str
    comp_keys: str
    bass: str
    arpeggio: str
    drums: Mapping[str, str]
    fill: Mapping[str, str]
    """The last bar before the end."""
    voices: Mapping[str, Voice]
    ducking: float
    """How much the strings make way for the kick drum."""

    @property
    def beat_seconds(self) -> float:
        """From beat to beat."""
        return self.frames_per_beat / FRAMES_PER_SECOND

    @property
    def beats_per_minute(self) -> float:
        """The tempo as musicians say it."""
        return 60 / self.beat_seconds


FESTIVAL: Final = Score(
    key="festival",
    words={"zh": "逛庙会 · 明快喜庆", "en": "Temple fair: bright and festive"},
    frames_per_beat=15,
    tonic=74,
    swing=0.5,
    chords=("D", "A/C#", "Bm7", "G", "D/F#", "G", "Em7 A", "D"),
    home="Dadd9",
    melody=(
        "3 - 5 6 5 3 5 -",
        "2 - 3 5 2 - - 0",
        "6, - 1 2 3 5 3 -",
        "2 1 6, 1 2 - - 0",
        "3 - 5 6 1' 6 5 -",
        "6 - 5 3 1 - 2 3",
        "2 3 5 6 5 - 3 2",
        "1 - - 5, 1 - - 0",
    ),
    singer="string",
    second="bell",
    comp="x..x..x...x..x..",
    comp_keys="keys",
    bass="r..r..o.r..r..f.",
    arpeggio="0.2.3.2.1.2.3.2.",
    drums={
        "kick": "x...x...x...x...",
        "clap": "....x.......x...",
        "shaker": "o.x.o.x.o.x.o.xo",
        "block": "x..o..o...o..o..",
        "drum": "x...............",
    },
    fill={
        "kick": "x...x...x...x...",
        "drum": "x..x..x.x.x.xxxx",
        "clap": "....x.......x.x.",
        "shaker": "o.x.o.x.o.x.o.xo",
    },
    voices={
        "melody": Voice(0.50, 0.05, 0.26, 0.22),
        "second": Voice(0.13, -0.35, 0.4, 0.2),
        "comp": Voice(0.17, -0.2, 0.2),
        "arpeggio": Voice(0.15, 0.45, 0.3, 0.15),
        "pad": Voice(0.20, 0, 0.3),
        "bass": Voice(0.42, 0, 0),
        "kick": Voice(0.55, 0, 0.02),
        "clap": Voice(0.22, 0.05, 0.2),
        "shaker": Voice(0.10, -0.4, 0.05),
        "block": Voice(0.11, 0.5, 0.25),
        "drum": Voice(0.34, 0, 0.3),
    },
    ducking=0.45,
)

SUNRISE: Final = Score(
    key="sunrise",
    words={"zh": "清晨 · 温暖轻快", "en": "Sunrise: warm and light"},
    frames_per_beat=18,
    tonic=67,
    swing=0.54,
    chords=("Gmaj7", "Em7", "Cmaj7", "Dsus4 D", "Gmaj7", "Bm7", "Cmaj7 D", "Gadd9"),
    home="Gmaj9",
    melody=(
        "3 - - 5 6 - 5 -",
        "3 - 2 - 1 - - 0",
        "6, - 1 2 3 - 2 1",
        "2 - - 3 2 - - 0",
        "3 - - 5 6 - 1' -",
        "6 - 5 - 3 - - 0",
        "1 - 2 3 2 - 3 5",
        "1 - - - 5, - 6, -",
    ),
    singer="flute",
    second="bell",
    comp="x.....x...x.....",
    comp_keys="keys",
    bass="r_____r.f_____r.",
    arpeggio="0.1.2.3.2.1.2.3.",
    drums={
        "kick": "x.....o...x.....",
        "brush": "....x.......x...",
        "shaker": "o.o.x.o.o.o.x.o.",
        "hat": "..o...o...o...o.",
    },
    fill={
        "kick": "x.....o...x.x...",
        "brush": "....x.......x.oo",
        "shaker": "o.o.x.o.o.o.x.oo",
    },
    voices={
        "melody": Voice(0.40, 0.05, 0.34, 0.18),
        "second": Voice(0.12, 0.35, 0.42, 0.2),
        "comp": Voice(0.26, -0.15, 0.25),
        "arpeggio": Voice(0.17, 0.4, 0.3, 0.12),
        "pad": Voice(0.17, 0, 0.3),
        "bass": Voice(0.42, 0, 0),
        "kick": Voice(0.44, 0, 0.03),
        "brush": Voice(0.16, 0.1, 0.2),
        "shaker": Voice(0.10, -0.35, 0.05),
        "hat": Voice(0.07, 0.3, 0.05),
    },
    ducking=0.2,
)

MIDNIGHT: Final = Score(
    key="midnight",
    words={"zh": "夜色 · 慵懒律动", "en": "Midnight: slow and easy"},
    frames_per_beat=20,
    tonic=72,
    swing=0.59,
    chords=("Fmaj9", "Em7", "Dm9", "Cmaj7", "Fmaj9", "G6", "Am7", "Am7 Gm7"),
    home="Cmaj9",
    melody=(
        "3 - - 6, 1 - 2 -",
        "3 - 5 - 3 - - 0",
        "2 - - 1 6, - 1 -",
        "2 - 3 - 1 - - 0",
        "3 - - 5 6 - 5 -",
        "3 - 2 - 3 - - 0",
        "1 - 6, 1 2 - 3 -",
        "6, - - - - - 0 0",
    ),
    singer="keys",
    second="flute",
    comp="x......x..x.....",
    comp_keys="keys",
    bass="r___..r...o_r...",
    arpeggio="..3...2...3.1...",
    drums={
        "kick": "x......o..x.....",
        "brush": "....x.......x...",
        "hat": "x.o.x.o.x.o.x.oo",
    },
    fill={
        "kick": "x......o..x...x.",
        "brush": "....x..o....x.ox",
        "hat": "x.o.x.o.x.o.x...",
    },
    voices={
        "melody": Voice(0.34, 0.1, 0.38, 0.3),
        "second": Voice(0.10, -0.3, 0.5, 0.2),
        "comp": Voice(0.22, -0.1, 0.25),
        "arpeggio": Voice(0.10, 0.5, 0.4, 0.25),
        "pad": Voice(0.22, 0, 0.3),
        "bass": Voice(0.50, 0, 0),
        "kick": Voice(0.52, 0, 0.03),
        "brush": Voice(0.24, 0.05, 0.2),
        "hat": Voice(0.10, -0.25, 0.05),
    },
    ducking=0.3,
)

SCORES: Final[Mapping[str, Score]] = {each.key: each for each in (FESTIVAL, SUNRISE, MIDNIGHT)}
