"""Draws what is laid over a film: a picture as large as the film, mostly transparent."""

# Pillow's annotations leave the types of pixels open.
# pyright: reportUnknownMemberType=false

from typing import Final

from PIL import Image, ImageDraw, ImageOps

from app.kernel.drawing.fonts import font, sayable
from app.kernel.drawing.lines import LEADING, fit
from media.studio.slides.pieces import rounded, shadow

_MARGIN: Final = 0.09
"""Of the shorter side: long phones that fill their screens with the film cut so much off."""
_LOGO: Final = 0.17
_WORDS_WIDTH: Final = 0.78
_WORDS_HEIGHT: Final = 0.2
_SIZE_MAX, _SIZE_MIN = 0.062, 0.036
_GROUND: Final = (20, 16, 15, 150)


def overlay(
    size: tuple[int, int],
    logo: tuple[Image.Image, str] | None,
    words: tuple[str, str] | None,
) -> Image.Image:
    """A logo on a white tile and words on a dark ground, each with its corner. All words are
    there, whatever their number."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    if words is not None:
        _lay(image, _words(words[0], size), words[1])
    if logo is not None:
        _lay(image, _tile(logo[0], size), logo[1])
    return image


def _tile(logo: Image.Image, size: tuple[int, int]) -> Image.Image:
    side = max(16, round(min(size) * _LOGO))
    pad, radius = side // 12, side // 5
    tile = Image.new("RGBA", (side, side), "#ffffff")
    inner = ImageOps.contain(logo.convert("RGB"), (side - 2 * pad, side - 2 * pad))
    tile.paste(inner, ((side - inner.width) // 2, (side - inner.height) // 2))
    tile.putalpha(rounded((side, side), radius))
    thrown = shadow((side, side), radius, max(2, side // 12), 0.3)
    edge = (thrown.width - side) // 2
    thrown.alpha_composite(tile, (edge, edge))
    return thrown


def _words(text: str, size: tuple[int, int]) -> Image.Image:
    short = min(size)
    room = round(size[0] * _WORDS_WIDTH), round(size[1] * _WORDS_HEIGHT)
    smallest = max(8, round(short * _SIZE_MIN))
    largest = max(smallest, round(short * _SIZE_MAX))
    found = fit(sayable(text) or "·", "bold", room, size_max=largest, size_min=smallest)
    face = font("bold", found.size_pixels)
    pad = round(found.size_pixels * 0.55)
    width = round(max(face.getlength(line) for line in found.lines)) + 2 * pad
    image = Image.new("RGBA", (width, found.height + pad), (*_GROUND[:3], 0))
    ground = Image.new("RGBA", image.size, (*_GROUND[:3], 255))
    ground.putalpha(rounded(image.size, min(pad, image.height // 2), _GROUND[3]))
    image.alpha_composite(ground)
    pen = ImageDraw.Draw(image)
    step = round(found.size_pixels * LEADING)
    for number, line in enumerate(found.lines):
        left = (width - face.getlength(line)) / 2
        base = pad // 2 + step * number + found.size_pixels
        pen.text((left, base), line, font=face, fill=(255, 255, 255, 255), anchor="ls")
    return image


def _lay(image: Image.Image, piece: Image.Image, corner: str) -> None:
    margin = round(min(image.size) * _MARGIN)
    room = image.width - piece.width, image.height - piece.height
    left, top = room[0] // 2, room[1] // 2
    if corner.startswith("top"):
        top = margin
    elif corner.startswith("bottom"):
        # portrait players have their own controls at the bottom
        portrait = image.height > image.width
        top = room[1] - (round(image.height * 0.16) if portrait else margin)
    if corner.endswith("left"):
        left = margin
    elif corner.endswith("right"):
        left = room[0] - margin
    image.alpha_composite(piece, (max(0, left), max(0, top)))
