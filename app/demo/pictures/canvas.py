"""A canvas for smooth, softly lit pictures, quick enough to draw a hundred at start-up.

Only the bounding box of a shape is drawn larger and scaled down, for smooth edges; light and
shadow, which have no edges, are drawn small and scaled up.
"""

# Pillow's own annotations name NumPy types, which are not installed:
# pyright: reportUnknownMemberType=false

import math
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.demo.pictures.colours import Colour, mix
from app.demo.pictures.shapes import Point, Points

Stops = Sequence[tuple[float, Colour]]


class Linear(NamedTuple):
    """A gradient across a shape; 0 degrees runs to the right, 90 downwards."""

    stops: Stops
    angle: float = 90


class Radial(NamedTuple):
    """A gradient from a spot (shares of the shape's box), `reach` half diagonals far."""

    stops: Stops
    x: float = 0.5
    y: float = 0.5
    reach: float = 1


Paint = Colour | Linear | Radial

_RAMP_PAD = 300


def fade(*colours: Colour, angle: float = 90) -> Linear:
    """Evenly spaced stops."""
    last = max(1, len(colours) - 1)
    return Linear([(i / last, colour) for i, colour in enumerate(colours)], angle)


class Canvas:
    """Pixels with the origin in the middle and 1000 units along the shorter side."""

    def __init__(self, size: tuple[int, int], ground: Colour = (255, 255, 255)) -> None:
        self.image = Image.new("RGB", size, ground)
        self.unit = min(size) / 1000
        self.half_width = size[0] / self.unit / 2
        self.half_height = size[1] / self.unit / 2
        self._matrix = (self.unit, 0.0, size[0] / 2, 0.0, self.unit, size[1] / 2)
        self._clip: Image.Image | None = None

    @contextmanager
    def at(self, x: float, y: float, scale: float = 1, turn: float = 0) -> Generator[None]:
        """Inside, the origin is here; things are scaled and turned clockwise by degrees."""
        a, b, e, c, d, f = before = self._matrix
        cos, sin = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
        self._matrix = (
            a * cos + b * sin,
            b * cos - a * sin,
            a * x + b * y + e,
            c * cos + d * sin,
            d * cos - c * sin,
            c * x + d * y + f,
        )
        try:
            yield
        finally:
            self._matrix = before

    @contextmanager
    def inside(self, points: Sequence[Point]) -> Generator[None]:
        """Inside, nothing is painted beyond these points."""
        before = self._clip
        mask = Image.new("L", self.image.size)
        found = self._mask(self._pixels(points))
        if found is not None:
            mask.paste(found[0], found[1][:2])
        self._clip = mask
        try:
            yield
        finally:
            self._clip = before

    def fill(self, points: Sequence[Point], paint: Paint, alpha: float = 1) -> None:
        """Paint a shape."""
        pixels = self._pixels(points)
        found = self._mask(pixels)
        if found is None:
            return
        mask, area = found
        if alpha < 1:
            mask = mask.point(_scaled(round(alpha * 100)))
        if isinstance(paint, Linear):
            self.image.paste(self._linear(paint, pixels, area), area[:2], mask)
        elif isinstance(paint, Radial):
            self.image.paste(self._radial(paint, pixels, area), area[:2], mask)
        else:
            self.image.paste(paint, area, mask)

    def cover(self, paint: Paint) -> None:
        """Paint all of the canvas."""
        w, h = self.image.size
        corners: Points = [(0, 0), (w, 0), (w, h), (0, h)]
        area = (0, 0, w, h)
        if isinstance(paint, Linear):
            self.image.paste(self._linear(paint, corners, area), (0, 0))
        elif isinstance(paint, Radial):
            self.image.paste(self._radial(paint, corners, area), (0, 0))
        else:
            self.image.paste(paint, area)

    def soft(
        self, points: Sequence[Point], colour: Colour, blur: float, alpha: float = 0.5
    ) -> None:
        """A shape without edges: a shadow on the ground, a cheek, mist, a patch of light."""
        pixels = self._pixels(points)
        radius = blur * self._scale()
        shrink = max(1.0, radius / 3)
        area = self._area(pixels, 2.6 * radius)
        if area is None:
            return
        width, height = area[2] - area[0], area[3] - area[1]
        small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        mask = Image.new("L", small)
        fx, fy = small[0] / width, small[1] / height
        outline = [((x - area[0]) * fx, (y - area[1]) * fy) for x, y in pixels]
        ImageDraw.Draw(mask).polygon(outline, fill=round(255 * alpha))
        mask = mask.filter(ImageFilter.GaussianBlur(radius / shrink))
        mask = mask.resize((width, height), Image.Resampling.BILINEAR)
        self._paste(colour, area, mask)

    def glow(
        self, x: float, y: float, radius: float, colour: Colour, strength: float = 0.6
    ) -> None:
        """Light that adds up, as lamps and fireworks do."""
        reach = radius * self._scale()
        (px, py), *_ = self._pixels([(x, y)])
        area = self._area([(px - reach, py - reach), (px + reach, py + reach)], 0)
        if area is None:
            return
        size = (area[2] - area[0], area[3] - area[1])
        fall = (
            _falloff()
            .transform(
                (max(1, size[0] // 4), max(1, size[1] // 4)),
                Image.Transform.AFFINE,
                (
                    *(512 / reach, 0, 128 + (area[0] - px) * 128 / reach),
                    *(0, 512 / reach, 128 + (area[1] - py) * 128 / reach),
                ),
                Image.Resampling.BILINEAR,
            )
            .resize(size, Image.Resampling.BILINEAR)
        )
        if self._clip is not None:
            fall = ImageChops.multiply(fall, self._clip.crop(area))
        bands = [fall.point(_scaled(round(part * strength / 2.55))) for part in colour]
        lit = ImageChops.add(self.image.crop(area), Image.merge("RGB", bands))
        self.image.paste(lit, area[:2])

    def volume(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        dx: float,
        dy: float,
        blur: float,
        alpha: float = 0.5,
    ) -> None:
        """Shade the rim inside a shape on the side away from (dx, dy): flat becomes round."""
        pixels = self._pixels(points)
        found = self._mask(pixels)
        if found is None:
            return
        mask, area = found
        radius = max(1.0, blur * self._scale())
        shrink = max(1.0, radius / 3)
        width, height = area[2] - area[0], area[3] - area[1]
        pad = 3
        small = (max(1, round(width / shrink)) + 2 * pad, max(1, round(height / shrink)) + 2 * pad)
        inner = Image.new("L", small, 255)
        fx, fy = (small[0] - 2 * pad) / width, (small[1] - 2 * pad) / height
        sx, sy = dx * self._scale(), dy * self._scale()
        outline = [
            ((x + sx - area[0]) * fx + pad, (y + sy - area[1]) * fy + pad) for x, y in pixels
        ]
        ImageDraw.Draw(inner).polygon(outline, fill=0)
        inner = inner.filter(ImageFilter.GaussianBlur(radius / shrink))
        inner = inner.crop((pad, pad, small[0] - pad, small[1] - pad))
        inner = inner.resize((width, height), Image.Resampling.BILINEAR)
        shade = ImageChops.multiply(mask, inner)
        self.image.paste(colour, area, shade.point(_scaled(round(alpha * 100))))

    def line(self, points: Sequence[Point], width: float, colour: Colour, alpha: float = 1) -> None:
        """A line with round ends."""
        pixels = self._pixels(points)
        stroke = max(0.7, width * self._scale())
        area = self._area(pixels, stroke)
        if area is None:
            return
        width_px, height_px = area[2] - area[0], area[3] - area[1]
        zoom = 3 if width_px * height_px < 60_000 else 2
        mask = Image.new("L", (width_px * zoom, height_px * zoom))
        draw = ImageDraw.Draw(mask)
        path = [((x - area[0]) * zoom, (y - area[1]) * zoom) for x, y in pixels]
        draw.line(path, fill=255, width=max(1, round(stroke * zoom)), joint="curve")
        r = stroke * zoom / 2
        for x, y in (path[0], path[-1]):
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        mask = mask.reduce(zoom)
        if alpha < 1:
            mask = mask.point(_scaled(round(alpha * 100)))
        self._paste(colour, area, mask)

    def finish(self, *, grain: float = 3.2, vignette: float = 0.16) -> Image.Image:
        """Darker corners and a little grain, which also hides the steps of gradients."""
        size = self.image.size
        image = self.image
        if vignette:
            image = ImageChops.multiply(image, _vignette(size, vignette))
        if grain:
            image = ImageChops.add(image, _grain(size, grain), 1, -128)
        return image

    def _paste(self, colour: Colour, area: tuple[int, int, int, int], mask: Image.Image) -> None:
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop(area))
        self.image.paste(colour, area, mask)

    def _scale(self) -> float:
        return math.hypot(self._matrix[0], self._matrix[3])

    def _pixels(self, points: Sequence[Point]) -> Points:
        a, b, e, c, d, f = self._matrix
        return [(a * x + b * y + e, c * x + d * y + f) for x, y in points]

    def _area(self, pixels: Points, margin: float) -> tuple[int, int, int, int] | None:
        """The pixel box of a shape on the canvas; None when it lies beside."""
        xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
        width, height = self.image.size
        left = max(0, math.floor(min(xs) - margin))
        top = max(0, math.floor(min(ys) - margin))
        right = min(width, math.ceil(max(xs) + margin) + 1)
        bottom = min(height, math.ceil(max(ys) + margin) + 1)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _mask(self, pixels: Points) -> tuple[Image.Image, tuple[int, int, int, int]] | None:
        area = self._area(pixels, 0)
        if area is None:
            return None
        width, height = area[2] - area[0], area[3] - area[1]
        zoom = 4 if width * height < 40_000 else 3 if width * height < 160_000 else 2
        mask = Image.new("L", (width * zoom, height * zoom))
        outline = [((x - area[0]) * zoom, (y - area[1]) * zoom) for x, y in pixels]
        ImageDraw.Draw(mask).polygon(outline, fill=255)
        mask = mask.reduce(zoom)
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop(area))
        return mask, area

    def _linear(
        self, paint: Linear, pixels: Points, area: tuple[int, int, int, int]
    ) -> Image.Image:
        turn = math.atan2(self._matrix[3], self._matrix[0])
        angle = math.radians(paint.angle) + turn
        dx, dy = math.cos(angle), math.sin(angle)
        along = [x * dx + y * dy for x, y in pixels]
        low, high = min(along), max(along)
        rate = 255 / max(1.0, high - low)
        shrink = 4 if high - low > 100 else 1
        size = (area[2] - area[0], area[3] - area[1])
        start = (area[0] * dx + area[1] * dy - low) * rate + _RAMP_PAD
        return (
            _ramp(tuple(paint.stops))
            .transform(
                (max(1, -(-size[0] // shrink)), max(1, -(-size[1] // shrink))),
                Image.Transform.AFFINE,
                (dx * rate * shrink, dy * rate * shrink, start, 0, 0, 1),
                Image.Resampling.BILINEAR,
            )
            .resize(size, Image.Resampling.BILINEAR)
        )

    def _radial(
        self, paint: Radial, pixels: Points, area: tuple[int, int, int, int]
    ) -> Image.Image:
        xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        x, y = min(xs) + paint.x * width, min(ys) + paint.y * height
        reach = max(1.0, math.hypot(width, height) / 2 * paint.reach)
        size = (area[2] - area[0], area[3] - area[1])
        shrink = 4
        distance = _distance().transform(
            (max(1, -(-size[0] // shrink)), max(1, -(-size[1] // shrink))),
            Image.Transform.AFFINE,
            (
                *(shrink * 256 / reach, 0, 512 + (area[0] - x) * 256 / reach),
                *(0, shrink * 256 / reach, 512 + (area[1] - y) * 256 / reach),
            ),
            Image.Resampling.BILINEAR,
            fillcolor=255,
        )
        table = _table(tuple(paint.stops))
        bands = [distance.point(list(table[band::3])) for band in range(3)]
        return Image.merge("RGB", bands).resize(size, Image.Resampling.BILINEAR)


@lru_cache(maxsize=512)
def _table(stops: tuple[tuple[float, Colour], ...]) -> bytes:
    """256 colours along the stops, as red, green and blue of each."""
    table = bytearray()
    for (start, one), (stop, other) in pairwise(((0.0, stops[0][1]), *stops, (1.0, stops[-1][1]))):
        first, last = len(table) // 3, round(stop * 255)
        for i in range(first, last + 1):
            share = min(1.0, max(0.0, (i / 255 - start) / (stop - start))) if stop > start else 1.0
            table += bytes(mix(one, other, share))
    return bytes(table)


@lru_cache(maxsize=128)
def _scaled(percent: int) -> list[int]:
    """A table for `Image.point` that keeps so much of a mask."""
    return [(i * percent + 50) // 100 for i in range(256)]


@lru_cache(maxsize=512)
def _ramp(stops: tuple[tuple[float, Colour], ...]) -> Image.Image:
    """The colours in a row, with so much of the ends that no pixel beside a shape leaves it."""
    table = _table(stops)
    row = table[:3] * _RAMP_PAD + table + table[-3:] * _RAMP_PAD
    return Image.frombytes("RGB", (256 + 2 * _RAMP_PAD, 3), row * 3)


@lru_cache(maxsize=1)
def _distance() -> Image.Image:
    """Distance from the middle: 255 at a radius of 256 pixels and beyond."""
    cone = _cone().resize((512, 512), Image.Resampling.BILINEAR)
    field = Image.new("L", (1024, 1024), 255)
    field.paste(cone, (256, 256))
    return field


@lru_cache(maxsize=1)
def _falloff() -> Image.Image:
    """Light around a lamp: 255 in the middle, softly to nothing at a radius of 128 pixels."""
    return _cone().point([round(255 * (1 - i / 255) ** 2.2) for i in range(256)])


@lru_cache(maxsize=1)
def _cone() -> Image.Image:
    """255 at a radius of 128 pixels; Pillow's own reaches it in the corners."""
    return Image.radial_gradient("L").point([min(255, round(i * 1.4143)) for i in range(256)])


@lru_cache(maxsize=16)
def _vignette(size: tuple[int, int], strength: float) -> Image.Image:
    small = Image.radial_gradient("L").resize((64, 64))
    dim = small.point([round(255 * (1 - strength * (i / 255) ** 2.4)) for i in range(256)])
    return Image.merge("RGB", [dim.resize(size, Image.Resampling.BILINEAR)] * 3)


@lru_cache(maxsize=16)
def _grain(size: tuple[int, int], strength: float) -> Image.Image:
    """The same grain every time: a tile of nearly normal noise, laid out over the picture."""
    side = 256
    noise = Random(20_261_111).randbytes(3 * side * side)
    table = [max(0, min(255, round(128 + (i / 3 - 127.5) / 42 * strength))) for i in range(766)]
    red, green, blue = noise[0::3], noise[1::3], noise[2::3]
    values = [table[a + b + c] for a, b, c in zip(red, green, blue, strict=True)]
    tile = Image.frombytes("L", (side, side), bytes(values))
    whole = Image.new("L", size)
    for y in range(0, size[1], side):
        for x in range(0, size[0], side):
            whole.paste(tile, (x, y))
    return Image.merge("RGB", [whole] * 3)
