"""What lies behind everything: rays of light, a tint of the product, or its blurred picture."""

# Pillow's annotations leave the types of pixels open.
# pyright: reportUnknownMemberType=false

import math
from random import Random
from typing import NamedTuple, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from media.studio.slides.template import Ground, rgba

_COARSE = 5
"""Soft things are computed so many times smaller."""
_RAYS = 14
_TURN_PER_SECOND = 0.05
_DRIFT = 0.06


class Backdrop(Protocol):
    """A ground at any moment."""

    def at(self, seconds: float) -> Image.Image:
        """A fresh picture that may be painted on."""
        ...


class Rays:
    """Light from behind the picture, turning slowly."""

    def __init__(self, ground: Ground, size: tuple[int, int]) -> None:
        self._size = size
        self._paper = gradient(size, *ground.colors)
        self._light = Image.new("RGB", size, rgba(ground.accent)[:3])
        width, height = size[0] // _COARSE, size[1] // _COARSE
        x = np.linspace(-0.5, 0.5, width)[None, :]
        y = np.linspace(0, height / width, height)[:, None] - 0.58
        self._angle = np.arctan2(y, x)
        distance = np.hypot(x, y)
        self._fall = np.clip(1.15 - distance / 1.5, 0, 1) * np.clip(distance / 0.1, 0.2, 1) * 120
        self._glow = np.exp(-((distance / 0.42) ** 2)) * 105

    def at(self, seconds: float) -> Image.Image:
        """See Backdrop."""
        wave = np.sin(self._angle * _RAYS + seconds * _TURN_PER_SECOND * 2 * math.pi * 2)
        rays = np.clip(wave * 2.2 + 0.5, 0, 1) * self._fall
        mask = Image.fromarray(np.clip(rays + self._glow, 0, 255).astype(np.uint8))
        image = self._paper.copy()
        image.paste(self._light, (0, 0), mask.resize(self._size, Image.Resampling.BILINEAR))
        return image


class Tint:
    """Paper with a breath of the product's own colour."""

    def __init__(self, ground: Ground, size: tuple[int, int], picture: Image.Image) -> None:
        colour = _leading(picture)
        top, bottom = (_mixed(rgba(each)[:3], colour, 0.14) for each in ground.colors)
        self._paper = gradient(size, _hex(top), _hex(bottom))

    def at(self, seconds: float) -> Image.Image:
        """See Backdrop."""
        return self._paper.copy()


class Blur:
    """The picture itself, far out of focus and dark, drifting."""

    def __init__(self, ground: Ground, size: tuple[int, int], picture: Image.Image) -> None:
        self._size = size
        small = size[0] // 8, size[1] // 8
        whole = ImageOps.fit(picture, (small[0] * 5 // 4, small[1] * 5 // 4))
        whole = ImageEnhance.Color(whole.filter(ImageFilter.GaussianBlur(small[0] / 14))).enhance(
            1.35
        )
        dark = gradient(whole.size, *ground.colors)
        self._whole = Image.blend(whole, dark, 0.62)
        fade = Image.linear_gradient("L").resize(whole.size)
        fade = fade.point([max(0, round((value - 90) * 1.1)) for value in range(256)])
        self._whole.paste(dark, (0, 0), fade)
        self._small = small

    def at(self, seconds: float) -> Image.Image:
        """See Backdrop."""
        room_x, room_y = self._whole.width - self._small[0], self._whole.height - self._small[1]
        left = room_x * (0.5 + 0.5 * math.sin(seconds * _DRIFT * 2 * math.pi))
        top = room_y * (0.5 + 0.4 * math.cos(seconds * _DRIFT * 2 * math.pi))
        box = (left, top, left + self._small[0], top + self._small[1])
        half = self._size[0] // 2, self._size[1] // 2
        shown = self._whole.resize(half, Image.Resampling.BICUBIC, box=box)
        return shown.resize(self._size, Image.Resampling.BILINEAR)


class Flake(NamedTuple):
    """A piece of gold leaf: where it begins, and how it falls."""

    x: float
    y: float
    fall: float
    sway: float
    phase: float
    sprite: int


class Flakes:
    """Gold leaf in the air, the same on every slide so that it outlives the cuts."""

    def __init__(self, count: int, size: tuple[int, int], colour: str) -> None:
        self._size = size
        chance = Random("flakes")
        self._sprites = [_sprite(chance, size[0] / 720, colour) for _ in range(5)]
        self._flakes = [
            Flake(
                chance.random(),
                chance.random(),
                chance.uniform(0.018, 0.055),
                chance.uniform(0.01, 0.03),
                chance.random() * 6.28,
                chance.randrange(5),
            )
            for _ in range(count)
        ]

    def paint(self, image: Image.Image, seconds: float) -> None:
        """As they are at a moment of the film."""
        width, height = self._size
        for flake in self._flakes:
            sprite = self._sprites[flake.sprite]
            x = flake.x + flake.sway * math.sin(seconds * 1.3 + flake.phase)
            y = (flake.y + flake.fall * seconds) % 1.1 - 0.05
            turn = 0.35 + 0.65 * abs(math.sin(seconds * 1.7 + flake.phase))
            shown = sprite.resize((sprite.width, max(1, round(sprite.height * turn))))
            image.paste(shown, (round(x * width), round(y * height)), shown)


def backdrop(ground: Ground, size: tuple[int, int], picture: Image.Image) -> Backdrop:
    """The ground of a slide that shows this picture."""
    if ground.kind == "rays":
        return Rays(ground, size)
    return (Tint if ground.kind == "tint" else Blur)(ground, size, picture)


def gradient(size: tuple[int, int], top: str, bottom: str) -> Image.Image:
    """From above to below; a little noise hides the steps."""
    share = np.linspace(0, 1, size[1])[:, None, None]
    upper, lower = (np.array(rgba(each)[:3], float) for each in (top, bottom))
    noise = np.random.default_rng(3).uniform(-0.7, 0.7, (size[1], size[0], 1))
    colours = upper * (1 - share) + lower * share + noise
    return Image.fromarray(np.clip(np.rint(colours), 0, 255).astype(np.uint8))


def _sprite(chance: Random, scale: float, colour: str) -> Image.Image:
    side = round(chance.uniform(7, 17) * scale)
    image = Image.new("RGBA", (side * 4, side * 4), (*rgba(colour)[:3], 0))
    corners = [
        (side * 2 * (1 + math.cos(a) * r), side * 2 * (1 + math.sin(a) * r))
        for a, r in ((step * 1.2566 + chance.uniform(-0.3, 0.3), chance.uniform(0.55, 0.95))
                     for step in range(5))
    ]  # fmt: skip
    ImageDraw.Draw(image).polygon(corners, fill=(*rgba(colour)[:3], chance.randint(90, 190)))
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _leading(picture: Image.Image) -> tuple[int, int, int]:
    """The colour that stands out most, as `media/images` finds it, from few pixels."""
    small = np.asarray(picture.convert("RGB").resize((24, 24), Image.Resampling.BOX), float)
    flat = small.reshape(-1, 3)
    weight = (flat.max(axis=1) - flat.min(axis=1)) ** 2 + 1
    red, green, blue = np.average(flat, axis=0, weights=weight)
    return round(red), round(green), round(blue)


def _mixed(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hex(colour: tuple[int, int, int]) -> str:
    return "#" + bytes(colour).hex()
