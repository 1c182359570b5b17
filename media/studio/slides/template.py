"""Templates of slide shows are data: the files in `templates/`. Units are those of a picture 720
wide and 1280 high, whatever the size of the film; colours are tokens' names or `#rrggbb[aa]`."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from app.kernel.drawing.fonts import Weight
from app.kernel.drawing.tokens import color

UNITS: Final = (720, 1280)
SAFE: Final = (64, 64, 656, 1200)
"""Left, top, right, bottom: words stay inside. A phone as long as 390 by 844 that fills its screen
with the film shows no more than this of its width, and the player's own controls lie below."""
CARD_TOP: Final = 964
"""Where the player's card of the product begins, on the same phone: names of two lines and their
prices end above it. The card repeats both for the few names that are longer."""
_FOLDER: Final = Path(__file__).parent / "templates"

Box = tuple[int, int, int, int]
"""Left, top, width, height."""
Colour = tuple[int, int, int, int]


class Type(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How something is written."""

    weight: Weight
    size_max: int
    size_min: int
    color: str
    fill: str | None = None
    """Of the pill behind it."""


class Transition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one picture becomes the next; its middle is on the beat."""

    kind: Literal["swap", "push", "zoom"]
    frames: int


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lies behind everything."""

    kind: Literal["rays", "tint", "blur"]
    colors: tuple[str, str]
    accent: str
    flakes: int
    """Pieces of gold leaf in the air."""


class Mat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What surrounds a picture in the opening."""

    mat_color: str | None
    line_color: str | None


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The product's picture, and how slowly the camera moves over it."""

    box: Box
    radius: int
    mat: int
    mat_color: str
    line_color: str | None
    shadow: float
    zoom: tuple[float, float]
    sweep: bool
    """Whether light runs across it once."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Title and price, one below the other, in the middle of the box's height."""

    box: Box
    align: Literal["left", "center"]
    title: Type
    title_height: int
    """That the longest title may take."""
    price: Type
    old_color: str
    gap: int


class Badge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much cheaper it has become."""

    center: tuple[int, int]
    radius: int
    fill: str
    color: str
    turn: int


class Counter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place in the row."""

    kind: Literal["dots", "numbers"]
    at: tuple[int, int]
    color: str


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first bar: who shows what."""

    title: Type
    name: Type
    picture: Mat


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last bar: everything once more, and what to do."""

    title: Type
    call: Type
    price: Type
    tile_color: str


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to show products."""

    key: str
    name: Mapping[str, str]
    words: Mapping[str, str]
    music: str
    """The piece that suits it."""
    transition: Transition
    ground: Ground
    picture: Picture
    text: Text
    badge: Badge
    counter: Counter
    opening: Opening
    closing: Closing


@functools.cache
def templates() -> Mapping[str, Template]:
    """All there are, by key."""
    paths = sorted(_FOLDER.glob("*.json"))
    found = [msgspec.json.decode(path.read_bytes(), type=Template) for path in paths]
    return {each.key: each for each in found}


def rgba(name: str) -> Colour:
    """Of a token, or as written."""
    text = (name if name.startswith("#") else color(name))[1:]
    red, green, blue, *alpha = bytes.fromhex(text)
    return red, green, blue, alpha[0] if alpha else 255
