"""Small precious things."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import INK, WHITE, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import box, ellipse, knots, leaf, placed, smooth, thick
from app.demo.pictures.studio import FLOOR, band, cylinder, ground, podium, sparkle, studio, turned

_STEEL = fade(hexed("#F5F5F2"), hexed("#A9ADB2"), hexed("#E9EAEA"), hexed("#7C8288"), angle=0)
_LIPS = tuple(hexed(v) for v in ("#C21F3A", "#E0475B", "#A3203F", "#E8735F", "#B5524A", "#D8557F"))
_BRASS = fade(hexed("#FFF0C9"), hexed("#D9A94E"), hexed("#FBE3A6"), hexed("#A8762B"), angle=0)


def lipstick(c: Canvas, p: Palette, rng: Random) -> None:
    """Three lipsticks, one of them the tallest, and a swatch."""
    studio(c, p, rng)
    raised = rng.random() < 0.6
    if raised:
        podium(c, p, rng, half=330, height=80)
    shades = [mix(shade, p.main, 0.12) for shade in rng.sample(_LIPS, 3)]
    case = rng.choice((p.deep, INK, light(p.back, 0.6)))
    for x, tall, y, shade in (
        (-190, 0.9, -6, shades[1]),
        (190, 0.82, 0, shades[2]),
        (0, 1.14, 22, shades[0]),
    ):
        ground(c, p, x, FLOOR + y, 74, tall=400 * tall)
        with c.at(x, FLOOR + y, tall):
            bullet = smooth(knots("-46,-290 -46,-400 -34,-462 14,-520 44,-500 46,-400 46,-290"))
            c.fill(bullet, cylinder(shade))
            slant = smooth(knots("-36,-452 -8,-496 26,-516 44,-494 20,-452 -20,-430"))
            c.fill(slant, fade(light(shade, 0.5), shade, angle=60))
            c.soft(box(-22, -370, 14, 150, 7), WHITE, 6, 0.7)
            turned(c, [(52, -312), (52, -200)], hexed("#D9A94E"), flat=0.16, gloss=0.9)
            turned(c, [(66, -206), (68, -100), (68, 0)], case, flat=0.16, gloss=0.8)
            c.fill(ellipse(0, -206, 66, 10.5), _BRASS)
            c.fill(band(-196, -186, 66, 66, flat=0.16), _BRASS)
    if raised:
        return
    smear = smooth(knots("-330,410 -180,388 -20,404 120,384 180,402 60,424 -120,418 -300,432"))
    c.soft(smear, dark(p.floor, 0.6), 8, 0.4)
    c.fill(smear, fade(light(shades[0], 0.3), shades[0], dark(shades[0], 0.25), angle=80))
    c.soft(thick([(-290, 408), (-100, 400), (100, 396)], 8), WHITE, 5, 0.6)


def perfume(c: Canvas, p: Palette, rng: Random) -> None:
    """A bottle of perfume in thick glass, with petals."""
    studio(c, p, rng)
    if rng.random() < 0.5:
        podium(c, p, rng, half=300, height=90)
    juice = rng.choice((light(p.main, 0.35), p.accent, light(p.main, 0.55)))
    ground(c, p, 0, FLOOR, 190, tall=380)
    with c.at(0, FLOOR):
        kind = rng.randrange(3)
        if kind == 0:
            glass = box(0, -190, 390, 380, 56)
        elif kind == 1:
            glass = smooth(
                knots("-70,-372 -190,-290 -214,-130 -140,-4 0,4 140,-4 214,-130 190,-290 70,-372")
            )
        else:
            glass = knots("-150,-380 150,-380 210,-300 210,-20 190,0 -190,0 -210,-20 -210,-300")
        c.fill(
            glass,
            fade(light(juice, 0.75), light(juice, 0.4), mix(juice, WHITE, 0.55), angle=20),
            0.96,
        )
        inside = placed(glass, 0, -30, scale=0.84)
        with c.inside(inside):
            c.fill(
                box(0, -140, 460, 400),
                Linear([(0, light(juice, 0.3)), (0.5, juice), (1, dark(juice, 0.25))], 25),
            )
            c.fill(
                smooth(knots("-220,-300 -60,-318 80,-292 220,-306 220,-420 -220,-420")),
                light(juice, 0.8),
            )
            c.soft(ellipse(70, -90, 120, 90), light(juice, 0.6), 40, 0.6)
        with c.inside(glass):
            c.volume(glass, WHITE, dx=16, dy=16, blur=12, alpha=0.8)
            c.volume(glass, dark(juice, 0.7), dx=-14, dy=-12, blur=16, alpha=0.4)
            c.soft([(-160, -380), (-90, -380), (-120, 0), (-180, 0)], WHITE, 16, 0.55)
        c.fill(box(0, -176, 170, 110, 6), light(p.back, 0.7), 0.92)
        c.fill(box(0, -176, 156, 96, 4), fade(light(p.back, 0.8), light(p.back, 0.5)))
        for turn in range(0, 360, 60):
            c.fill(leaf(0, -176, 36, 16, turn=turn), mix(p.main, p.deep, 0.2))
        turned(c, [(58, -420), (58, -378)], hexed("#D9A94E"), flat=0.14, gloss=0.9)
        turned(
            c,
            [(82, -560), (86, -540), (86, -416)],
            rng.choice((p.deep, INK, p.main)),
            flat=0.14,
            gloss=0.9,
        )
        c.fill(ellipse(0, -560, 82, 11), fade(light(p.deep, 0.6), light(p.deep, 0.2)))
    for _ in range(7):
        x, y, turn = rng.uniform(-400, 400), FLOOR + rng.uniform(50, 150), rng.uniform(0, 360)
        petal = smooth([(0, 0), (26, -22), (62, -16), (70, 6), (40, 22)])
        c.soft(placed(petal, x + 4, y + 9, turn=turn), dark(p.floor, 0.8), 6, 0.4)
        c.fill(
            placed(petal, x, y, turn=turn),
            fade(light(p.main, 0.75), light(p.main, 0.3), angle=turn),
        )
    sparkle(c, 150, -150, 30)


def watch(c: Canvas, p: Palette, rng: Random) -> None:
    """A wrist watch, upright on its strap."""
    studio(c, p, rng)
    strap = rng.choice((p.deep, p.main, hexed("#7A4A2A"), INK))
    face = rng.choice((light(p.back, 0.8), p.deep, p.main))
    ground(c, p, 0, FLOOR + 50, 180, tall=300)
    with c.at(0, -10):
        for side in (-1, 1):
            band_ = smooth(
                [
                    (-104, side * 190),
                    (104, side * 190),
                    (92, side * 330),
                    (78, side * 372),
                    (-78, side * 372),
                    (-92, side * 330),
                ]
            )
            c.fill(
                band_, fade(dark(strap, 0.3), light(strap, 0.2), strap, dark(strap, 0.4), angle=0)
            )
            for i in range(6):
                for x in (-84, 84):
                    c.fill(
                        box(x * (1 - i * 0.02), side * (214 + i * 26), 5, 14, 2),
                        light(strap, 0.5),
                        0.8,
                    )
        c.fill(box(238, 0, 44, 60, 10), _STEEL)
        c.soft(ellipse(16, 26, 232), dark(p.floor, 0.9), 24, 0.4)
        c.fill(
            ellipse(0, 0, 230),
            fade(hexed("#FFFFFF"), hexed("#8C9298"), hexed("#EDEEEF"), hexed("#6F757B"), angle=50),
        )
        c.fill(ellipse(0, 0, 206), fade(hexed("#7D8389"), hexed("#F4F5F5"), angle=50))
        dial = ellipse(0, 0, 194)
        c.fill(dial, Radial([(0, light(face, 0.2)), (1, dark(face, 0.2))], 0.35, 0.3))
        marks = light(p.back, 0.8) if sum(face) < 420 else p.deep
        for hour in range(12):
            length = 34 if hour % 3 == 0 else 20
            c.fill(
                placed(
                    box(0, -166 + length / 2, 10 if hour % 3 == 0 else 5, length, 2),
                    0,
                    0,
                    turn=hour * 30,
                ),
                marks,
            )
        c.fill(ellipse(0, 88, 44), dark(face, 0.2) if sum(face) < 420 else dark(face, 0.08))
        c.line([(0, 88), (18, 62)], 4, p.accent)
        for turn, length, width in ((rng.uniform(290, 320), 96, 13), (rng.uniform(40, 70), 142, 9)):
            c.soft(placed(box(3, -length / 2 + 8, width, length, 5), 3, 8, turn=turn), INK, 5, 0.4)
            c.fill(placed(box(0, -length / 2 + 8, width, length, 5), 0, 0, turn=turn), marks)
        c.fill(
            placed(box(0, -66, 3, 190), 0, 0, turn=rng.uniform(120, 240)),
            p.accent if p.accent != face else WHITE,
        )
        c.fill(ellipse(0, 0, 12), p.accent)
        with c.inside(dial):
            c.volume(dial, INK, dx=10, dy=14, blur=18, alpha=0.5)
            c.soft([(-160, -200), (-20, -200), (-190, 80), (-240, 0)], WHITE, 14, 0.35)
