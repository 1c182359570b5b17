"""The share card: an envelope, who gives, what it says, and a code to scan."""

# Pillow does not say of what its parameters of pixels are.
# pyright: reportUnknownMemberType=false

import functools
import io
from enum import StrEnum
from typing import NamedTuple

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.kernel.drawing.fonts import Weight, font, sayable, speaks_chinese
from app.kernel.drawing.tokens import color


class Language(StrEnum):
    """Of a card's words."""

    CHINESE = "zh"
    ENGLISH = "en"


WIDTH, HEIGHT = 780, 1182
_MARGIN = 60
_FLAP = 570
_SEAL = 92
_QR_PIXELS = 330
_QR_QUIET_MODULES = 2
_TITLE_LINES_MAX = 2
_CREAM = "#fff3dc"
_WORDS: dict[Language, dict[str, str]] = {
    Language.CHINESE: {"from": "{name} 的红包", "scan": "扫一扫，一起拆红包", "app": "狂欢城"},
    Language.ENGLISH: {
        "from": "A red packet from {name}",
        "scan": "Scan to open it",
        "app": "Carnival",
    },
}


class Words(NamedTuple):
    """What is written on a card."""

    brand: str
    title: str
    language: Language


def draw_card(words: Words, url: str) -> bytes:
    """A PNG of 780 × 1182 pixels whose code leads to `url`. Takes about a tenth of a second."""
    card = _paper().copy()
    pen = ImageDraw.Draw(card)
    said = _WORDS[words.language if speaks_chinese() else Language.ENGLISH]
    _line(pen, said["from"].format(name=sayable(words.brand)), 104, "regular", 34, "#ffe0bd")
    y = 176
    for line in _lines(pen, sayable(words.title), "bold", 60):
        _line(pen, line, y, "bold", 60, _CREAM)
        y += 84
    _seal(card)
    _code(card, url)
    _line(pen, said["scan"], HEIGHT - 118, "bold", 32, _CREAM)
    _line(pen, said["app"], HEIGHT - 62, "regular", 26, "#ffd0a8")
    out = io.BytesIO()
    card.save(out, "PNG", compress_level=6)
    return out.getvalue()


@functools.cache
def _paper() -> Image.Image:
    """The envelope without words, drawn once a process."""
    body = _shade(color("red-deep"), "#8c0f09")
    flap = _shade("#ef4438", color("red"))
    mask = Image.new("L", (WIDTH * 2, HEIGHT * 2), 0)
    ImageDraw.Draw(mask).ellipse((-600, -1000, WIDTH * 2 + 600, _FLAP * 2), fill=255)
    mask = mask.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    gold = Image.new("RGB", (WIDTH, HEIGHT), color("gold"))
    lower = ImageChops.offset(mask, 0, 8)
    shadow = ImageChops.offset(mask, 0, 26).filter(ImageFilter.GaussianBlur(18))
    body.paste(
        Image.new("RGB", body.size, "#5c0906"),
        (0, 0),
        shadow.point([value * 55 // 100 for value in range(256)]),
    )
    body.paste(gold, (0, 0), lower)
    body.paste(flap, (0, 0), mask)
    return body


def _shade(top: str, bottom: str) -> Image.Image:
    fade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    upper = Image.new("RGB", (WIDTH, HEIGHT), top)
    return Image.composite(Image.new("RGB", (WIDTH, HEIGHT), bottom), upper, fade)


def _seal(card: Image.Image) -> None:
    """The round gold seal where the flap ends."""
    size = _SEAL * 4
    seal = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(seal)
    pen.ellipse((0, 0, size - 1, size - 1), fill="#dd9c38")
    pen.ellipse((8, 6, size - 10, size - 14), fill=color("gold"))
    pen.ellipse((26, 22, size - 30, size - 34), outline="#ffedc2", width=8)
    middle = size // 2
    if speaks_chinese():
        pen.text((middle, middle), "開", font=font("seal", size // 2), fill="#8a1309", anchor="mm")
    else:
        pen.rectangle((middle - 34, middle - 34, middle + 34, middle + 34), fill="#8a1309")
    seal = seal.resize((_SEAL * 2, _SEAL * 2), Image.Resampling.LANCZOS)
    card.paste(seal, (WIDTH // 2 - _SEAL, _FLAP - _SEAL - 20), seal)


def _code(card: Image.Image, url: str) -> None:
    """The code on white, with its quiet zone; a seventh of it may be damaged."""
    matrix = segno.make(url, error="m", boost_error=False, micro=False).matrix
    modules = len(matrix) + 2 * _QR_QUIET_MODULES
    scale = max(1, _QR_PIXELS // modules)
    side = modules * scale
    left, top = (WIDTH - side) // 2, HEIGHT - 170 - side
    pen = ImageDraw.Draw(card)
    pen.rounded_rectangle((left - 14, top - 14, left + side + 14, top + side + 14), 22, "#ffffff")
    quiet = _QR_QUIET_MODULES * scale
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                x, y = left + quiet + column * scale, top + quiet + row * scale
                pen.rectangle((x, y, x + scale - 1, y + scale - 1), color("ink"))


def _lines(pen: ImageDraw.ImageDraw, text: str, weight: Weight, size: int) -> list[str]:
    """A text broken into lines that fit, between words where there are any; the last one ends in
    an ellipsis when there is more."""
    room = WIDTH - 2 * _MARGIN
    face = font(weight, size)
    lines: list[str] = []
    while text:
        if len(lines) == _TITLE_LINES_MAX - 1 and pen.textlength(text, face) > room:
            kept = _fitting(pen, f"{text}…", weight, size, room - int(pen.textlength("…", face)))
            return [*lines, f"{text[:kept].rstrip()}…"]
        kept = _fitting(pen, text, weight, size, room)
        space = text.rfind(" ", 0, kept)
        if kept < len(text) and space > kept // 2:
            kept = space
        lines.append(text[:kept].strip())
        text = text[kept:].strip()
    return lines


def _fitting(pen: ImageDraw.ImageDraw, text: str, weight: Weight, size: int, room: int) -> int:
    face = font(weight, size)
    kept = 1
    while kept < len(text) and pen.textlength(text[: kept + 1], face) <= room:
        kept += 1
    return kept


def _line(
    pen: ImageDraw.ImageDraw, text: str, y: int, weight: Weight, size: int, fill: str
) -> None:
    """A line in the middle, made smaller until it fits."""
    face = font(weight, size)
    while size > 16 and pen.textlength(text, face) > WIDTH - 2 * _MARGIN:
        size -= 2
        face = font(weight, size)
    left = (WIDTH - pen.textlength(text, face)) / 2
    pen.text((left, y), text, font=face, fill=fill)
