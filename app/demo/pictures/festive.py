"""Lanterns, gifts and full bags."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import GOLD, RED, WHITE, Colour, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import arc, box, ellipse, knots, placed, smooth, star
from app.demo.pictures.studio import FLOOR, confetti, cylinder, ground, studio

_GOLD = fade(hexed("#FFF2C6"), GOLD, hexed("#C98F2F"), angle=60)


def lanterns(c: Canvas, p: Palette, rng: Random) -> None:
    """Lanterns that glow in the dusk."""
    sky = mix(p.deep, hexed("#1B1440"), 0.55)
    c.cover(
        Linear(
            [(0, dark(sky, 0.35)), (0.6, mix(sky, p.main, 0.3)), (1, mix(p.main, p.accent, 0.45))]
        )
    )
    for _ in range(60):
        x, y = rng.uniform(-c.half_width, c.half_width), rng.uniform(-c.half_height, 60)
        c.fill(ellipse(x, y, rng.uniform(1, 2.6)), WHITE, rng.uniform(0.3, 0.9))
    for i in range(3):
        y = 330 + i * 70
        roofs = [(-c.half_width - 20, 700)]
        x = -c.half_width - 20.0
        while x < c.half_width + 20:
            wide = rng.uniform(110, 200)
            roofs += [
                (x, y),
                (x + wide * 0.12, y - 14),
                (x + wide * 0.5, y - rng.uniform(50, 90)),
                (x + wide * 0.88, y - 14),
                (x + wide, y),
            ]
            x += wide
        roofs.append((x, 700))
        c.fill(roofs, mix(dark(sky, 0.4), p.main, 0.22 - i * 0.08))
    spots = sorted(
        (
            (
                rng.uniform(-0.95, 0.95) * c.half_width,
                rng.uniform(-0.75, 0.45) * c.half_height,
                rng.uniform(0.22, 0.5),
            )
            for _ in range(9)
        ),
        key=lambda spot: spot[2],
    )
    spots.append((rng.uniform(-90, 90), rng.uniform(-60, 20), 1.0))
    for x, y, size in spots:
        _lantern(c, x, y, size, rng.choice((RED, RED, hexed("#F0682B"), p.main)))


def _lantern(c: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    with c.at(x, y, size):
        c.glow(0, 0, 420, hexed("#FF9A4A"), 0.55)
        c.line([(0, -700), (0, -220)], 4, dark(colour, 0.6), 0.8)
        body = ellipse(0, 0, 230, 186)
        c.fill(
            body,
            Radial(
                [
                    (0, hexed("#FFD98A")),
                    (0.35, mix(colour, hexed("#FFB24D"), 0.4)),
                    (0.75, colour),
                    (1, dark(colour, 0.35)),
                ],
                0.5,
                0.58,
                0.95,
            ),
        )
        for share in (0.25, 0.55, 0.8, 0.95):
            for side in (-90, 90):
                c.line(
                    arc(0, 0, 230 * share, 186, side - 90, side + 90, 30),
                    3.5,
                    hexed("#FFE2A0"),
                    0.42,
                )
        for side in (-1, 1):
            c.fill(
                box(0, side * 190, 150, 40, 10),
                fade(GOLD, hexed("#FFF1C4"), hexed("#B5812F"), angle=0),
            )
        c.soft(ellipse(-96, -84, 52, 30, turn=-30), WHITE, 18, 0.35)
        for k in range(-3, 4):
            c.line([(k * 11, 210), (k * 15, 350)], 6, mix(RED, GOLD, 0.25 + 0.1 * (k % 2)))
        c.fill(ellipse(0, 226, 26, 20), _GOLD)


def gifts(c: Canvas, p: Palette, rng: Random) -> None:
    """Boxes with ribbons."""
    studio(c, p, rng)
    stack = (
        (-170, FLOOR - 10, 300, 250, p.main, p.accent),
        (150, FLOOR + 12, 330, 330, p.accent, p.main),
        (-150, FLOOR - 268, 230, 180, light(p.back, 0.5), p.main),
        (10, FLOOR + 74, 170, 120, p.deep, p.accent),
    )
    for x, y, wide, tall, paper, ribbon in stack:
        if y > 200:
            ground(c, p, x, y, wide / 2, tall=tall)
        _gift(c, x, y, wide, tall, paper, ribbon, rng.randrange(3))
    confetti(c, rng, (p.accent, p.main, light(p.main, 0.5), GOLD), 16)


def _gift(
    c: Canvas,
    x: float,
    y: float,
    wide: float,
    tall: float,
    paper: Colour,
    ribbon: Colour,
    kind: int,
) -> None:
    with c.at(x, y):
        body = box(0, -tall / 2, wide, tall, 10)
        c.fill(body, Linear([(0, light(paper, 0.2)), (0.5, paper), (1, dark(paper, 0.4))], 20))
        with c.inside(body):
            if kind:
                for i in range(-6, 7):
                    for j in range(12):
                        px, py = i * 52 + (j % 2) * 26, -j * 34
                        if kind == 1:
                            c.fill(ellipse(px, py, 8), light(paper, 0.5), 0.55)
                        else:
                            c.line(
                                [(px - 30, py + 20), (px + 30, py - 40)], 5, light(paper, 0.45), 0.4
                            )
        c.fill(box(0, -tall / 2, wide * 0.17, tall), cylinder(ribbon))
        lid = box(0, -tall + 6, wide + 26, 62, 10)
        c.soft([(px, py + 14) for px, py in lid], dark(paper, 0.95), 9, 0.45)
        c.fill(lid, Linear([(0, light(paper, 0.4)), (1, dark(paper, 0.18))], 20))
        c.fill(box(0, -tall + 6, wide * 0.17, 62), cylinder(light(ribbon, 0.08)))
        for side in (-1, 1):
            loop = smooth(
                [
                    (0, -tall - 22),
                    (side * wide * 0.16, -tall - 96),
                    (side * wide * 0.36, -tall - 98),
                    (side * wide * 0.34, -tall - 38),
                    (side * wide * 0.14, -tall - 20),
                ]
            )
            c.fill(loop, fade(light(ribbon, 0.4), dark(ribbon, 0.35), angle=90))
            hole = placed(
                [(px - side * wide * 0.2, py + tall + 62) for px, py in loop],
                side * wide * 0.21,
                -tall - 62,
                scale=0.5,
            )
            c.fill(hole, dark(ribbon, 0.5))
            tail = [
                (0, -tall - 20),
                (side * wide * 0.2, -tall + 4),
                (side * wide * 0.3, -tall + 24),
                (side * wide * 0.2, -tall + 26),
            ]
            c.fill(smooth(tail), dark(ribbon, 0.15))
        c.fill(
            ellipse(0, -tall - 28, 26, 22),
            Radial([(0, light(ribbon, 0.5)), (1, dark(ribbon, 0.2))], 0.35, 0.3),
        )


def shopping(c: Canvas, p: Palette, rng: Random) -> None:
    """Shopping bags, full."""
    studio(c, p, rng)
    for x, y, size, colour in (
        (-190, FLOOR - 6, 0.92, p.accent),
        (170, FLOOR, 1.0, p.deep),
        (-10, FLOOR + 40, 1.12, p.main),
    ):
        ground(c, p, x, y, 150 * size, tall=340 * size)
        with c.at(x, y, size, rng.uniform(-2, 2)):
            for side in (-60, 60):
                c.fill(
                    smooth(
                        [
                            (side - 60, -380),
                            (side - 40, -450),
                            (side, -470),
                            (side + 46, -440),
                            (side + 60, -380),
                        ]
                    ),
                    fade(light(p.back, 0.9), light(p.back, 0.3)),
                )
            c.line(
                smooth([(-70, -370), (-66, -480), (0, -530), (66, -480), (70, -370)], closed=False),
                10,
                dark(colour, 0.4),
            )
            face = [(-150, -380), (150, -380), (160, 0), (-160, 0)]
            c.fill(
                face, Linear([(0, light(colour, 0.3)), (0.5, colour), (1, dark(colour, 0.22))], 60)
            )
            c.fill(
                [(150, -380), (196, -352), (200, -20), (160, 0)],
                fade(dark(colour, 0.35), dark(colour, 0.55), angle=0),
            )
            c.fill([(150, -380), (196, -352), (174, -190)], dark(colour, 0.2))
            mark = light(p.back, 0.75) if sum(colour) < 470 else p.main
            kind = rng.randrange(4)
            if kind == 0:
                c.fill(star(0, -180, 74, 32, 5), mark)
            elif kind == 1:
                c.line(arc(0, -200, 66, 66, 20, 160, 24), 16, mark)
                for eye in (-34, 34):
                    c.fill(ellipse(eye, -226, 11, 15), mark)
            elif kind == 2:
                c.fill(
                    smooth(knots("0,-96 -84,-190 -46,-252 0,-216 46,-252 84,-190")),
                    mark,
                )
            else:
                for k in range(5):
                    c.fill(box(0, -300 + k * 56, 230, 18, 9), mark, 0.9)
            for side in (-70, 70):
                c.fill(ellipse(side, -356, 8), dark(colour, 0.6))
    confetti(c, rng, (p.accent, p.main, light(p.main, 0.5), GOLD), 22)
