"""Colours of the drawn pictures: arithmetic, the tokens of the clients, a palette per account."""

from typing import Final, NamedTuple

Colour = tuple[int, int, int]


def hexed(value: str) -> Colour:
    """`#rrggbb` as numbers."""
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of `other` in `one`."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def light(colour: Colour, share: float) -> Colour:
    """Towards a warm white."""
    return mix(colour, (255, 252, 247), share)


def dark(colour: Colour, share: float) -> Colour:
    """Towards its own shadow: darker, a little bluer, never dead black."""
    red, green, blue = colour
    return mix(colour, (red // 7, green // 8, blue // 6 + 10), share)


RED: Final = hexed("#E02E24")
RED_DEEP: Final = hexed("#B3160F")
GOLD: Final = hexed("#F7C873")
INK: Final = hexed("#1C1B1A")
PAPER: Final = hexed("#FAF7F4")
WHITE: Final = (255, 255, 255)
LEAF: Final = hexed("#3F8F55")


class Palette(NamedTuple):
    """Five colours that were chosen together."""

    back: Colour
    """The wall behind things."""
    floor: Colour
    main: Colour
    """The product's own colour."""
    accent: Colour
    """Its counterpart."""
    deep: Colour
    """Dark parts and night."""


def _palette(back: str, floor: str, main: str, accent: str, deep: str) -> Palette:
    return Palette(hexed(back), hexed(floor), hexed(main), hexed(accent), hexed(deep))


PALETTES: Final[dict[str, Palette]] = {
    "festival": _palette("#F9D8B8", "#F3B98E", "#E02E24", "#F7C873", "#7A1210"),
    "blush": _palette("#FBE3DF", "#F4C4BE", "#D9536B", "#F7C9A0", "#6B2140"),
    "sage": _palette("#E3EBDD", "#C3D3B8", "#5F8F6B", "#F0C987", "#23443A"),
    "ocean": _palette("#DCEBF3", "#B2D2E3", "#2F7FB5", "#FFB26B", "#123A5C"),
    "lilac": _palette("#EAE4F6", "#CFC1EA", "#7C5CC4", "#F5B7C8", "#33235F"),
    "amber": _palette("#FCEBCB", "#F3CF91", "#D98324", "#5E7F73", "#5A3212"),
    "mint": _palette("#DDF3EC", "#B0DFD0", "#22997F", "#FF8C7A", "#0E4A43"),
    "slate": _palette("#E4E8EE", "#C0C9D6", "#4A5A73", "#FF7A4D", "#1D2736"),
    "terracotta": _palette("#F6E1D3", "#E3B79C", "#C0573A", "#8FB0A0", "#55231A"),
    "lemon": _palette("#FFF3C4", "#FADB7D", "#F0A818", "#3F7FBF", "#5B4308"),
    "cocoa": _palette("#EFE4DA", "#D3BBA5", "#7B4B2F", "#E8A55C", "#331C12"),
    "rouge": _palette("#FBDAD4", "#F19F94", "#C21F3A", "#F3D5B5", "#540D22"),
}
