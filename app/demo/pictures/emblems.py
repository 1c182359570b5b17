"""Marks of the accounts: bold enough to be known at forty pixels."""

from collections.abc import Callable

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import WHITE, Colour, Palette, dark, light, mix
from app.demo.pictures.shapes import (
    Points,
    arc,
    box,
    ellipse,
    knots,
    leaf,
    placed,
    smooth,
    thick,
)


def emblem(c: Canvas, p: Palette, kind: str) -> None:
    """The mark on its ground, for an account's avatar."""
    c.cover(Linear([(0, light(p.main, 0.22)), (0.5, p.main), (1, mix(p.main, p.deep, 0.4))], 60))
    c.soft(ellipse(-190, -260, 330), light(p.main, 0.5), 130, 0.5)
    _MARKS[kind](c, p)


def _stamp(c: Canvas, p: Palette, points: Points, colour: Colour = WHITE) -> None:
    """A part of a mark, with a little depth."""
    c.soft([(x + 6, y + 16) for x, y in points], dark(p.main, 0.8), 12, 0.35)
    c.fill(points, Linear([(0, light(colour, 0.5)), (1, mix(colour, p.back, 0.3))], 70))


def _bowl(c: Canvas, p: Palette) -> None:
    for shift in (0, 44):
        c.line([(40 + shift, -20), (250 + shift, -300)], 24, p.accent)
    for x in (-150, -60):
        wave = smooth([(x, -70), (x - 30, -150), (x + 20, -220), (x - 10, -300)], closed=False)
        c.fill(thick(wave, [10, 28, 26, 8]), WHITE, 0.9)
    _stamp(c, p, [*arc(0, -10, 300, 262, 0, 180), (-300, -10)])
    _stamp(c, p, box(0, 260, 210, 46, 20))
    c.fill(box(0, 34, 560, 26), p.accent)
    for k in range(-3, 4):
        c.fill(ellipse(k * 74, 100 - abs(k) * 5, 17), p.main)


def _leaves(c: Canvas, p: Palette) -> None:
    for turn, size in ((-138, 1.0), (-42, 1.0), (-90, 1.24)):
        blade = placed(leaf(0, 0, 330, 150), 0, 200, scale=size, turn=turn)
        _stamp(c, p, blade, WHITE if size > 1 else p.accent)
        with c.at(0, 200, size, turn):
            c.line([(30, 0), (280, 0)], 9, p.main, 0.7)
    c.line([(0, 180), (0, 320)], 26, WHITE)


def _bolt(c: Canvas, p: Palette) -> None:
    wing = smooth(knots("-330,90 -120,40 80,-80 320,-260 240,-60 60,130 -150,180"), steps=12)
    _stamp(c, p, wing)
    lower = smooth(knots("-190,250 0,220 150,130 260,10 210,160 60,270"), steps=12)
    _stamp(c, p, lower, p.accent)


def _bloom(c: Canvas, p: Palette) -> None:
    petal = smooth(knots("0,0 90,-96 230,-110 310,0 230,110 90,96"))
    for turn in range(0, 360, 72):
        _stamp(
            c, p, placed(petal, 0, 0, turn=turn - 90), light(p.accent, 0.3 if turn % 144 else 0.7)
        )
    c.fill(
        ellipse(0, 0, 84), Radial([(0, light(p.accent, 0.6)), (1, dark(p.accent, 0.15))], 0.4, 0.3)
    )


def _waves(c: Canvas, p: Palette) -> None:
    for k, tall in enumerate((150, 330, 520, 260, 420, 190)):
        x = -250 + k * 100
        _stamp(c, p, box(x, 0, 58, tall, 29), p.accent if k == 2 else WHITE)


def _house(c: Canvas, p: Palette) -> None:
    _stamp(c, p, smooth(knots("-310,20 0,-280 310,20 250,40 0,-200 -250,40"), steps=3))
    _stamp(c, p, box(0, 150, 400, 280, 24))
    c.glow(0, 150, 260, p.accent, 0.4)
    c.fill(
        [*arc(0, 140, 74, 74, 180, 360), (74, 290), (-74, 290)],
        fade(p.accent, light(p.accent, 0.5)),
    )
    c.fill(ellipse(40, 216, 11), p.main)


def _paw(c: Canvas, p: Palette) -> None:
    _stamp(c, p, smooth(knots("0,-20 130,60 190,190 120,280 0,250 -120,280 -190,190 -130,60")))
    for x, y, turn in ((-220, -10, -24), (-90, -170, -8), (90, -170, 8), (220, -10, 24)):
        _stamp(c, p, ellipse(x, y, 66, 92, turn=turn), p.accent)


def _paper(c: Canvas, p: Palette) -> None:
    _stamp(c, p, box(0, 0, 520, 600, 36))
    c.fill(box(0, -200, 400, 92, 14), p.main)
    c.fill(box(-105, 10, 190, 220, 14), fade(p.accent, mix(p.accent, p.main, 0.4), angle=60))
    for k in range(4):
        c.fill(box(110, -84 + k * 62, 176, 26, 13), mix(p.deep, p.back, 0.35))
    for k in range(2):
        c.fill(box(0, 180 + k * 58, 400, 26, 13), mix(p.deep, p.back, 0.35))


def _temple(c: Canvas, p: Palette) -> None:
    _stamp(c, p, smooth(knots("-330,-130 0,-330 330,-130 330,-96 -330,-96"), steps=2))
    c.fill(ellipse(0, -178, 46), p.main)
    for k in range(4):
        _stamp(c, p, box(-240 + k * 160, 70, 76, 280, 10))
    _stamp(c, p, box(0, 240, 620, 54, 10), p.accent)
    _stamp(c, p, box(0, 300, 700, 54, 10))


_MARKS: dict[str, Callable[[Canvas, Palette], None]] = {
    "bowl": _bowl,
    "leaves": _leaves,
    "bolt": _bolt,
    "bloom": _bloom,
    "waves": _waves,
    "house": _house,
    "paw": _paw,
    "paper": _paper,
    "temple": _temple,
}
