"""Red envelopes, coins and the lucky bag."""

import math
from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import (
    GOLD,
    RED,
    RED_DEEP,
    WHITE,
    Colour,
    Palette,
    dark,
    hexed,
    light,
    mix,
)
from app.demo.pictures.shapes import (
    Points,
    arc,
    box,
    ellipse,
    knots,
    placed,
    smooth,
    star,
)
from app.demo.pictures.studio import (
    FLOOR,
    confetti,
    ground,
    podium,
    sparkle,
    studio,
)

_GOLD = fade(hexed("#FFF2C6"), GOLD, hexed("#C98F2F"), angle=60)


def envelopes(c: Canvas, p: Palette, rng: Random) -> None:
    """Red envelopes fanned out, with coins in the air."""
    warm = rng.choice((hexed("#FBE3C4"), hexed("#F9D0B8"), RED_DEEP, light(p.back, 0.2)))
    c.cover(Radial([(0, light(warm, 0.4)), (1, mix(warm, RED_DEEP, 0.25))], 0.5, 0.4))
    _rays(c, light(warm, 0.5), 0.35)
    confetti(c, rng, (GOLD, RED, light(GOLD, 0.5), hexed("#FF8A6B")), 34)
    count = rng.choice((1, 3, 3))
    turns = (0.0,) if count == 1 else (-17.0, 17.0, 0.0)
    for turn in turns:
        with c.at(turn * 9, 40 + abs(turn) * 2.4, 1.05, turn):
            _envelope(c, rng.randrange(3))
    for _ in range(7):
        side = rng.choice((-1, 1))
        coin(c, side * rng.uniform(250, 440), rng.uniform(-400, 400), rng.uniform(28, 62), rng)
    sparkle(c, -180, -330, 30, hexed("#FFF3CF"))


def _envelope(c: Canvas, kind: int) -> None:
    body = box(0, 0, 420, 620, 26)
    c.soft(box(14, 26, 420, 620, 26), (60, 8, 4), 26, 0.5)
    c.fill(body, Linear([(0, hexed("#F04A36")), (0.6, RED), (1, RED_DEEP)], 70))
    with c.inside(body):
        if kind == 0:
            for row in range(7):
                for k in range(-2, 3):
                    x, y = k * 96 + (row % 2) * 48, 60 + row * 44
                    for r in (44, 26):
                        c.line(arc(x, y, r, r, 180, 360, 14), 4, GOLD, 0.28)
        elif kind == 1:
            for x, y, size in ((-120, 190, 1.0), (110, 250, 1.25), (0, 120, 0.7)):
                _cloud(c, x, y, size)
        else:
            for turn in range(0, 360, 30):
                c.fill(
                    placed(smooth([(40, 0), (90, -26), (150, 0), (90, 26)]), 0, 170, turn=turn),
                    GOLD,
                    0.34,
                )
        flap = smooth(
            knots("-230,-330 230,-330 212,-150 90,-44 0,-20 -90,-44 -212,-150"),
            steps=8,
        )
        c.soft([(x, y + 14) for x, y in flap], (70, 6, 2), 14, 0.5)
        c.fill(flap, Linear([(0, hexed("#FF6A4D")), (1, RED)]))
        c.line(flap[10:-6], 5, GOLD, 0.8)
        c.soft(ellipse(-110, -250, 110, 40, turn=-10), WHITE, 30, 0.22)
    seal = ellipse(0, -28, 72)
    c.soft(ellipse(4, -16, 74), (70, 6, 2), 10, 0.5)
    c.fill(star(0, -28, 82, 74, 22), _GOLD)
    c.fill(seal, Radial([(0, hexed("#FFEFC2")), (1, hexed("#E3A845"))], 0.35, 0.3))
    c.line(arc(0, -28, 58, 58, 0, 360, 60), 4, hexed("#B97F28"), 0.8)
    for dx in (-1, 1):
        c.line([(dx * 13, -56), (dx * 13, 2)], 8, RED_DEEP)
    c.line([(-34, -42), (34, -42)], 8, RED_DEEP)
    c.line([(-38, -20), (38, -20)], 8, RED_DEEP)


def _cloud(c: Canvas, x: float, y: float, size: float) -> None:
    """The auspicious cloud, as three spirals."""
    for dx, r in ((-46, 30), (0, 44), (50, 32)):
        for share in (1.0, 0.62, 0.28):
            c.line(
                arc(x + dx * size, y, r * size * share, r * size * share, 150, 390, 26),
                4 * size,
                GOLD,
                0.5,
            )


def _rays(c: Canvas, colour: Colour, alpha: float) -> None:
    """Beams from the middle, as one outline that returns to it again and again."""
    beams: Points = []
    for k in range(16):
        a, b = math.radians(k * 22.5), math.radians(k * 22.5 + 11)
        beams += [
            (0, 0),
            (950 * math.cos(a), 950 * math.sin(a)),
            (950 * math.cos(b), 950 * math.sin(b)),
        ]
    c.fill(beams, colour, alpha)


def coin(c: Canvas, x: float, y: float, radius: float, rng: Random) -> None:
    """A gold coin with a square hole, turning in the air."""
    squash, turn = rng.uniform(0.45, 1), rng.uniform(0, 180)
    edge = ellipse(x + radius * 0.08, y + radius * 0.1, radius, radius * squash, turn=turn)
    c.soft(placed(edge, radius * 0.16, radius * 0.3), (70, 20, 4), radius * 0.25, 0.35)
    c.fill(edge, hexed("#B97F28"))
    c.fill(ellipse(x, y, radius, radius * squash, turn=turn), _GOLD)
    c.line(
        ellipse(x, y, radius * 0.8, radius * squash * 0.8, turn=turn),
        max(2.0, radius * 0.07),
        hexed("#C08A34"),
        0.8,
    )
    hole = [(px, py * squash) for px, py in box(0, 0, radius * 0.5, radius * 0.5, 2)]
    c.fill(placed(hole, x, y, turn=turn), hexed("#9A641B"))


def coins(c: Canvas, p: Palette, rng: Random) -> None:
    """A rain of coins into a lucky bag."""
    studio(c, p, rng)
    podium(c, p, rng, half=330, height=70)
    bag = rng.choice((RED, p.main, RED_DEEP))
    ground(c, p, 0, FLOOR, 260, tall=220)
    with c.at(0, FLOOR):
        body = smooth(
            knots(
                "-90,-330 -150,-300 -270,-170 -280,-40 -160,6 0,12 160,6 280,-40 270,-170 "
                "150,-300 90,-330"
            )
        )
        c.fill(
            body, Radial([(0, light(bag, 0.35)), (0.5, bag), (1, dark(bag, 0.42))], 0.36, 0.3, 1.05)
        )
        for x in (-60, 0, 60):
            c.line(
                smooth([(x, -318), (x * 1.6, -240), (x * 2.2, -170)], closed=False),
                7,
                dark(bag, 0.55),
                0.45,
            )
        ruff = smooth(
            knots("-150,-430 -90,-402 -40,-436 0,-404 46,-438 92,-402 150,-430 96,-330 -96,-330")
        )
        c.fill(ruff, fade(light(bag, 0.3), dark(bag, 0.2)))
        c.fill(box(0, -330, 220, 34, 17), _GOLD)
        c.fill(ellipse(0, -140, 92), _GOLD)
        c.fill(ellipse(0, -140, 76), bag)
        c.fill(placed(box(0, 0, 74, 74, 6), 0, -140, turn=45), _GOLD)
        c.fill(placed(box(0, 0, 36, 36, 4), 0, -140, turn=45), bag)
    for _ in range(16):
        coin(c, rng.uniform(-340, 340), rng.uniform(-480, -60), rng.uniform(30, 60), rng)
    for x in (-250, -170, 210, 290, 130, -60):
        y = FLOOR + rng.uniform(20, 60)
        for k in range(rng.randrange(1, 4)):
            with c.at(x, y - k * 13, 1):
                c.fill(ellipse(0, 6, 52, 17), hexed("#A8721F"))
                c.fill(ellipse(0, 0, 52, 17), _GOLD)
                c.fill(box(0, 0, 26, 8), hexed("#A8721F"))
    sparkle(c, -230, -200, 30, hexed("#FFF3CF"))
