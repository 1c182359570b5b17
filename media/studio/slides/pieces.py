"""What slides are composed of, drawn once each: words, prices, badges, framed pictures."""

# Pillow's annotations leave the types of pixels open.
# pyright: reportUnknownMemberType=false

from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from app.kernel.drawing.fonts import Weight, font, sayable
from app.kernel.drawing.lines import LEADING, Lines, fit
from media.studio.slides.phrases import Price
from media.studio.slides.template import Type, rgba

_ASCENT = 1.0
"""From the top of a line to its base line, in sizes: Chinese letters end a little above it."""
_ROUGH = 4
"""Round shapes are drawn so many times larger, for smooth edges."""


class Piece:
    """A picture with transparency, and where it stands at rest: its upper left corner."""

    def __init__(self, image: Image.Image, left: int, top: int) -> None:
        self.image = image
        self.left = left
        self.top = top
        self.opaque = image.convert("RGB")
        self.mask = image.getchannel("A")

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what can be seen of it."""
        inner = self.mask.getbbox() or (0, 0, 0, 0)
        left, top, right, bottom = inner
        return left + self.left, top + self.top, right + self.left, bottom + self.top


class Scale(NamedTuple):
    """Pixels of a template's unit."""

    pixels: float

    def __call__(self, units: float) -> int:
        return round(units * self.pixels)


def lines_of(text: str, type_: Type, box: tuple[int, int], scale: Scale) -> Lines:
    """A text of a template's type, in a box of so many units."""
    return fit(
        sayable(text) or "·",
        type_.weight,
        (scale(box[0]), scale(box[1])),
        size_max=scale(type_.size_max),
        size_min=scale(type_.size_min),
    )


def paragraph(found: Lines, type_: Type, width: int, align: str) -> Image.Image:
    """Lines as a picture `width` pixels wide; it ends below the letters that reach lowest."""
    face = font(type_.weight, found.size_pixels)
    step = round(found.size_pixels * LEADING)
    size = width, step * len(found.lines) + step // 6
    image = Image.new("RGBA", size, (*rgba(type_.color)[:3], 0))
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(found.lines):
        left = (width - face.getlength(line)) / 2 if align == "center" else 0
        base = step * number + round(found.size_pixels * _ASCENT)
        pen.text((left, base), line, font=face, fill=rgba(type_.color), anchor="ls")
    return image


def price_row(
    now: Price, before: Price | None, type_: Type, old_color: str, width: int, scale: Scale
) -> Image.Image:
    """The price, its sign and decimals smaller, and beside it the one of before, struck out. As
    large as the width allows. Only as wide as it must be."""
    for size in range(scale(type_.size_max), scale(type_.size_min) - 1, -2):
        parts = _price_parts(now, before, type_.weight, size)
        if sum(advance for *_, advance in parts) <= width:
            break
    else:
        size = scale(type_.size_min)
        parts = _price_parts(now, None, type_.weight, size)
        while size > 8 and sum(advance for *_, advance in parts) > width:
            size -= 2
            parts = _price_parts(now, None, type_.weight, size)
    total = round(sum(advance for *_, advance in parts))
    image = Image.new("RGBA", (total + 4, round(size * 1.24)), (*rgba(type_.color)[:3], 0))
    pen = ImageDraw.Draw(image)
    base, left = round(size * 0.96), 0.0
    for text, pixels, struck, advance in parts:
        face = font("regular" if struck else type_.weight, pixels)
        gap = advance - face.getlength(text)
        colour = rgba(old_color if struck else type_.color)
        at = left + (gap if struck else 0)
        pen.text((at, base), text, font=face, fill=colour, anchor="ls")
        if struck:
            height = base - pixels * 0.36
            end = at + face.getlength(text)
            pen.line((at - 2, height, end + 2, height), colour, max(2, pixels // 14))
        left += advance
    return image


def _price_parts(
    now: Price, before: Price | None, weight: Weight, size: int
) -> list[tuple[str, int, bool, float]]:
    """(text, pixels, struck out, advance) from left to right."""
    small = max(10, round(size * 0.56))
    parts: list[tuple[str, int, bool, float]] = []
    for text, pixels in ((now.sign, small), (now.whole, size), (now.rest, small)):
        if text:
            parts.append((text, pixels, False, font(weight, pixels).getlength(text) + size * 0.03))
    if before is not None:
        pixels = max(10, round(size * 0.42))
        length = font("regular", pixels).getlength(str(before))
        parts.append((str(before), pixels, True, length + size * 0.26))
    return parts


def badge(words: tuple[str, str], radius: int, fill: str, color: str, turn: float) -> Image.Image:
    """A seal with a scalloped rim: a large word, and a small one below."""
    side = radius * 2
    image = Image.new("RGBA", (side * 2, side * 2), (*rgba(fill)[:3], 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((4, 4, side * 2 - 4, side * 2 - 4), fill=rgba(fill))
    edge = (*rgba(color)[:3], 110)
    ring = Image.new("RGBA", image.size, (0, 0, 0, 0))
    inset = side // 10
    ImageDraw.Draw(ring).ellipse(
        (inset, inset, side * 2 - inset, side * 2 - inset), outline=edge, width=max(3, side // 34)
    )
    image.alpha_composite(ring)
    large, small = words
    size = side
    while size > 12 and font("bold", size).getlength(large) > side * 1.42:
        size -= 2
    size = min(size, round(side * 0.82))
    middle = side
    pen.text((middle, middle - side * 0.16), large, font=font("bold", size), fill=rgba(color),
             anchor="mm")  # fmt: skip
    pen.text((middle, middle + side * 0.46), small, font=font("bold", round(side * 0.36)),
             fill=rgba(color), anchor="mm")  # fmt: skip
    image = image.rotate(turn, Image.Resampling.BICUBIC)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def pill(found: Lines, type_: Type, pad: tuple[int, int]) -> Image.Image:
    """Words on a ground with round ends."""
    assert type_.fill is not None
    face = font(type_.weight, found.size_pixels)
    width = round(max(face.getlength(line) for line in found.lines)) + 2 * pad[0]
    words = paragraph(found, type_, width, "center")
    height = round(len(found.lines) * found.size_pixels * LEADING) + 2 * pad[1]
    ground = Image.new("RGBA", (width, height), (*rgba(type_.fill)[:3], 255))
    radius = min(height // 2, found.size_pixels)
    ground.putalpha(rounded((width, height), radius))
    ground.alpha_composite(words, (0, pad[1]))
    return ground


def rounded(size: tuple[int, int], radius: int, strength: int = 255) -> Image.Image:
    """A mask with round corners."""
    if radius <= 0:
        return Image.new("L", size, strength)
    large = Image.new("L", (size[0] * _ROUGH, size[1] * _ROUGH))
    box = (0, 0, large.width - 1, large.height - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius * _ROUGH, fill=strength)
    return large.reduce(_ROUGH)


def shadow(size: tuple[int, int], radius: int, blur: int, strength: float) -> Image.Image:
    """What a card of this size throws on the ground; larger than the card by `blur` times two on
    every side."""
    mask = Image.new("L", (size[0] + 4 * blur, size[1] + 4 * blur))
    mask.paste(rounded(size, radius, round(255 * strength)), (2 * blur, 2 * blur))
    small = mask.resize((max(1, mask.width // 4), max(1, mask.height // 4)))
    small = small.filter(ImageFilter.GaussianBlur(blur / 4))
    image = Image.new("RGBA", mask.size, (20, 6, 4, 0))
    image.putalpha(small.resize(mask.size, Image.Resampling.BILINEAR))
    return image


Colors = tuple[str | None, str | None]
"""Of a mat, and of the line around it."""


def framed(
    picture: Image.Image, size: tuple[int, int], mat: int, radius: int, colors: Colors
) -> Image.Image:
    """A picture that fills its frame: with a mat and a thin line, corners round."""
    mat_color, line_color = colors
    width, height = size
    image = Image.new("RGBA", size, rgba(mat_color) if mat_color else (0, 0, 0, 0))
    inner = (width - 2 * mat, height - 2 * mat)
    fitted = ImageOps.fit(picture, inner, Image.Resampling.LANCZOS)
    image.paste(fitted, (mat, mat), rounded(inner, max(0, radius - mat)))
    if mat_color:
        image.putalpha(rounded(size, radius))
    if line_color:
        image.alpha_composite(outline(size, radius, line_color, max(2, width // 150)))
    return image


def outline(size: tuple[int, int], radius: int, colour: str, width: int) -> Image.Image:
    """A line along the inside of a rounded frame."""
    red, green, blue, alpha = rgba(colour)
    mask = rounded(size, radius, alpha)
    inner = (size[0] - 2 * width, size[1] - 2 * width)
    mask.paste(0, (width, width), rounded(inner, max(0, radius - width)))
    image = Image.new("RGBA", size, (red, green, blue, 0))
    image.putalpha(mask)
    return image


def without_picture(title: str, size: int, colour: str) -> Image.Image:
    """What stands in for a product that has no picture: its first letter on a quiet ground."""
    image = Image.new("RGB", (size, size), "#ece6e0")
    letter = (sayable(title) or "·")[0]
    ImageDraw.Draw(image).text(
        (size / 2, size / 2), letter, font=font("seal", size // 2), fill=rgba(colour)[:3],
        anchor="mm",
    )  # fmt: skip
    return image
