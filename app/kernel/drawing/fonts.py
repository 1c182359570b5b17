"""Finds a typeface for Chinese on the machine; fonts are too large to bring along."""

import functools
from pathlib import Path
from typing import Literal

from PIL import ImageFont

Weight = Literal["regular", "bold", "seal"]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_NOTO = Path("/usr/share/fonts/opentype/noto")
_FACES: dict[Weight, list[tuple[Path, int]]] = {
    "regular": [(_NOTO / "NotoSansCJK-Regular.ttc", 2)],
    "bold": [(_NOTO / "NotoSansCJK-Bold.ttc", 2), (_NOTO / "NotoSansCJK-Regular.ttc", 2)],
    "seal": [(_NOTO / "NotoSerifCJK-Bold.ttc", 2), (_NOTO / "NotoSansCJK-Bold.ttc", 2)],
}
_OTHERS = [
    (Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"), 0),
    (Path("/System/Library/Fonts/PingFang.ttc"), 0),
    (Path("/System/Library/Fonts/STHeiti Medium.ttc"), 0),
    (Path("C:/Windows/Fonts/msyh.ttc"), 0),
]
"""Debian's fonts-noto-cjk first, then what other systems bring."""


@functools.cache
def speaks_chinese() -> bool:
    """Whether a typeface with Chinese was found; without one such words are left out, and the card
    is its drawing and its code."""
    return _face("regular") is not None


@functools.lru_cache(maxsize=64)
def font(weight: Weight, size_pixels: int) -> Font:
    """A typeface, or Pillow's own for Latin letters."""
    face = _face(weight)
    if face is None:
        return ImageFont.load_default(size_pixels)
    return ImageFont.truetype(str(face[0]), size_pixels, index=face[1])


def sayable(text: str) -> str:
    """A text without what no typeface here can draw: pictographs, and without a Chinese typeface
    everything that is not Latin."""
    last = 0xFFFF if speaks_chinese() else 0x17F
    return "".join(letter for letter in text if ord(letter) <= last).strip()


def _face(weight: Weight) -> tuple[Path, int] | None:
    return next((face for face in (*_FACES[weight], *_OTHERS) if face[0].exists()), None)
