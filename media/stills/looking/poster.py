"""Which moment of a film shows it best.

Every frame that was looked at is judged by what makes a thumbnail good: light, contrast, colour,
sharpness beside the rest of the film, and calm. What must not be is ruled out by a factor near
zero: darkness, blankness, blur, and the middle of a transition. A dissolve or a fade is known by
its arithmetic: over half a second its picture is nearly the mean of the picture before and the one
after, although these two differ; a cut or a wipe, by how much of the picture changes at once.
Colourfulness is that of Hasler and Süsstrunk (2003); sharpness is the energy of the Laplacian.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.floating[Any]]
Values = NDArray[np.float64]

_DARK: Final = 0.10
_NEAR_SECONDS: Final = 0.13
_WIDE_SECONDS: Final = 0.5
_FIRST_SHARE, _LAST_SHARE = 0.03, 0.96
_STEPS: Final = (1, 2, 4)
"""Of the pyramid on which sharpness is measured: texture, edges, shapes."""


class Frames(NamedTuple):
    """Frames at an even pace, small: (count, height, width, 3) of 0 to 255."""

    pixels: NDArray[np.uint8]
    per_second: float


def best(frames: Frames) -> int:
    """The number of the frame that should be the poster. There must be one at least."""
    return int(np.argmax(scores(frames)))


def scores(frames: Frames) -> Values:
    """How good each frame would be, 0 to about 1."""
    grey = frames.pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) / 255
    light = _light(grey)
    sharp = _sharp(grey)
    calm = _calm(grey, frames.per_second)
    taste = 0.45 + 0.3 * _contrast(grey) + 0.25 * _colour(frames.pixels)
    return light * sharp * calm * taste * _place(len(grey))


def _light(grey: Grey) -> Values:
    """Near zero for black, white and blank frames; a little less for gloomy and glaring ones."""
    flat = grey.reshape(len(grey), -1)
    mean = flat.mean(axis=1)
    low, high = np.percentile(flat, (4, 96), axis=1)
    seen = _ramp(high, _DARK, 0.34) * _ramp(1 - low, _DARK * 0.6, 0.3)
    spread = _ramp(high - low, 0.05, 0.3)
    pleasant = 1 - 0.5 * np.abs(mean - 0.52) ** 1.5
    return seen * spread * pleasant


def _sharp(grey: Grey) -> Values:
    """Beside the sharpest frames of this film: soft films have posters too."""
    energy = np.zeros(len(grey))
    for step in _STEPS:
        small = _shrunk(grey, step)
        edges = np.abs(
            4 * small[:, 1:-1, 1:-1]
            - small[:, :-2, 1:-1]
            - small[:, 2:, 1:-1]
            - small[:, 1:-1, :-2]
            - small[:, 1:-1, 2:]
        )
        # the sharp parts count, not the empty ones: the upper tenth of the edges
        flat = np.sort(edges.reshape(len(edges), -1), axis=1)
        level = flat[:, -max(1, flat.shape[1] // 10) :].mean(axis=1)
        level /= small.reshape(len(small), -1).std(axis=1) + 0.06
        energy += level / max(1e-6, float(np.percentile(level, 92)))
    share = energy / len(_STEPS)
    return 0.02 + 0.98 * _ramp(share, 0.25, 0.95)


def _calm(grey: Grey, per_second: float) -> Values:
    """Less for frames in motion, next to nothing for those within a transition."""
    near = max(1, round(_NEAR_SECONDS * per_second))
    wide = max(1, round(_WIDE_SECONDS * per_second))
    small = _shrunk(grey, 4)
    sudden = np.maximum(_change(small, near, 0), _change(small, 0, near))
    calm = 1 - 0.9 * _ramp(sudden, 0.03, 0.16)
    for reach in sorted({near, (near + wide) // 2, wide, 2 * wide}):
        calm *= 1 - 0.97 * _dissolving(small, reach)
    return calm


def _dissolving(small: Grey, reach: int) -> Values:
    """How much each frame looks like the mean of what was and what will be, when those differ."""
    before, after = _shifted(small, -reach), _shifted(small, reach)
    apart = np.abs(after - before).mean(axis=(1, 2))
    # where along the way the mixture lies, found by least squares, then what it leaves unexplained
    way = (after - before).reshape(len(small), -1)
    done = (small - before).reshape(len(small), -1)
    share = np.clip((way * done).sum(axis=1) / ((way * way).sum(axis=1) + 1e-6), 0, 1)
    left = np.abs(done - share[:, None] * way).mean(axis=1)
    between = 1 - np.abs(share - 0.5) * 2
    explained = 1 - left / (apart + 1e-6)
    return _ramp(explained, 0.45, 0.7) * _ramp(apart, 0.02, 0.06) * _ramp(between, 0.04, 0.25)


def _contrast(grey: Grey) -> Values:
    return np.minimum(1, grey.reshape(len(grey), -1).std(axis=1) / 0.24)


def _colour(pixels: NDArray[np.uint8]) -> Values:
    small = pixels[:, ::4, ::4].astype(np.float32)
    red, green, blue = small[..., 0], small[..., 1], small[..., 2]
    one, other = red - green, (red + green) / 2 - blue
    axes = (1, 2)
    spread = np.hypot(one.std(axis=axes), other.std(axis=axes))
    strength = np.hypot(one.mean(axis=axes), other.mean(axis=axes))
    return np.minimum(1, (spread + 0.3 * strength) / 75)


def _place(count: int) -> Values:
    """A little more for the first half; the very ends are seldom what a film is about."""
    share = (np.arange(count) + 0.5) / count
    inner = (share > _FIRST_SHARE) & (share < _LAST_SHARE)
    return (1 - 0.12 * share) * np.where(inner, 1, 0.85)


def _change(small: Grey, back: int, forth: int) -> Values:
    return np.abs(_shifted(small, forth) - _shifted(small, -back)).mean(axis=(1, 2))


def _shifted(small: Grey, by: int) -> Grey:
    """The frames some places further on; beyond the ends the last one stands."""
    at = np.clip(np.arange(len(small)) + by, 0, len(small) - 1)
    return small[at]


def _shrunk(grey: Grey, step: int) -> Grey:
    count, height, width = grey.shape
    height, width = max(1, height // step) * step, max(1, width // step) * step
    if step == 1 or height > grey.shape[1] or width > grey.shape[2]:
        return grey
    cut = grey[:, :height, :width]
    return cut.reshape(count, height // step, step, width // step, step).mean(axis=(2, 4))


def _ramp(values: Any, low: float, high: float) -> Values:
    return np.clip((np.asarray(values, np.float64) - low) / (high - low), 0, 1)
