"""Skies at night: a city, northern lights, fireworks."""

import math
from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import (
    GOLD,
    WHITE,
    Colour,
    Palette,
    dark,
    hexed,
    light,
    mix,
)
from app.demo.pictures.nature import pine, ridge
from app.demo.pictures.shapes import (
    Points,
    box,
    ellipse,
    thick,
)


def city(c: Canvas, p: Palette, rng: Random) -> None:
    """A city at night, with lit windows and a tower."""
    night = mix(p.deep, hexed("#10123A"), 0.5)
    c.cover(
        Linear(
            [
                (0, dark(night, 0.35)),
                (0.45, mix(night, p.main, 0.35)),
                (0.72, mix(p.main, p.accent, 0.5)),
                (1, p.accent),
            ]
        )
    )
    for _ in range(50):
        c.fill(
            ellipse(
                rng.uniform(-c.half_width, c.half_width),
                rng.uniform(-c.half_height, -100),
                rng.uniform(1, 2.4),
            ),
            WHITE,
            rng.uniform(0.3, 0.9),
        )
    x = rng.uniform(-250, 250)
    c.glow(x, -260, 190, hexed("#FFF3D6"), 0.4)
    c.fill(ellipse(x, -260, 62), Radial([(0, hexed("#FFF9EA")), (1, hexed("#F3DDB0"))], 0.4, 0.35))
    w = c.half_width + 20
    for row, (floor, low, high) in enumerate(((330, 190, 430), (390, 130, 350), (470, 90, 260))):
        colour = mix(mix(night, p.main, 0.4), dark(night, 0.55), row / 2)
        x = -w
        while x < w:
            wide, tall = rng.uniform(64, 132), rng.uniform(low, high)
            _tower(c, x + wide / 2, floor, wide - 4, tall, colour, rng, lit=row)
            x += wide
        c.soft(box(0, floor - 20, 2 * w, 90), mix(p.accent, p.main, 0.4), 50, 0.2)
    _needle(c, rng.uniform(-160, 160), 420, p, night)
    c.fill(
        [(-w, 452), (w, 452), (w, 900), (-w, 900)], fade(mix(night, p.main, 0.25), dark(night, 0.5))
    )
    for _ in range(54):
        x, y = rng.uniform(-w, w), rng.uniform(458, c.half_height + 10)
        c.fill(
            ellipse(x, y, rng.uniform(14, 60), 1.8),
            rng.choice((hexed("#FFD98C"), p.accent, light(p.main, 0.4))),
            0.45,
        )


def _tower(
    c: Canvas,
    x: float,
    floor: float,
    wide: float,
    tall: float,
    colour: Colour,
    rng: Random,
    *,
    lit: int,
) -> None:
    top = floor - tall
    shape = rng.randrange(4)
    outline: Points = [
        (x - wide / 2, top),
        (x + wide / 2, top),
        (x + wide / 2, 900),
        (x - wide / 2, 900),
    ]
    if shape == 1:
        outline = [
            (x - wide / 2, top + 36),
            (x + wide * 0.2, top),
            (x + wide / 2, top + 12),
            *outline[2:],
        ]
    elif shape == 2:
        outline = [
            (x - wide / 2, top + 50),
            (x - wide * 0.28, top + 50),
            (x - wide * 0.28, top),
            (x + wide * 0.28, top),
            (x + wide * 0.28, top + 50),
            (x + wide / 2, top + 50),
            *outline[2:],
        ]
    c.fill(outline, fade(light(colour, 0.1), colour, angle=0))
    warm = (hexed("#FFDD93"), hexed("#FFC46B"), hexed("#FFF1CB"))
    step = 22 if lit else 26
    for row in range(int(tall / step) - 1):
        for k in range(int(wide / 20)):
            if rng.random() < 0.34 + 0.08 * lit:
                px = x - wide / 2 + 12 + k * 20
                py = top + (60 if shape == 2 else 44) + row * step
                if px + 9 < x + wide / 2 and py < floor:
                    c.image.paste(
                        mix(colour, rng.choice(warm), 0.35 + 0.28 * lit), _pixels(c, px, py, 8, 10)
                    )


def _pixels(c: Canvas, x: float, y: float, wide: float, tall: float) -> tuple[int, int, int, int]:
    """A window needs no smooth edges: its pixels."""
    width, height = c.image.size
    left, top = width / 2 + x * c.unit, height / 2 + y * c.unit
    return round(left), round(top), round(left + wide * c.unit), round(top + tall * c.unit)


def _needle(c: Canvas, x: float, floor: float, p: Palette, night: Colour) -> None:
    with c.at(x, floor):
        c.fill(
            [(-44, 0), (-9, -300), (9, -300), (44, 0)],
            fade(light(p.main, 0.2), dark(night, 0.3), angle=0),
        )
        for y, r in ((-300, 46), (-410, 26)):
            c.glow(0, y, 160, p.accent, 0.5)
            c.fill(
                ellipse(0, y, r),
                Radial([(0, light(p.accent, 0.7)), (1, mix(p.main, p.accent, 0.3))], 0.35, 0.3),
            )
        c.fill([(-7, -300), (-4, -420), (0, -560), (4, -420), (7, -300)], light(p.main, 0.35))


def aurora(c: Canvas, p: Palette, rng: Random) -> None:
    """Northern lights over snow and a lake."""
    night = mix(p.deep, hexed("#081428"), 0.6)
    c.cover(
        Linear(
            [(0, dark(night, 0.4)), (0.6, mix(night, p.main, 0.3)), (1, mix(night, p.main, 0.5))]
        )
    )
    w = c.half_width + 30
    for _ in range(110):
        c.fill(
            ellipse(rng.uniform(-w, w), rng.uniform(-c.half_height, 80), rng.uniform(0.8, 2.4)),
            WHITE,
            rng.uniform(0.3, 1),
        )
    for i, colour in enumerate((p.accent, light(p.main, 0.2), hexed("#6CF2B8"))):
        start, tilt, phase = -300 + i * 80, rng.uniform(-0.2, 0.2), rng.uniform(0, 6)
        for k in range(22):
            x = -w + k * w / 10.5
            y = start + tilt * x + 70 * math.sin(phase + k * 0.36) + 24 * math.sin(phase + k * 0.9)
            reach = 210 + 80 * math.sin(k * 0.7 + i * 2)
            c.soft(box(x, y, w / 10, reach), colour, 22, 0.2)
            c.soft(box(x, y + reach * 0.44, w / 10, 30), light(colour, 0.35), 12, 0.3)
    lake = 230.0
    for i in range(3):
        base = 170 + i * 40
        colour = mix(mix(night, hexed("#9FB8D8"), 0.35), dark(night, 0.5), i / 2.4)
        skyline = ridge(rng, w, base, 250 - i * 50, 4 + i * 3)
        c.fill(
            [*skyline, (w, lake + 30), (-w, lake + 30)],
            Linear([(0, light(colour, 0.65 - i * 0.2)), (0.4, colour), (1, dark(colour, 0.3))]),
        )
    c.fill(
        [(-w, lake), (w, lake), (w, 900), (-w, 900)],
        Linear(
            [
                (0, mix(night, hexed("#6CF2B8"), 0.4)),
                (0.4, mix(night, p.main, 0.25)),
                (1, dark(night, 0.4)),
            ]
        ),
    )
    for _ in range(40):
        c.fill(
            ellipse(
                rng.uniform(-w, w), rng.uniform(lake + 6, c.half_height), rng.uniform(20, 110), 1.8
            ),
            light(p.accent, 0.3),
            0.22,
        )
    for k in range(16):
        pine(
            c,
            -w + k * w / 7.5 + rng.uniform(-30, 30),
            500 + rng.uniform(-20, 40),
            rng.uniform(0.9, 1.9),
            dark(night, 0.7),
        )


def fireworks(c: Canvas, p: Palette, rng: Random) -> None:
    """Fireworks over the water."""
    night = mix(p.deep, hexed("#0B1030"), 0.65)
    c.cover(
        Linear(
            [
                (0, dark(night, 0.4)),
                (0.62, mix(night, p.main, 0.22)),
                (0.68, mix(night, p.main, 0.3)),
                (1, dark(night, 0.35)),
            ]
        )
    )
    shore = 190.0
    bursts = [(rng.uniform(-120, 120), rng.uniform(-210, -120), rng.uniform(250, 310))]
    bursts += [
        (side * rng.uniform(230, 400), rng.uniform(-360, -60), rng.uniform(110, 190))
        for side in (-1, 1, -1)
    ]
    colours = (p.accent, light(p.main, 0.25), GOLD, hexed("#FF7FA8"), hexed("#8FD8FF"))
    for i, (x, y, radius) in enumerate(bursts):
        colour = colours[(i + rng.randrange(2)) % len(colours)]
        c.glow(x, y, radius * 1.5, colour, 0.4)
        _burst(c, x, y, radius, colour, rng)
        c.soft(ellipse(x, shore + (shore - y) * 0.45, radius * 0.55, radius * 0.5), colour, 40, 0.2)
    towers: list[tuple[float, float]] = [(-c.half_width - 10, shore)]
    x = -c.half_width - 10.0
    while x < c.half_width:
        wide, tall = rng.uniform(34, 90), rng.uniform(24, 130)
        towers += [(x, shore - tall), (x + wide, shore - tall)]
        x += wide
    towers.append((x, shore))
    c.fill(towers, dark(night, 0.7))
    for _ in range(90):
        x, y = rng.uniform(-c.half_width, c.half_width), shore - rng.uniform(4, 60)
        c.fill(box(x, y, 5, 7), hexed("#FFD98C"), rng.uniform(0.3, 0.9))
    for _ in range(46):
        y = shore + rng.uniform(8, c.half_height - shore)
        x, wide = rng.uniform(-c.half_width, c.half_width), rng.uniform(30, 130)
        c.fill(ellipse(x, y, wide, 2.4), rng.choice(colours), rng.uniform(0.1, 0.35))


def _burst(c: Canvas, x: float, y: float, radius: float, colour: Colour, rng: Random) -> None:
    tips = rng.choice((28, 34, 40))
    for ring, reach in ((0, 1.0), (1, 0.66)):
        tone = colour if ring == 0 else light(colour, 0.5)
        for k in range(tips - ring * 8):
            angle = 2 * math.pi * (k + ring * 0.5) / (tips - ring * 8) + rng.uniform(-0.05, 0.05)
            far = radius * reach * rng.uniform(0.86, 1.06)
            dx, dy = math.cos(angle), math.sin(angle)
            fall = far * 0.1
            path = [
                (x + dx * far * t, y + dy * far * t + fall * t * t) for t in (0.22, 0.5, 0.78, 1.0)
            ]
            c.fill(thick(path, [1, 2.5, 4, 6]), tone, 0.92)
            c.fill(ellipse(*path[-1], 5.5), light(tone, 0.7))
