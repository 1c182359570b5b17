"""Instruments: each plays one note as mono samples at 48 kHz. Deterministic; a strike's noise
comes from a generator that the caller seeds.

The plucked string is Karplus and Strong's (Computer Music Journal 7:2, 1983), the electric piano
and the bell are frequency modulation (Chowning, JAES 21:7, 1973).
"""

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
RATE: Final = 48_000
_FADE = 0.012


def pitch(note: float) -> float:
    """Hertz of a MIDI note; 69 is the A of 440 Hz."""
    return 440.0 * 2.0 ** ((note - 69) / 12)


@functools.lru_cache(maxsize=256)
def string(note: int, seconds: float) -> Samples:
    """A plucked silk string, as of a guzheng: bright at first, then round."""
    hertz = pitch(note)
    period = max(8, int(RATE / hertz - 0.5))
    noise = np.random.default_rng(note).uniform(-1, 1, period)
    for _ in range(2):
        noise = (noise + np.roll(noise, 1)) / 2
    # plucked at a seventh of its length: that harmonic is missing, which makes it silky
    wave = noise - np.roll(noise, period // 7)
    wave -= wave.mean()
    rounds = int(seconds * RATE * 1.02 / period) + 2
    loss = 0.5 ** (period / (RATE * (0.42 if note < 72 else 0.3)))
    played = np.empty(rounds * period)
    for turn in range(rounds):
        played[turn * period : (turn + 1) * period] = wave
        wave = loss * (0.62 * wave + 0.38 * np.roll(wave, 1))
    # the loop is a whole number of samples long; reading it a little faster or slower tunes it
    step = hertz * (period + 0.38) / RATE
    at = np.arange(_count(seconds)) * step
    return _closed(np.interp(at, np.arange(len(played)), played) * 1.6)


@functools.lru_cache(maxsize=256)
def keys(note: int, seconds: float) -> Samples:
    """An electric piano: a soft tine over a round body."""
    t = _time(seconds)
    hertz = pitch(note)
    body = np.sin(_turns(hertz, t) + 1.3 * np.exp(-t * 3.2) * np.sin(_turns(hertz, t)))
    tine = np.sin(_turns(hertz * 7.01, t)) * np.exp(-t * 14) * 0.10
    warm = np.sin(_turns(hertz * 2, t)) * np.exp(-t * 2.5) * 0.14
    sway = 1 + 0.10 * np.sin(_turns(4.6, t))
    return _closed((body + tine + warm) * np.exp(-t * 1.25) * sway * _attack(t, 0.006) * 0.62)


@functools.lru_cache(maxsize=256)
def bell(note: int, seconds: float) -> Samples:
    """A glockenspiel: partials that are not harmonic, the high ones gone first."""
    t = _time(seconds)
    hertz = pitch(note)
    partials = ((1, 1.0, 3.0), (2.76, 0.42, 6.0), (5.40, 0.18, 11.0), (8.93, 0.06, 18.0))
    ring = sum(
        level * np.sin(_turns(hertz * ratio, t)) * np.exp(-t * fall)
        for ratio, level, fall in partials
        if hertz * ratio < RATE * 0.42
    )
    return _closed(np.asarray(ring) * _attack(t, 0.002) * 0.55)


@functools.lru_cache(maxsize=256)
def flute(note: int, seconds: float) -> Samples:
    """A bamboo flute: nearly a sine, breath at the front, vibrato once the note stands."""
    t = _time(seconds)
    hertz = pitch(note)
    bend = 0.045 * np.minimum(1, np.maximum(0, t - 0.18) * 4) * np.sin(_turns(5.2, t))
    phase = _turns(hertz, t) + bend
    tone = np.sin(phase) + 0.22 * np.sin(2 * phase) + 0.08 * np.sin(3 * phase)
    breath = _band(len(t), 1800, 6000, note) * (0.05 + 0.25 * np.exp(-t * 22))
    shape = _attack(t, 0.05) * np.minimum(1, np.maximum(0, seconds - t) / 0.09)
    return _closed((tone * 0.5 + breath) * shape * 0.8)


@functools.lru_cache(maxsize=128)
def pad(note: int, seconds: float) -> Samples:
    """Strings far away: three players, slightly apart, without edge."""
    t = _time(seconds)
    tone = np.zeros(len(t))
    for voice, cents in enumerate((-7, 0, 6)):
        hertz = pitch(note + cents / 100)
        for harmonic in range(1, 7):
            level = 1 / harmonic**1.7
            tone += level * np.sin(_turns(hertz * harmonic, t) + voice * 2.1 + harmonic)
    shape = _attack(t, 0.25) * np.minimum(1, np.maximum(0, seconds - t) / 0.3)
    return _closed(tone * shape * 0.16)


@functools.lru_cache(maxsize=128)
def bass(note: int, seconds: float) -> Samples:
    """A round bass that small speakers hear too: its octave is a little overdriven."""
    t = _time(seconds)
    hertz = pitch(note)
    tone = np.sin(_turns(hertz, t)) + 0.38 * np.sin(_turns(hertz * 2, t)) * np.exp(-t * 4)
    pluck = 0.16 * np.sin(_turns(hertz * 4, t)) * np.exp(-t * 26)
    shape = _attack(t, 0.005) * np.exp(-t * 1.6)
    shape *= np.minimum(1, np.maximum(0, seconds - t) / 0.04)
    return _closed(np.tanh((tone + pluck) * 1.5) * shape * 0.72)


@functools.cache
def kick() -> Samples:
    """A soft kick drum: a falling sine and a little click."""
    t = _time(0.34)
    phase = 2 * np.pi * (47 * t + 88 / 26 * (1 - np.exp(-t * 26)))
    click = _band(len(t), 1500, 7000, 1) * np.exp(-t * 300) * 0.35
    return _closed((np.sin(phase) * np.exp(-t * 9) + click) * _attack(t, 0.001))


@functools.cache
def clap() -> Samples:
    """Hands: four bursts within thirty milliseconds and a short room."""
    t = _time(0.26)
    burst = np.zeros(len(t))
    for late, level in ((0, 0.6), (0.010, 0.8), (0.019, 0.7), (0.028, 1.0)):
        burst += level * np.where(t >= late, np.exp(-np.maximum(0, t - late) * 95), 0)
    tail = np.where(t > 0.028, np.exp(-(t - 0.028) * 22), 0) * 0.32
    return _closed(_band(len(t), 900, 6500, 2) * (burst + tail) * 0.9)


@functools.cache
def brush() -> Samples:
    """A snare struck with a brush, and its skin."""
    t = _time(0.22)
    skin = np.sin(_turns(185, t)) * np.exp(-t * 32) * 0.5
    return _closed((_band(len(t), 1600, 9000, 3) * np.exp(-t * 20) + skin) * _attack(t, 0.002))


@functools.cache
def hat() -> Samples:
    """A closed hi-hat."""
    t = _time(0.07)
    return _closed(_band(len(t), 7000, 16000, 4) * np.exp(-t * 70) * 0.7)


@functools.cache
def shaker() -> Samples:
    """Seeds in a gourd: they rise before they fall."""
    t = _time(0.11)
    shape = np.minimum(1, t / 0.028) * np.exp(-np.maximum(0, t - 0.028) * 42)
    return _closed(_band(len(t), 4500, 13000, 5) * shape * 0.55)


@functools.cache
def block() -> Samples:
    """A temple block: hollow wood."""
    t = _time(0.16)
    tone = np.sin(_turns(820, t)) + 0.45 * np.sin(_turns(1310, t))
    return _closed(tone * np.exp(-t * 38) * _attack(t, 0.001) * 0.6)


@functools.cache
def drum() -> Samples:
    """A large festival drum, heard from some way off."""
    t = _time(0.9)
    phase = 2 * np.pi * (62 * t + 34 / 14 * (1 - np.exp(-t * 14)))
    skin = _band(len(t), 150, 900, 6) * np.exp(-t * 34) * 0.7
    return _closed((np.sin(phase) * np.exp(-t * 5.5) + skin) * _attack(t, 0.002))


def whoosh(seconds: float) -> Samples:
    """Air that rises to its end: what leads into a transition."""
    t = _time(seconds)
    share = t / seconds
    low = _band(len(t), 500, 2200, 7) * (1 - share)
    high = _band(len(t), 2200, 9000, 8) * share
    return ((low + high) * share**2.6 * 0.5).astype(np.float32)


def shimmer() -> Samples:
    """What is left of a cymbal after a soft mallet."""
    t = _time(1.5)
    return _closed(_band(len(t), 5000, 15000, 9) * np.exp(-t * 3.4) * _attack(t, 0.004) * 0.4)


INSTRUMENTS: Final[dict[str, Callable[[int, float], Samples]]] = {
    "string": string,
    "keys": keys,
    "bell": bell,
    "flute": flute,
    "pad": pad,
    "bass": bass,
}
DRUMS: Final[dict[str, Callable[[], Samples]]] = {
    "kick": kick,
    "clap": clap,
    "brush": brush,
    "hat": hat,
    "shaker": shaker,
    "block": block,
    "drum": drum,
}


def _count(seconds: float) -> int:
    return round(seconds * RATE)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(_count(seconds)) / RATE


def _turns(hertz: float, t: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2 * np.pi * hertz * t


def _attack(t: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    return np.minimum(1, t / seconds)


def _closed(wave: NDArray[Any]) -> Samples:
    """Without the click of an end that is not silence."""
    count = min(len(wave), _count(_FADE))
    wave[len(wave) - count :] *= np.linspace(1, 0, count)
    return wave.astype(np.float32)


def _band(count: int, low: float, high: float, seed: int) -> NDArray[np.float64]:
    """Noise between two frequencies, with soft edges and a peak of one."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    rise = 1 / (1 + (low / np.maximum(hertz, 1)) ** 6)
    fall = 1 / (1 + (hertz / high) ** 6)
    noise = np.fft.irfft(spectrum * rise * fall, count)
    return noise / max(1e-9, float(np.abs(noise).max()))
