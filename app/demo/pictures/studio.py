"""The photographer's studio: walls, floors, podiums, light, and bodies turned on a lathe.

Light comes from the upper left everywhere; half of the pictures are mirrored at the end.
"""

import math
from collections.abc import Sequence
from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import WHITE, Colour, Palette, dark, light, mix
from app.demo.pictures.shapes import Point, Points, arc, box, ellipse, lathe, leaf, smooth, thick

FLOOR = 310.0
"""Where things stand, in units below the middle."""


def studio(c: Canvas, p: Palette, rng: Random) -> None:
    """A set for one product: a wall with light on it, a floor, and something behind."""
    wall, floor = p.back, p.floor
    if rng.random() < 0.22:
        wall, floor = mix(p.main, p.deep, 0.25), mix(p.main, p.deep, 0.45)
    elif rng.random() < 0.25:
        wall, floor = light(p.accent, 0.55), light(p.accent, 0.25)
    w, h = c.half_width + 20, c.half_height + 20
    horizon = FLOOR - rng.uniform(130, 190)
    c.cover(
        Radial([(0, light(wall, 0.55)), (0.5, wall), (1, mix(wall, floor, 0.75))], 0.3, 0.2, 1.25)
    )
    rng.choice((_nothing, _disc, _arch, _window, _stripes, _leaves, _disc, _window))(
        c, p, rng, wall
    )
    sweep: Points = [(-w, horizon), (w, horizon), (w, h), (-w, h)]
    c.fill(
        sweep,
        Linear([(0, mix(wall, floor, 0.55)), (0.25, floor), (1, mix(floor, p.deep, 0.12))]),
    )
    c.soft(
        [(-w, horizon - 4), (w, horizon - 4), (w, horizon + 26), (-w, horizon + 26)],
        light(wall, 0.5),
        26,
        0.55,
    )
    c.soft(ellipse(-120, FLOOR + 20, 420, 90), light(floor, 0.6), 90, 0.5)


def _nothing(_c: Canvas, _p: Palette, _rng: Random, _wall: Colour) -> None:
    return


def _disc(c: Canvas, p: Palette, rng: Random, wall: Colour) -> None:
    colour = rng.choice((p.accent, light(p.main, 0.45), light(wall, 0.6)))
    x, r = rng.uniform(-90, 90), rng.uniform(270, 350)
    disc = ellipse(x, -60, r)
    c.soft(ellipse(x + 20, -36, r), dark(wall, 0.5), 30, 0.22)
    c.fill(disc, Linear([(0, light(colour, 0.25)), (1, mix(colour, wall, 0.25))], 60))


def _arch(c: Canvas, p: Palette, rng: Random, wall: Colour) -> None:
    colour = mix(wall, rng.choice((p.main, p.deep, p.accent)), 0.3)
    x, half, top = rng.uniform(-60, 60), rng.uniform(230, 300), rng.uniform(-380, -300)
    niche = [(x - half, 400), *arc(x, top + half, half, half, 180, 360), (x + half, 400)]
    c.fill(niche, Linear([(0, mix(colour, p.deep, 0.25)), (1, light(colour, 0.3))], 70))
    c.volume(niche, dark(colour, 0.8), dx=34, dy=30, blur=36, alpha=0.45)


def _window(c: Canvas, _p: Palette, rng: Random, wall: Colour) -> None:
    lean, shift = rng.uniform(90, 190), rng.uniform(-120, 120)
    glow = light(wall, 0.85)
    for column in range(2):
        for row in range(3):
            x, y = shift - 300 + column * 270, -440 + row * 215
            pane: Points = [
                (x, y + lean * 0.2),
                (x + 240, y),
                (x + 240 + lean * 0.35, y + 185),
                (x + lean * 0.35, y + 185 + lean * 0.2),
            ]
            c.soft(pane, glow, 9, 0.6)


def _stripes(c: Canvas, p: Palette, rng: Random, wall: Colour) -> None:
    colour = mix(wall, rng.choice((p.main, p.accent)), 0.35)
    width = rng.choice((60, 90, 130))
    x = -c.half_width - 40
    while x < c.half_width:
        c.fill(
            box(x, -100, width, c.half_height * 2 + 300), fade(light(colour, 0.25), colour), 0.55
        )
        x += width * 2


def _leaves(c: Canvas, p: Palette, rng: Random, wall: Colour) -> None:
    """The shadow of palm fronds that hang beside the window."""
    shade = mix(wall, p.deep, 0.55)
    x, y = c.half_width * 0.95, -c.half_height * 1.02
    for reach_x, reach_y in ((-560, 110), (-420, 330), (-180, 480)):
        tip = (x + reach_x + rng.uniform(-30, 30), y + reach_y)
        stem = smooth([(x, y), ((x + tip[0]) / 2 - 30, (y + tip[1]) / 2 - 80), tip], closed=False)
        c.soft(thick(stem, 5), shade, 5, 0.2)
        for k in range(3, len(stem) - 1, 2):
            (sx, sy), (ex, ey) = stem[k], stem[k + 1]
            along = math.degrees(math.atan2(ey - sy, ex - sx))
            length = 190 * (1 - 0.6 * k / len(stem))
            for side in (-1, 1):
                c.soft(leaf(sx, sy, length, 17, turn=along + side * 38), shade, 4, 0.24)


def podium(c: Canvas, p: Palette, rng: Random, *, half: float = 260, height: float = 90) -> None:
    """A round plinth whose top is at FLOOR."""
    colour = rng.choice((light(p.main, 0.55), light(p.back, 0.45), p.accent, light(p.accent, 0.4)))
    c.soft(ellipse(70, FLOOR + height + 20, half * 1.15, 60), dark(p.floor, 0.9), 36, 0.45)
    with c.at(0, FLOOR):
        turned(c, [(half, 0), (half, height)], colour, flat=0.2, gloss=0)
        c.fill(ellipse(0, 0, half, half * 0.2), Linear([(0, light(colour, 0.65)), (1, colour)], 20))
        c.line(arc(0, 0, half - 2, half * 0.2 - 2, 20, 160), 3, light(colour, 0.8), 0.7)


def ground(c: Canvas, p: Palette, x: float, y: float, half: float, *, tall: float = 260) -> None:
    """What binds a thing to the floor: a long soft shadow and a dark line of contact."""
    shade = dark(p.floor, 0.85)
    lean = tall * 0.5
    c.soft(
        [
            (x - half, y - 6),
            (x + half * 0.9, y - half * 0.18),
            (x + half + lean, y - half * 0.1),
            (x + half + lean * 0.8, y + half * 0.22),
            (x + half * 0.3, y + half * 0.26),
        ],
        shade,
        26,
        0.34,
    )
    c.soft(ellipse(x + half * 0.06, y + half * 0.04, half * 1.04, half * 0.17), shade, 13, 0.6)


def turned(
    c: Canvas,
    profile: Sequence[Point],
    colour: Colour,
    *,
    flat: float = 0.16,
    gloss: float = 0.6,
) -> Points:
    """A body of revolution: its outline filled like a lit cylinder. Returns the outline."""
    outline = lathe(profile, flat=flat)
    c.fill(outline, cylinder(colour))
    if gloss:
        top, bottom = profile[0][1], profile[-1][1]
        widest = max(half for half, _ in profile)
        with c.inside(outline):
            strip = box(
                -widest * 0.56,
                (top + bottom) / 2,
                widest * 0.16,
                (bottom - top) * 0.82,
                widest * 0.08,
            )
            c.soft(strip, WHITE, widest * 0.07, gloss)
            strip = box(widest * 0.8, (top + bottom) / 2, widest * 0.06, (bottom - top) * 0.8)
            c.soft(strip, WHITE, widest * 0.05, gloss * 0.35)
    return outline


def cylinder(colour: Colour) -> Linear:
    """Light across a round body."""
    return Linear(
        [
            (0, dark(colour, 0.28)),
            (0.1, mix(colour, dark(colour, 0.3), 0.3)),
            (0.3, light(colour, 0.3)),
            (0.55, colour),
            (0.86, dark(colour, 0.42)),
            (1, dark(colour, 0.26)),
        ],
        0,
    )


def mouth(
    c: Canvas, y: float, half: float, colour: Colour, *, flat: float, wall: float = 10
) -> None:
    """The open top of a turned body: rim and inside."""
    c.fill(
        ellipse(0, y, half, half * flat),
        Linear([(0, light(colour, 0.6)), (1, light(colour, 0.2))], 0),
    )
    inner = ellipse(0, y + wall * 0.15, half - wall, (half - wall) * flat)
    c.fill(inner, Linear([(0, dark(colour, 0.55)), (1, mix(colour, dark(colour, 0.4), 0.4))], 0))


def band(y: float, y_below: float, half: float, half_below: float, *, flat: float = 0.16) -> Points:
    """A ring around a turned body, as seen from the front."""
    upper = arc(0, y, half, half * flat, 180, 0)
    lower = arc(0, y_below, half_below, half_below * flat, 0, 180)
    return upper + lower


def steam(c: Canvas, x: float, y: float, rng: Random, *, height: float = 260) -> None:
    """Warm air over something hot."""
    for i in range(3):
        sway, base = rng.uniform(18, 34), x + (i - 1) * 62
        line = smooth(
            [
                (base, y),
                (base + sway, y - height * 0.28),
                (base - sway, y - height * 0.6),
                (base + sway * 0.8, y - height),
            ],
            closed=False,
        )
        c.soft(thick(line, [6, 26, 22, 4]), WHITE, 11, 0.42)


def sparkle(c: Canvas, x: float, y: float, radius: float, colour: Colour = WHITE) -> None:
    """A glint of four points."""
    points: Points = []
    for i in range(4):
        for reach, share in ((1.0, 0.0), (0.16, 0.5)):
            angle = (i + share) * 90
            points += arc(x, y, radius * reach, radius * reach, angle, angle, 1)[:1]
    c.fill(points, colour, 0.95)
    c.glow(x, y, radius * 1.2, colour, 0.35)


def confetti(c: Canvas, rng: Random, colours: Sequence[Colour], count: int) -> None:
    """Paper in the air, sharper and larger the nearer it is."""
    for _ in range(count):
        x = rng.uniform(-c.half_width, c.half_width)
        y = rng.uniform(-c.half_height, c.half_height * 0.6)
        near = rng.random()
        piece = box(x, y, 12 + 20 * near, 6 + 9 * near, 2, turn=rng.uniform(0, 180))
        colour = rng.choice(list(colours))
        if near < 0.25:
            c.soft(piece, colour, 4, 0.7)
        else:
            c.fill(piece, fade(light(colour, 0.3), colour, angle=30))
