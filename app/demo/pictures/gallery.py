"""Every motif by name, and how the twelve accounts of the festival look.

`draw` is deterministic: the same scene, seed, size and palette give the same pixels. A picture of
1080 × 1080 takes about a tenth of a second on one core.
"""

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from PIL import Image, ImageOps

from app.demo.pictures import (
    animals,
    beauty,
    clothes,
    drinks,
    festive,
    food,
    gadgets,
    home,
    luck,
    nature,
    nights,
    people,
)
from app.demo.pictures.canvas import Canvas
from app.demo.pictures.colours import PALETTES, Palette
from app.demo.pictures.emblems import emblem

Size = tuple[int, int]


class Scene(NamedTuple):
    """A motif: who draws it, how near the camera is, and whether it may be mirrored."""

    paint: Callable[[Canvas, Palette, Random], None]
    zoom: float = 1.12
    rise: float = 46
    """Units by which a product is lifted, since it stands low in its studio."""
    mirror: bool = True


def _view(paint: Callable[[Canvas, Palette, Random], None]) -> Scene:
    """Landscapes and faces compose their frame themselves."""
    return Scene(paint, zoom=1, rise=0)


SCENES: Final[dict[str, Scene]] = {
    "noodles": Scene(food.noodles, zoom=1.06),
    "dumplings": Scene(food.dumplings, rise=90),
    "fruit": Scene(food.fruit, zoom=1.08, rise=90),
    "mooncakes": Scene(food.mooncakes, rise=110),
    "tea": Scene(drinks.tea, rise=70),
    "coffee": Scene(drinks.coffee, rise=110),
    "bubble_tea": Scene(drinks.bubble_tea, zoom=1.04, rise=16),
    "sneaker": Scene(clothes.sneaker, zoom=1.08, rise=110),
    "handbag": Scene(clothes.handbag),
    "backpack": Scene(clothes.backpack, zoom=1.1, rise=20),
    "sunglasses": Scene(clothes.sunglasses, zoom=1.06, rise=110),
    "watch": Scene(beauty.watch, rise=0, mirror=False),
    "lipstick": Scene(beauty.lipstick),
    "perfume": Scene(beauty.perfume),
    "lamp": Scene(home.lamp, rise=60),
    "vase": Scene(home.vase, zoom=1.1, rise=10),
    "candle": Scene(home.candle, rise=60),
    "pot_plant": Scene(home.pot_plant),
    "cat_toy": Scene(home.cat_toy, zoom=1.06, rise=20),
    "headphones": Scene(gadgets.headphones, rise=20),
    "camera": Scene(gadgets.camera, zoom=1.1, rise=80, mirror=False),
    "phone": Scene(gadgets.phone, zoom=1.1, rise=30),
    "speaker": Scene(gadgets.speaker, rise=60),
    "earbuds": Scene(gadgets.earbuds, rise=50),
    "console": Scene(gadgets.console, zoom=1.1, rise=60),
    "envelopes": Scene(luck.envelopes, zoom=1, rise=0, mirror=False),
    "lucky_bag": Scene(luck.coins, zoom=1, rise=0, mirror=False),
    "lanterns": _view(festive.lanterns),
    "gifts": Scene(festive.gifts),
    "shopping": Scene(festive.shopping),
    "mountains": _view(nature.mountains),
    "sea": _view(nature.sea),
    "terraces": _view(nature.terraces),
    "dunes": _view(nature.dunes),
    "city": _view(nights.city),
    "aurora": _view(nights.aurora),
    "fireworks": _view(nights.fireworks),
    "portrait": _view(people.portrait),
    "friends": _view(people.friends),
    "cat": _view(animals.cat),
    "dog": _view(animals.dog),
}
"""Forty-one motifs; with palettes, sets and details by the seed hardly two pictures are alike."""


def draw(
    scene: str, seed: int, size: Size = (1080, 1080), palette: str | None = None
) -> Image.Image:
    """A finished picture. `palette` is a name of PALETTES; None lets the seed choose."""
    motif = SCENES[scene]
    rng = Random(f"{scene}:{seed}")
    chosen = PALETTES[palette or rng.choice(list(PALETTES))]
    canvas = Canvas(size)
    _paint(canvas, motif, chosen, rng, shift=rng.uniform(-24, 24))
    image = canvas.finish()
    return ImageOps.mirror(image) if motif.mirror and rng.random() < 0.5 else image


def _paint(canvas: Canvas, motif: Scene, palette: Palette, rng: Random, *, shift: float) -> None:
    """Move the camera, and tell the set how far it can see."""
    if motif.zoom == 1 and not motif.rise:
        shift = 0
    zoom = motif.zoom * (rng.uniform(0.96, 1.06) if motif.rise else 1)
    canvas.half_width = canvas.half_width / zoom + abs(shift)
    canvas.half_height = canvas.half_height / zoom + motif.rise
    with canvas.at(shift * zoom, -motif.rise * zoom, zoom):
        motif.paint(canvas, palette, rng)


class Look(NamedTuple):
    """How one account shows itself."""

    palette: str
    avatar: str
    """An emblem's name, or `portrait:<seed>`."""
    cover: str
    cover_seed: int
    scenes: tuple[str, ...]
    """What its posts show, the products first."""


LOOKS: Final[dict[str, Look]] = {
    "noodles": Look(
        "festival", "bowl", "noodles", 3, ("noodles", "dumplings", "mooncakes", "envelopes")
    ),
    "tea": Look(
        "sage", "leaves", "terraces", 2, ("tea", "bubble_tea", "coffee", "terraces", "mountains")
    ),
    "sport": Look(
        "ocean", "bolt", "mountains", 5, ("sneaker", "backpack", "watch", "sunglasses", "dunes")
    ),
    "beauty": Look("blush", "bloom", "perfume", 4, ("lipstick", "perfume", "candle", "vase")),
    "audio": Look(
        "slate", "waves", "city", 1, ("headphones", "earbuds", "speaker", "phone", "console")
    ),
    "home": Look("amber", "house", "lamp", 2, ("lamp", "vase", "pot_plant", "candle", "coffee")),
    "pets": Look("mint", "paw", "cat_toy", 1, ("cat_toy", "cat", "dog")),
    "foodie": Look(
        "terracotta",
        "portrait:21",
        "fruit",
        7,
        ("noodles", "dumplings", "fruit", "bubble_tea", "coffee"),
    ),
    "stylist": Look(
        "lilac",
        "portrait:5",
        "handbag",
        3,
        ("handbag", "sunglasses", "lipstick", "sneaker", "friends"),
    ),
    "geek": Look(
        "cocoa", "portrait:10", "camera", 2, ("camera", "phone", "console", "watch", "earbuds")
    ),
    "weekly": Look(
        "rouge",
        "paper",
        "fireworks",
        3,
        ("fireworks", "lanterns", "city", "shopping", "gifts", "lucky_bag"),
    ),
    "museum": Look(
        "lemon", "temple", "lanterns", 6, ("lanterns", "aurora", "sea", "mountains", "vase")
    ),
}
"""The twelve accounts by key: seven brands, three experts, a medium, an institution."""


def draw_avatar(account: str, side: int = 480) -> Image.Image:
    """The account's mark or face, square."""
    look = LOOKS[account]
    kind, _, seed = look.avatar.partition(":")
    if seed:
        return draw(kind, int(seed), (side, side), look.palette)
    canvas = Canvas((side, side))
    emblem(canvas, PALETTES[look.palette], kind)
    return canvas.finish(grain=3, vignette=0.08)


def draw_cover(account: str, size: Size = (1440, 720)) -> Image.Image:
    """The wide picture behind an account's name: its subject stands to the right."""
    look = LOOKS[account]
    motif = SCENES[look.cover]
    canvas = Canvas(size)
    aside = canvas.half_width * 0.42
    rng = Random(f"{account}:{look.cover_seed}")
    _paint(canvas, motif, PALETTES[look.palette], rng, shift=aside)
    return canvas.finish()
