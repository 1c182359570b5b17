"""Colour tables that turn HDR pictures into those of ordinary screens.

ffmpeg here has no filter for it, so the whole way is baked into a table of 33³ points for `lut3d`:
PQ (SMPTE ST 2084) or HLG (ARIB STD-B67) in BT.2020 to BT.709. Tones follow ITU-R BT.2408 (203 cd/m²
is paper white, HLG at a system gamma of 1.2 for 1000 cd/m²) and the knee of BT.2390; colours out
of reach are brought in towards grey of the same lightness, so that hue stays.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from media.inspection.source import VideoTrack

Samples = NDArray[np.float64]

POINTS: Final = 33
PEAK_NITS: Final = 1000.0
WHITE_NITS: Final = 203.0
_TO_709: Final = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ]
)
"""BT.2087, linear light BT.2020 to BT.709."""
_LUMA_709: Final = np.array([0.2126, 0.7152, 0.0722])
_LUMA_2020: Final = np.array([0.2627, 0.6780, 0.0593])


def table_for(video: VideoTrack, folder: Path) -> Path | None:
    """The table that a film needs, as a file in the folder; None for an ordinary film."""
    if video.transfer not in ("smpte2084", "arib-std-b67"):
        return None
    path = folder / f"{video.transfer}.cube"
    path.write_text(cube(video.transfer))
    return path


@cache
def cube(transfer: str) -> str:
    """The table in the .cube format, red running fastest."""
    steps = np.linspace(0.0, 1.0, POINTS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    signal = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    lines = [f"LUT_3D_SIZE {POINTS}"]
    lines += [f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in convert(signal, transfer).tolist()]
    return "\n".join(lines) + "\n"


def convert(signal: Samples, transfer: str) -> Samples:
    """Signals in BT.2020, 0 to 1, to signals in BT.709, 0 to 1."""
    nits = pq_nits(signal) if transfer == "smpte2084" else hlg_nits(signal)
    luminance = nits @ _LUMA_2020
    toned = knee(luminance)
    scale = np.divide(toned, luminance, out=np.ones_like(toned), where=luminance > 1e-6)
    linear = (nits * scale[:, None] / WHITE_NITS) @ _TO_709.T
    return gamma_709(into_gamut(linear))


def pq_nits(signal: Samples) -> Samples:
    """SMPTE ST 2084: light in cd/m² of a signal."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = np.power(signal, 1 / m2)
    return 10_000 * np.power(np.maximum(root - c1, 0) / (c2 - c3 * root), 1 / m1)


def hlg_nits(signal: Samples) -> Samples:
    """BT.2100 HLG: light in cd/m² of a signal, on a display of 1000 cd/m²."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = scene @ _LUMA_2020
    return PEAK_NITS * scene * np.power(np.maximum(luminance, 1e-9), 0.2)[:, None]


def knee(nits: Samples) -> Samples:
    """Light brought into 0 to WHITE_NITS: nearly untouched in the dark, rolled off above.

    A curve that is straight below its knee and there continues with the same slope up to white at
    PEAK_NITS (the Hermite spline of BT.2390, in a perceptual scale of square roots).
    """
    level = np.sqrt(np.minimum(nits, PEAK_NITS) / PEAK_NITS)
    top = np.sqrt(WHITE_NITS / PEAK_NITS)
    start = 1.5 * top - 0.5
    start = max(start, 0.0)
    t = np.clip((level - start) / (1 - start), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * (1 - start)
        + (-2 * t**3 + 3 * t**2) * top
    )
    return np.where(level < start, level, spline) ** 2 * PEAK_NITS


def into_gamut(linear: Samples) -> Samples:
    """Colours brought into 0 to 1 by mixing grey of their own lightness in."""
    luminance = np.clip(linear @ _LUMA_709, 0, 1)[:, None]
    away = linear - luminance
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.where(away > 0, (1 - luminance) / away, np.inf)
        under = np.where(away < 0, -luminance / away, np.inf)
    share = np.clip(np.minimum(over, under).min(axis=1, keepdims=True), 0, 1)
    return np.clip(luminance + away * share, 0, 1)


def gamma_709(linear: Samples) -> Samples:
    """Signals as an ordinary screen expects them: the inverse of BT.1886 (a gamma of 2.4)."""
    return np.power(np.clip(linear, 0, 1), 1 / 2.4)
