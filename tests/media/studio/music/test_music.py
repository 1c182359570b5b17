"""Music: in tune, on the beat, consonant, at programme loudness, and the same every time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from media.studio.music.band import Plan, play
from media.studio.music.instruments import INSTRUMENTS, RATE, pitch
from media.studio.music.notation import chord, chords_of, melody_of, strokes
from media.studio.music.scores import FRAMES_PER_SECOND, SCORES, Score

PIECES = pytest.mark.parametrize("score", SCORES.values(), ids=list(SCORES))
CUTS = (4, 12, 20)
PLAN = Plan(24, CUTS)


@pytest.fixture(scope="module")
def played() -> dict[str, NDArray[np.float32]]:
    return {key: play(score, PLAN) for key, score in SCORES.items()}


@pytest.mark.parametrize("instrument", ["string", "keys", "bell", "flute", "bass"])
@pytest.mark.parametrize("note", [48, 69, 81])
def test_instruments_are_in_tune(instrument: str, note: int) -> None:
    samples = INSTRUMENTS[instrument](note, 1.0).astype(float)
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size))
    hertz = pitch(note)
    low, high = (int(hertz * by * size / RATE) for by in (0.95, 1.05))
    found = (low + int(np.argmax(spectrum[low:high]))) * RATE / size
    assert abs(1200 * np.log2(found / hertz)) < 5, "a cent is a hundredth of a semitone"


@PIECES
def test_a_beat_is_a_whole_number_of_frames_and_of_samples(score: Score) -> None:
    assert score.beat_seconds * FRAMES_PER_SECOND == score.frames_per_beat
    assert RATE % FRAMES_PER_SECOND == 0
    assert 80 <= score.beats_per_minute <= 140


@PIECES
def test_scores_are_whole(score: Score) -> None:
    assert len(score.chords) == len(score.melody) == 8
    for bar in score.melody:
        assert melody_of(bar, score.tonic)
    for pattern in (
        score.comp, score.bass, score.arpeggio, *score.drums.values(), *score.fill.values()
    ):  # fmt: skip
        assert len(pattern) == 16
        assert strokes(pattern)
    assert set(score.drums) | set(score.fill) <= set(score.voices)
    chord(score.home)


@PIECES
def test_no_long_note_of_the_melody_rubs_against_its_chord(score: Score) -> None:
    for number, (bar, names) in enumerate(zip(score.melody, score.chords, strict=True)):
        harmony = chords_of(names)
        for note in melody_of(bar, score.tonic):
            sounding = [each for at, each in harmony if at <= note.start][-1]
            if note.length >= 4 and note.pitch % 12 not in sounding.classes:
                rubs = {(note.pitch - each) % 12 for each in sounding.classes} & {1, 11}
                assert not rubs, f"bar {number + 1}: {note} over {names}"


@PIECES
def test_lasts_exactly_as_long_as_the_film(
    score: Score, played: dict[str, NDArray[np.float32]]
) -> None:
    samples = played[score.key]
    assert samples.shape == (PLAN.beats * score.frames_per_beat * RATE // FRAMES_PER_SECOND, 2)
    assert np.abs(samples[-200:]).max() < 0.001, "no click at the end"


@PIECES
def test_is_as_loud_as_programmes_are_and_never_clips(
    score: Score, played: dict[str, NDArray[np.float32]]
) -> None:
    samples = played[score.key]
    level = 20 * np.log10(np.sqrt(np.mean(samples**2)))
    assert -21 < level < -15
    assert np.abs(samples).max() < 0.85
    left, right = samples[:, 0], samples[:, 1]
    assert np.corrcoef(left, right)[0, 1] < 0.97, "stereo"
    assert abs(np.mean(left)) < 0.001


@PIECES
def test_the_tempo_can_be_heard(score: Score, played: dict[str, NDArray[np.float32]]) -> None:
    """The strength of onsets repeats itself from beat to beat, and is greatest on the beats."""
    onsets, rate = _onsets(played[score.key])
    beat = score.beat_seconds * rate
    start = round(4 * beat)
    stop = round(CUTS[-1] * beat)
    grid = np.round(np.arange(start, stop, beat)).astype(int)
    offbeat = np.round(np.arange(start, stop, beat) + beat * 0.36).astype(int)
    around = np.arange(-2, 3)
    on = onsets[grid[:, None] + around].max(axis=1).mean()
    off = onsets[offbeat[:, None] + around].max(axis=1).mean()
    assert on > off * 1.8


@PIECES
def test_something_is_struck_on_every_cut(
    score: Score, played: dict[str, NDArray[np.float32]]
) -> None:
    onsets, rate = _onsets(played[score.key])
    for cut in CUTS:
        at = round(cut * score.beat_seconds * rate)
        window = onsets[at - 16 : at + 16]
        assert abs(int(np.argmax(window)) - 16) <= 4, "within 20 ms"


def test_the_same_score_gives_the_same_samples(played: dict[str, NDArray[np.float32]]) -> None:
    assert np.array_equal(play(SCORES["sunrise"], PLAN), played["sunrise"])


def test_pieces_last_as_long_as_any_show() -> None:
    score = SCORES["midnight"]
    cuts = (4, 10, 16, 22)
    samples = play(score, Plan(26, cuts))
    assert len(samples) == 26 * score.frames_per_beat * RATE // FRAMES_PER_SECOND


def _onsets(samples: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
    """Spectral flux, 200 values a second."""
    hop = RATE // 200
    mono = samples.mean(axis=1).astype(float)
    size = 1024
    frames = np.lib.stride_tricks.sliding_window_view(
        np.concatenate([np.zeros(size // 2), mono, np.zeros(size)]), size
    )[::hop]
    power = np.log1p(100 * np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)))
    flux = np.maximum(0, np.diff(power, axis=0)).sum(axis=1)
    return np.concatenate([[0], flux]), 200.0
