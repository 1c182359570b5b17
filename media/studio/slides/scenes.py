"""The three kinds of slides: opening, product, closing. Each paints itself onto a ground."""

# Pillow's annotations leave the types of pixels open.
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from PIL import Image, ImageOps

from media.studio.slides import phrases
from media.studio.slides.grounds import Backdrop
from media.studio.slides.motion import arrive, pulse, smooth, spring, within
from media.studio.slides.pieces import (
    Colors,
    Piece,
    Scale,
    badge,
    framed,
    lines_of,
    outline,
    paragraph,
    pill,
    price_row,
    rounded,
    shadow,
)
from media.studio.slides.plan import Item, Show
from media.studio.slides.template import Template, rgba

_CARRY = 1.25
"""The picture is kept so many times larger than it is shown, for the camera to move in."""
_FAN = ((-152, 26, -9), (152, 30, 8), (0, 0, -1))
"""Where the opening's pictures lie: right, down, turned; the middle one on top."""
_TILES_MAX = 9


class Scene(Protocol):
    """A slide. `now` counts frames since its cut, and is negative while it comes in."""

    ground: Backdrop

    def paint(self, image: Image.Image, now: float, left: int = 0) -> None:
        """Everything but the ground, moved by so many pixels."""
        ...

    def words(self) -> Sequence[Piece]:
        """What is written, at rest: it must lie inside what every phone shows."""
        ...


class Pace(NamedTuple):
    """How long a slide stays, and how fast the music is, in frames."""

    frames: int
    beat: int
    transition: int


class Studio(NamedTuple):
    """What all slides share."""

    show: Show
    look: Template
    scale: Scale
    size: tuple[int, int]

    def place(self, image: Image.Image, box: tuple[int, int, int, int], align: str) -> Piece:
        """A piece at the top of a box, in units."""
        left, top, width, _ = (self.scale(each) for each in box)
        if align == "center":
            left += (width - image.width) // 2
        return Piece(image, left, top)


def stick(
    image: Image.Image,
    piece: Piece,
    move: tuple[int, int] = (0, 0),
    alpha: float = 1,
    scale: float = 1,
) -> None:
    """Paint a piece: moved, partly transparent, made larger or smaller around its middle."""
    if alpha <= 0 or scale <= 0.02:
        return
    shown, mask, left, top = piece.opaque, piece.mask, piece.left + move[0], piece.top + move[1]
    if abs(scale - 1) * shown.width > 0.5:
        size = max(1, round(shown.width * scale)), max(1, round(shown.height * scale))
        left, top = left + (shown.width - size[0]) // 2, top + (shown.height - size[1]) // 2
        shown = shown.resize(size, Image.Resampling.BILINEAR)
        mask = mask.resize(size, Image.Resampling.BILINEAR)
    if alpha < 1:
        mask = mask.point([round(value * alpha) for value in range(256)])
    image.paste(shown, (left, top), mask)


class ProductSlide:
    """One product: its picture, its name, its price, and how that has fallen."""

    def __init__(
        self, studio: Studio, ground: Backdrop, number: int, picture: Image.Image, pace: Pace
    ) -> None:
        self.ground = ground
        self._studio = studio
        self._pace = pace
        self._number = number
        item = studio.show.items[number]
        self._hang(picture)
        self._title, self._price = self._write(item)
        self._badge = self._seal(item)
        self._counter = self._count()

    def words(self) -> Sequence[Piece]:
        """See Scene."""
        found = [self._title, self._price, self._counter, self._badge]
        return [each for each in found if each is not None]

    def paint(self, image: Image.Image, now: float, left: int = 0) -> None:
        """See Scene."""
        beat = self._pace.beat
        stick(image, self._shadow, (left, 0))
        image.paste(self._camera(now), (self._left + left, self._top), self._mask)
        if self._line is not None:
            stick(image, self._line, (left, 0))
        if self._counter is not None:
            stick(image, self._counter, (left, 0), within(now, -4, 8))
        come = arrive(within(now, 1, 13))
        rise = self._studio.scale(46 * (1 - come))
        stick(image, self._title, (left, rise), come)
        share = within(now, beat - 4, 11)
        stick(image, self._price, (left, 0), min(1, share * 3), 0.6 + 0.4 * spring(share))
        if self._badge is not None:
            share = within(now, beat * 2 - 4, 11)
            grown = spring(share) * (1 + 0.07 * pulse(now, beat) * float(share >= 1))
            stick(image, self._badge, (left, 0), min(1, share * 3), grown)

    def _hang(self, picture: Image.Image) -> None:
        look, scale = self._studio.look.picture, self._studio.scale
        left, top, width, height = (scale(each) for each in look.box)
        mat = scale(look.mat)
        self._left, self._top = left + mat, top + mat
        self._inner = width - 2 * mat, height - 2 * mat
        carried = round(self._inner[0] * _CARRY), round(self._inner[1] * _CARRY)
        self._picture = ImageOps.fit(picture, carried, Image.Resampling.LANCZOS)
        self._mask = rounded(self._inner, max(0, scale(look.radius) - mat))
        card = Image.new("RGBA", (1, 1))
        if mat:
            card = Image.new("RGBA", (width, height), rgba(look.mat_color))
            card.putalpha(rounded((width, height), scale(look.radius)))
        if look.shadow:
            blur = scale(22)
            thrown = shadow((width, height), scale(look.radius), blur, look.shadow)
            thrown.alpha_composite(card, (2 * blur, 2 * blur - scale(14)))
            self._shadow = Piece(thrown, left - 2 * blur, top - 2 * blur + scale(14))
        else:
            self._shadow = Piece(card, left, top)
        self._line = None
        if look.line_color:
            line = outline((width, height), scale(look.radius), look.line_color, scale(4))
            self._line = Piece(line, left, top)
        self._light = Image.linear_gradient("L").rotate(90)
        self._light = ImageOps.fit(self._light, (self._inner[0] // 3, self._inner[1]))

    def _camera(self, now: float) -> Image.Image:
        """The part of the picture that is seen, and the light that runs across it."""
        look, pace = self._studio.look.picture, self._pace
        half = pace.transition / 2
        share = within(now, -half, pace.frames + 2 * half)
        start, stop = look.zoom
        zoom = (start + (stop - start) * share) * 1.02
        width, height = self._picture.size
        seen = width / zoom, height / zoom
        drift = (share - 0.5) * (1 if self._number % 2 else -1) * 0.6
        left = (width - seen[0]) * (0.5 + drift)
        top = (height - seen[1]) * 0.5
        box = (left, top, left + seen[0], top + seen[1])
        image = self._picture.resize(self._inner, Image.Resampling.BILINEAR, box=box)
        if look.sweep:
            run = smooth(within(now, pace.beat * 2, pace.beat * 1.2))
            if 0 < run < 1:
                at = round((self._inner[0] + self._light.width) * run) - self._light.width
                light = self._light.point([value * 70 // 255 for value in range(256)])
                image.paste((255, 240, 214), (at, 0), light)
        return image

    def _write(self, item: Item) -> tuple[Piece, Piece]:
        """Name and price, one below the other, in the middle of their box."""
        studio, text = self._studio, self._studio.look.text
        left, top, width, height = text.box
        found = lines_of(item.title, text.title, (width, text.title_height), studio.scale)
        name = paragraph(found, text.title, studio.scale(width), text.align)
        before = item.old_minor
        old = phrases.price(before, item.currency) if before is not None else None
        row = price_row(
            phrases.price(item.price_minor, item.currency), old, text.price, text.old_color,
            studio.scale(width), studio.scale,
        )  # fmt: skip
        gap = studio.scale(text.gap)
        used = name.height + gap + row.height
        room = studio.scale(height)
        y = studio.scale(top) + (max(0, room - used) // 6 if text.align == "center" else 0)
        x = studio.scale(left)
        inset = (studio.scale(width) - row.width) // 2 if text.align == "center" else 0
        return Piece(name, x, y), Piece(row, x + inset, y + name.height + gap)

    def _seal(self, item: Item) -> Piece | None:
        """How the price has fallen."""
        studio, look = self._studio, self._studio.look.badge
        words = phrases.reduction(item.price_minor, item.old_minor, studio.show.language)
        if words is None:
            return None
        radius = studio.scale(look.radius)
        image = badge(words, radius, look.fill, look.color, look.turn)
        x, y = (studio.scale(each) for each in look.center)
        return Piece(image, x - radius, y - radius)

    def _count(self) -> Piece | None:
        """Which of how many."""
        studio, look = self._studio, self._studio.look.counter
        count = len(studio.show.items)
        if count == 1:
            return None
        x, y = (studio.scale(each) for each in look.at)
        if look.kind == "dots":
            image = _dots(self._number, count, look.color, studio.scale)
            return Piece(image, x - image.width // 2, y - image.height // 2)
        type_ = studio.look.text.price
        small = type(type_)("regular", 30, 28, look.color)
        words = f"{self._number + 1:02d} / {count:02d}"
        found = lines_of(words, small, (576, 60), studio.scale)
        image = paragraph(found, small, studio.scale(300), "left")
        return Piece(image, x, y - image.height // 2)


class OpeningSlide:
    """Who shows what, and a fan of the first pictures."""

    def __init__(
        self, studio: Studio, ground: Backdrop, pictures: Sequence[Image.Image], pace: Pace
    ) -> None:
        self.ground = ground
        self._pace = pace
        self._studio = studio
        look, scale = studio.look.opening, studio.scale
        name = lines_of(studio.show.name, look.name, (576, 64), scale)
        title = lines_of(studio.show.title, look.title, (576, 300), scale)
        self._name = studio.place(
            paragraph(name, look.name, scale(576), "center"), (72, 150, 576, 64), "center"
        )
        self._title = studio.place(
            paragraph(title, look.title, scale(576), "center"),
            (72, 236 if len(title.lines) > 1 else 270, 576, 300), "center",
        )  # fmt: skip
        side = scale(360)
        self._fan: list[Piece] = []
        places = _FAN[3 - min(3, len(pictures)) :] if len(pictures) != 2 else _FAN[:2]
        for picture, (right, down, turn) in zip(_fanned(pictures), places, strict=False):
            mat = look.picture
            card = _card(picture, side, turn, (mat.mat_color, mat.line_color), scale)
            x, y = scale(360 + right), scale(826 + down)
            self._fan.append(Piece(card, x - card.width // 2, y - card.height // 2))

    def words(self) -> Sequence[Piece]:
        """See Scene."""
        return [self._name, self._title]

    def paint(self, image: Image.Image, now: float, left: int = 0) -> None:
        """See Scene. The first frame is a picture already: it may be the one people see first."""
        beat = self._pace.beat
        middle = self._studio.size[0] // 2
        for number, card in enumerate(self._fan):
            last = number == len(self._fan) - 1
            share = 1.0 if last else spring(within(now, beat * (number + 1) - 5, 14))
            centre = card.left + card.image.width // 2
            away = round((middle - centre) * (1 - share))
            stick(image, card, (left + away, 0), scale=1 + 0.02 * pulse(now, beat) * float(last))
        stick(image, self._name, (left, 0))
        stick(image, self._title, (left, 0), scale=1 + 0.03 * arrive(within(now, 0, beat * 4)))


class ClosingSlide:
    """Everything once more, with prices, and what to do now."""

    def __init__(
        self, studio: Studio, ground: Backdrop, pictures: Sequence[Image.Image], pace: Pace
    ) -> None:
        self.ground = ground
        self._pace = pace
        self._studio = studio
        look, scale, language = studio.look.closing, studio.scale, studio.show.language
        name = lines_of(studio.show.name, look.title, (576, 130), scale)
        title = paragraph(name, look.title, scale(576), "center")
        self._name = studio.place(title, (72, 128, 576, 130), "center")
        call = lines_of(phrases.CALL[language], look.call, (500, 100), scale)
        button = pill(call, look.call, (scale(44), scale(18)))
        self._call = studio.place(button, (72, 1052, 576, 100), "center")
        self._tiles = _tiles(studio, pictures[:_TILES_MAX])

    def words(self) -> Sequence[Piece]:
        """See Scene."""
        return [self._name, self._call, *self._tiles]

    def paint(self, image: Image.Image, now: float, left: int = 0) -> None:
        """See Scene."""
        beat = self._pace.beat
        stick(image, self._name, (left, 0))
        step = min(6.0, beat / max(1, len(self._tiles)) * 1.6)
        for number, tile in enumerate(self._tiles):
            share = within(now, number * step - 4, 11)
            stick(image, tile, (left, 0), min(1, share * 3), 0.7 + 0.3 * spring(share))
        share = within(now, beat * 1.5, 11)
        swell = 0.6 + 0.4 * spring(share) + 0.035 * pulse(now, beat) * float(share >= 1)
        stick(image, self._call, (left, 0), min(1, share * 3), swell)


def _fanned(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """The first three, the very first on top."""
    first = list(pictures[:3])
    return [*first[1:], first[0]]


def _card(picture: Image.Image, side: int, turn: int, colors: Colors, scale: Scale) -> Image.Image:
    """A picture as a card that lies on the ground, turned."""
    card = framed(picture, (side * 2, side * 2), scale(28), scale(52), colors)
    blur = scale(40)
    thrown = shadow(card.size, scale(52), blur, 0.42)
    thrown.alpha_composite(card, (2 * blur, 2 * blur - scale(20)))
    turned = thrown.rotate(-turn, Image.Resampling.BICUBIC, expand=True)
    return turned.resize((turned.width // 2, turned.height // 2), Image.Resampling.LANCZOS)


def _tiles(studio: Studio, pictures: Sequence[Image.Image]) -> list[Piece]:
    """Small pictures with their prices, in rows that are centred."""
    look, scale = studio.look.closing, studio.scale
    count = len(pictures)
    columns = 1 if count == 1 else 2 if count <= 4 else 3
    side = {1: 400, 2: 270, 3: 176}[columns]
    gap, foot = 24, {1: 84, 2: 64, 3: 52}[columns]
    rows = -(-count // columns)
    top = 300 + (710 - rows * (side + foot) - (rows - 1) * gap) // 2
    tiles: list[Piece] = []
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        wide = min(columns, count - row * columns)
        left = 360 - (wide * side + (wide - 1) * gap) // 2 + column * (side + gap)
        item = studio.show.items[number]
        size = scale(side), scale(side + foot)
        tile = Image.new("RGBA", size, rgba(look.tile_color))
        tile.paste(ImageOps.fit(picture, (size[0], scale(side)), Image.Resampling.LANCZOS))
        type_ = look.price if columns > 1 else type(look.price)(
            look.price.weight, 50, 24, look.price.color
        )  # fmt: skip
        row_image = price_row(
            phrases.price(item.price_minor, item.currency), None, type_, look.price.color,
            size[0] - scale(20), scale,
        )  # fmt: skip
        middle = scale(side) + (scale(foot) - round(row_image.height)) // 2
        tile.alpha_composite(row_image, ((size[0] - row_image.width) // 2, middle))
        tile.putalpha(rounded(size, scale(18)))
        tiles.append(Piece(tile, scale(left), scale(top + row * (side + foot + gap))))
    return tiles


def _dots(number: int, count: int, colour: str, scale: Scale) -> Image.Image:
    """A dot for every product, a bar for this one."""
    dot, bar, gap = scale(10), scale(30), scale(10)
    width = dot * (count - 1) + bar + gap * (count - 1)
    image = Image.new("RGBA", (width, dot), (*rgba(colour)[:3], 0))
    left = 0
    for each in range(count):
        long = bar if each == number else dot
        mark = Image.new("RGBA", (long, dot), (*rgba(colour)[:3], 255))
        mark.putalpha(rounded((long, dot), dot // 2, 255 if each == number else 130))
        image.alpha_composite(mark, (left, 0))
        left += long + gap
    return image
