"""Where the players stand: places from left to right, a room, an echo, and the mixing desk."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from media.studio.music.instruments import RATE, Samples
from media.studio.music.scores import Voice

_LOUDNESS = 0.115
"""Root of the mean square of what sounds: about -16 LUFS for these instruments."""
_PEAK = 0.84
_ROOM_SECONDS = 1.5
_FADE_SECONDS = 0.5
_DUCK_SECONDS = 0.22


class Stage:
    """Collects what is played, then mixes it once."""

    def __init__(self, *, seconds: float, echo_seconds: float) -> None:
        self._count = round(seconds * RATE)
        spare = RATE * 3
        self._dry = np.zeros((self._count + spare, 2), np.float32)
        self._soft = np.zeros_like(self._dry)
        self._room = np.zeros_like(self._dry)
        self._echo = np.zeros_like(self._dry)
        self._echo_count = round(echo_seconds * RATE)
        self._duck = np.ones(len(self._dry), np.float32)

    def add(self, samples: Samples, seconds: float, voice: Voice, strength: float = 1) -> None:
        """Play samples at a moment."""
        start = round(seconds * RATE)
        if start < 0:
            samples, start = samples[-start:], 0
        samples = samples[: max(0, len(self._dry) - start)]
        angle = (voice.place + 1) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * 1.414
        both = samples[:, None] * (sides * voice.level * strength)
        area = slice(start, start + len(samples))
        # what has no attack of its own makes way for the drum; what is struck does not
        (self._soft if voice.room >= 0.25 and voice.echo == 0 else self._dry)[area] += both
        if voice.room:
            self._room[area] += both * voice.room
        if voice.echo:
            self._echo[area] += both * voice.echo

    def thump(self, seconds: float, strength: float) -> None:
        """A kick drum sounds here: others make way."""
        start = round(seconds * RATE)
        count = min(round(_DUCK_SECONDS * RATE), len(self._duck) - start)
        if count > 0:
            curve = 1 - strength * (1 - np.linspace(0, 1, count) ** 0.7)
            area = self._duck[start : start + count]
            np.minimum(area, curve.astype(np.float32), out=area)

    def mixed(self, ducking: float) -> NDArray[np.float32]:
        """The whole, at programme loudness, without an edge at its end."""
        echoes = self._repeated()
        duck = (1 - ducking * (1 - self._duck))[:, None]
        room = _convolved(self._room + echoes * 0.3, _room())
        whole = self._dry + self._soft * duck + echoes + room * duck * 0.9
        whole = _without_rumble(whole[: self._count])
        fade = round(_FADE_SECONDS * RATE)
        whole[-fade:] *= np.linspace(1, 0, fade)[:, None] ** 1.5
        loud = np.abs(whole).max(axis=1) > 0.01
        level = float(np.sqrt(np.mean(whole[loud] ** 2))) if loud.any() else 1.0
        return (np.tanh(whole * (_LOUDNESS / level) / _PEAK) * _PEAK).astype(np.float32)

    def _repeated(self) -> NDArray[np.float32]:
        """An echo that wanders from side to side, a little darker each time."""
        out = np.zeros_like(self._echo)
        source = self._echo
        for turn in range(1, 4):
            shift = self._echo_count * turn
            source = source[:, ::-1] * 0.55
            source = (source + np.roll(source, 1, 0) + np.roll(source, 2, 0)) / 3
            out[shift:] += source[: len(out) - shift]
        return out


def _room() -> NDArray[np.float64]:
    """The answer of a small hall: noise that dies away, its height sooner than its depth."""
    count = round(_ROOM_SECONDS * RATE)
    chance = np.random.default_rng(11)
    noise = chance.standard_normal((count, 2))
    t = (np.arange(count) / RATE)[:, None]
    dark = noise.copy()
    for _ in range(3):
        dark = (dark + np.roll(dark, 1, 0) + np.roll(dark, 2, 0)) / 3
    answer = noise * np.exp(-t * 14) * 0.5 + dark * np.exp(-t * 4.6)
    answer[: round(0.011 * RATE)] *= 0.1
    return answer / np.sqrt((answer**2).sum(axis=0))


def _convolved(wave: NDArray[np.floating[Any]], answer: NDArray[np.float64]) -> NDArray[np.float64]:
    size = 1 << (len(wave) + len(answer) - 2).bit_length()
    spectrum = np.fft.rfft(wave, size, axis=0) * np.fft.rfft(answer, size, axis=0)
    return np.fft.irfft(spectrum, size, axis=0)[: len(wave)]


def _without_rumble(wave: NDArray[np.float64]) -> NDArray[np.float64]:
    """What lies below hearing only moves loudspeakers."""
    spectrum = np.fft.rfft(wave, axis=0)
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)[:, None]
    return np.fft.irfft(spectrum / (1 + (32 / np.maximum(hertz, 0.01)) ** 4), len(wave), axis=0)
