"""Breaks a text into lines and finds the largest size at which all of it fits into a box.

Nothing is cut off while the smallest size still holds the text: names of products are as long as
their brands make them. Lines are balanced: the narrowest width that needs no more lines is used.
"""

from typing import Final, NamedTuple

from app.kernel.drawing.fonts import Font, Weight, font

_NOT_FIRST: Final = frozenset("，。、！？；：）】」』》〉”’…%％℃·,.!?;:)]}")
_NOT_LAST: Final = frozenset("（【「『《〈“‘([{￥¥$")
LEADING: Final = 1.3
"""From line to line, in sizes of the type."""
_SIZE_STEP: Final = 2
_PER_LINE: Final = 0.8
"""One line more must make the type larger by a quarter to be worth it."""


class Lines(NamedTuple):
    """A text as it is to be drawn."""

    lines: tuple[str, ...]
    size_pixels: int
    whole: bool
    """False when even the smallest size did not hold all of it: the last line says so by '…'."""

    @property
    def height(self) -> int:
        """Of all lines, in pixels."""
        return round(len(self.lines) * self.size_pixels * LEADING)


def fit(text: str, weight: Weight, box: tuple[int, int], *, size_max: int, size_min: int) -> Lines:
    """The text in a box of so many pixels: as large as can be, in as few lines as look well."""
    width, height = box
    best: Lines | None = None
    for size in range(size_max, size_min - 1, -_SIZE_STEP):
        found = Lines(wrap(text, font(weight, size), width), size, whole=True)
        if found.height <= height and (best is None or _worth(found) > _worth(best)):
            best = found
    if best is not None:
        lines = _balanced(text, font(weight, best.size_pixels), width, best.lines)
        return best._replace(lines=lines)
    face = font(weight, size_min)
    kept = wrap(text, face, width)[: max(1, int(height / (size_min * LEADING)))]
    last = kept[-1]
    while last and face.getlength(f"{last}…") > width:
        last = last[:-1]
    return Lines((*kept[:-1], f"{last.rstrip()}…"), size_min, whole=False)


def wrap(text: str, face: Font, width: float) -> tuple[str, ...]:
    """Lines as full as possible. Breaks at spaces and between Chinese letters, inside a Latin word
    only when it is wider than a line. No line begins with a closing mark or ends in an opening
    one."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and face.getlength((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
        while face.getlength(line.rstrip()) > width and len(line.rstrip()) > 1:
            kept = _fitting(line, face, width)
            lines.append(line[:kept].rstrip())
            line = line[kept:].lstrip()
    if line.strip():
        lines.append(line.rstrip())
    return tuple(lines)


def _balanced(text: str, face: Font, width: int, lines: tuple[str, ...]) -> tuple[str, ...]:
    """As many lines, as even as can be."""
    if len(lines) < 2:
        return lines
    low, high = width // 2, width
    while high - low > 4:
        middle = (low + high) // 2
        narrower = wrap(text, face, middle)
        if len(narrower) == len(lines):
            high, lines = middle, narrower
        else:
            low = middle
    return lines


def _worth(found: Lines) -> float:
    return found.size_pixels * _PER_LINE ** len(found.lines)


def _pieces(text: str) -> list[str]:
    """What a line break may not part: a word with its space, a Chinese letter with its marks."""
    pieces: list[str] = []
    for letter in text:
        if not pieces or not _together(pieces[-1], letter):
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces


def _together(piece: str, letter: str) -> bool:
    before = piece[-1]
    if letter.isspace() or letter in _NOT_FIRST or before in _NOT_LAST:
        return True
    return not before.isspace() and not _wide(before) and not _wide(letter)


def _wide(letter: str) -> bool:
    """Whether lines break on both sides of it, as they do in Chinese."""
    return ord(letter) >= 0x2E80


def _fitting(text: str, face: Font, width: float) -> int:
    kept = 1
    while kept < len(text) and face.getlength(text[: kept + 1]) <= width:
        kept += 1
    return kept
