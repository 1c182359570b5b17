"""Things to wear and to carry."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, fade
from app.demo.pictures.colours import INK, WHITE, Colour, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import arc, box, ellipse, knots, mirrored, placed, smooth, thick
from app.demo.pictures.studio import FLOOR, ground, podium, studio

_BRASS = fade(hexed("#FFF0C9"), hexed("#D9A94E"), hexed("#FBE3A6"), hexed("#A8762B"), angle=0)


def sneaker(c: Canvas, p: Palette, rng: Random) -> None:
    """A running shoe, seen from the side."""
    studio(c, p, rng)
    if rng.random() < 0.45:
        podium(c, p, rng, half=390, height=80)
    body = rng.choice((p.main, light(p.back, 0.7), p.deep, p.accent))
    trim = p.accent if body != p.accent else p.main
    ground(c, p, 0, FLOOR, 360, tall=150)
    with c.at(0, FLOOR - 4, 1.08, -2):
        sole = smooth(
            knots(
                "-362,-62 -250,-84 0,-74 200,-66 352,-58 384,-30 350,0 100,4 -180,2 -330,0 -378,-22"
            )
        )
        upper = smooth(
            knots(
                "-352,-70 -360,-190 -338,-300 -290,-322 -240,-300 -180,-296 -130,-330 "
                "-92,-352 -30,-306 40,-232 130,-180 250,-158 338,-118 362,-66 200,-58 "
                "-150,-62"
            )
        )
        c.fill(upper, Linear([(0, light(body, 0.28)), (0.5, body), (1, dark(body, 0.32))], 75))
        with c.inside(upper):
            c.volume(upper, dark(body, 0.85), dx=-20, dy=-34, blur=36, alpha=0.45)
            _shoe_parts(c, body, trim, rng)
            c.soft(
                smooth(knots("-300,-280 -200,-270 -60,-290 60,-190 -80,-230 -260,-250")),
                WHITE,
                22,
                0.25,
            )
        tongue = smooth([(-150, -320), (-120, -392), (-70, -400), (-48, -330), (-90, -300)])
        c.fill(tongue, fade(light(body, 0.4), dark(body, 0.2), angle=60))
        collar = smooth([(-330, -306), (-280, -286), (-200, -286), (-130, -322)], closed=False)
        c.fill(thick(collar, [30, 34, 32, 20]), fade(light(trim, 0.3), dark(trim, 0.25)))
        c.fill(sole, Linear([(0, WHITE), (0.6, hexed("#F1ECE6")), (1, hexed("#CFC6BD"))]))
        with c.inside(sole):
            c.fill(smooth([(-390, -14), (0, -2), (390, -18), (390, 30), (-390, 30)]), trim)
            c.fill(
                smooth([(-380, -60), (-260, -58), (-170, -26), (-380, -22)]), light(trim, 0.4), 0.9
            )
        for i in range(6):
            x, y = -104 + i * 40, -322 + i * 30
            c.line([(x - 24, y + 34), (x + 22, y - 8)], 15, dark(body, 0.6), 0.4)
            c.line([(x - 26, y + 28), (x + 20, y - 14)], 14, light(p.back, 0.75))


def _shoe_parts(c: Canvas, body: Colour, trim: Colour, rng: Random) -> None:
    toe = smooth(knots("180,-190 250,-160 330,-120 380,-60 160,-50 150,-120"))
    c.fill(toe, fade(light(body, 0.35), dark(body, 0.15), angle=60))
    c.line(smooth([(180, -188), (152, -120), (162, -56)], closed=False), 4, dark(body, 0.5), 0.5)
    heel = smooth([(-372, -60), (-372, -210), (-330, -250), (-262, -200), (-226, -60)])
    c.fill(heel, fade(light(trim, 0.2), dark(trim, 0.3)))
    kind = rng.randrange(3)
    if kind == 0:
        swoop = smooth([(-210, -96), (-110, -120), (20, -176), (130, -250)], closed=False)
        c.fill(thick(swoop, [70, 64, 40, 4]), fade(light(trim, 0.25), dark(trim, 0.15), angle=0))
    elif kind == 1:
        for i in range(3):
            c.fill(
                [
                    (-170 + i * 78, -56),
                    (-60 + i * 70, -250),
                    (-24 + i * 70, -240),
                    (-130 + i * 78, -56),
                ],
                trim,
            )
    else:
        wave = smooth(
            knots("-230,-110 -150,-180 -70,-110 10,-180 90,-110 170,-150"),
            closed=False,
        )
        c.line(wave, 26, trim)
        c.line([(x, y + 40) for x, y in wave], 12, light(trim, 0.4))


def handbag(c: Canvas, p: Palette, rng: Random) -> None:
    """A structured bag with a flap and a clasp."""
    studio(c, p, rng)
    colour = rng.choice((p.main, p.deep, p.accent, mix(p.main, p.back, 0.4)))
    ground(c, p, 0, FLOOR, 300, tall=240)
    with c.at(0, FLOOR):
        loop = smooth(
            [(-170, -350), (-150, -520), (0, -590), (150, -520), (170, -350)], closed=False
        )
        c.fill(thick(loop, 30), fade(light(colour, 0.2), dark(colour, 0.45)))
        c.line([(x - 3, y - 9) for x, y in loop[3:-3]], 4, light(colour, 0.6), 0.6)
        for side in (-1, 1):
            c.fill(ellipse(side * 170, -350, 26), _BRASS)
            c.fill(ellipse(side * 170, -350, 13), dark(colour, 0.5))
        body = smooth(
            knots("-268,-360 -296,-180 -310,-20 -280,0 0,4 280,0 310,-20 296,-180 268,-360 0,-366"),
            steps=6,
        )
        c.fill(body, Linear([(0, light(colour, 0.16)), (0.45, colour), (1, dark(colour, 0.4))], 80))
        c.volume(body, dark(colour, 0.9), dx=-24, dy=-20, blur=40, alpha=0.5)
        c.volume(body, light(colour, 0.7), dx=18, dy=12, blur=20, alpha=0.25)
        kind = rng.randrange(2)
        flap = smooth(
            [
                (-272, -366),
                (272, -366),
                (286, -290),
                (230, -170 + kind * 40),
                (0, -120),
                (-230, -170 + kind * 40),
                (-286, -290),
            ]
        )
        c.soft([(x + 4, y + 16) for x, y in flap], dark(colour, 0.9), 12, 0.5)
        c.fill(
            flap, Linear([(0, light(colour, 0.38)), (1, mix(colour, dark(colour, 0.3), 0.4))], 75)
        )
        with c.inside(flap):
            if kind:
                for i in range(-9, 10):
                    for lean in (-1, 1):
                        c.line(
                            [(i * 62 - lean * 170, -380), (i * 62 + lean * 170, -90)],
                            3,
                            dark(colour, 0.5),
                            0.4,
                        )
            c.soft(smooth([(-230, -350), (-60, -356), (-110, -250), (-240, -240)]), WHITE, 26, 0.35)
        c.line(flap[10:-2:3], 3, light(colour, 0.5), 0.5)
        c.fill(box(0, -140, 92, 66, 14), _BRASS)
        c.fill(box(0, -138, 34, 30, 8), dark(colour, 0.6))


def backpack(c: Canvas, p: Palette, rng: Random) -> None:
    """A day pack with a front pocket."""
    studio(c, p, rng)
    colour = rng.choice((p.main, p.deep, p.accent))
    trim = p.accent if colour != p.accent else p.deep
    ground(c, p, 0, FLOOR, 250, tall=420)
    with c.at(0, FLOOR):
        for side in (-1, 1):
            strap = smooth(
                [(side * 200, -430), (side * 312, -330), (side * 318, -150), (side * 236, -60)],
                closed=False,
            )
            c.fill(thick(strap, [40, 46, 40, 30]), fade(dark(colour, 0.3), dark(colour, 0.6)))
        c.line(arc(0, -596, 66, 56, 180, 360), 26, dark(colour, 0.35))
        body = smooth(
            knots(
                "-150,-600 -232,-500 -256,-280 -264,-60 -210,0 0,6 210,0 264,-60 256,-280 "
                "232,-500 150,-600 0,-622"
            )
        )
        c.fill(body, Linear([(0, light(colour, 0.3)), (0.4, colour), (1, dark(colour, 0.36))], 65))
        c.volume(body, dark(colour, 0.9), dx=-30, dy=-24, blur=46, alpha=0.5)
        with c.inside(body):
            c.soft(ellipse(-120, -480, 70, 110, turn=24), WHITE, 40, 0.35)
            c.fill(box(0, -348, 560, 26), fade(light(trim, 0.2), dark(trim, 0.2)))
        zip_ = smooth(
            [(-196, -400), (-170, -520), (0, -566), (170, -520), (196, -400)], closed=False
        )
        c.line(zip_, 9, dark(colour, 0.65))
        c.line(zip_, 3, light(colour, 0.4))
        pocket = box(0, -156, 380, 270, 54)
        c.soft(box(4, -146, 384, 276, 54), dark(colour, 0.95), 12, 0.5)
        c.fill(pocket, Linear([(0, light(colour, 0.34)), (1, dark(colour, 0.22))], 75))
        c.volume(pocket, dark(colour, 0.9), dx=-14, dy=-14, blur=22, alpha=0.35)
        c.line([(-160, -230), (160, -230)], 9, dark(colour, 0.65))
        c.line([(-160, -230), (160, -230)], 3, light(colour, 0.4))
        c.fill(box(146, -206, 16, 52, 6), trim)
        c.fill(box(0, -130, 110, 66, 10), fade(light(trim, 0.25), dark(trim, 0.1)))
        peak = [(-34, -108), (-10, -146), (4, -128), (16, -150), (38, -108)]
        c.fill(peak, light(p.back, 0.7))


def sunglasses(c: Canvas, p: Palette, rng: Random) -> None:
    """Sunglasses that mirror a sunset."""
    studio(c, p, rng)
    frame = rng.choice((INK, p.main, p.deep, hexed("#8A4B22")))
    c.soft(box(30, FLOOR + 46, 720, 70, 30), dark(p.floor, 0.85), 26, 0.5)
    with c.at(0, 120, 1.12, rng.uniform(-5, 2)):
        for side in (-1, 1):
            arm = smooth(
                [(side * 352, -66), (side * 396, -40), (side * 372, 60), (side * 330, 164)],
                closed=False,
            )
            c.fill(thick(arm, [30, 26, 20, 16]), fade(light(frame, 0.2), dark(frame, 0.5)))
        square = rng.random() < 0.5
        half = knots("34,-60 120,-96 260,-100 352,-78 340,30 260,112 130,112 58,40")
        for side in (-1, 1):
            outer = (
                box(side * 194, 0, 330, 250, 86)
                if square
                else smooth(half if side > 0 else mirrored(half))
            )
            inner = placed(outer, side * 194 * 0.13, 4 if square else 1, scale=0.87)
            c.soft([(x + 8, y + 22) for x, y in outer], dark(p.floor, 0.9), 14, 0.3)
            c.fill(outer, fade(light(frame, 0.35), frame, dark(frame, 0.5), angle=70))
            c.fill(
                inner,
                Linear(
                    [
                        (0, mix(p.deep, p.main, 0.3)),
                        (0.45, p.main),
                        (0.72, p.accent),
                        (1, light(p.accent, 0.6)),
                    ]
                ),
            )
            with c.inside(inner):
                c.fill(ellipse(side * 194 + 40, 54, 30), light(p.accent, 0.8), 0.9)
                hills = smooth(
                    [
                        (side * 194 - 190, 90),
                        (side * 194 - 60, 50),
                        (side * 194 + 40, 92),
                        (side * 194 + 190, 40),
                        (side * 194 + 190, 200),
                        (side * 194 - 190, 200),
                    ]
                )
                c.fill(hills, p.deep, 0.75)
                c.soft(
                    [
                        (side * 194 - 120, -120),
                        (side * 194 - 50, -120),
                        (side * 194 - 130, 130),
                        (side * 194 - 190, 130),
                    ],
                    WHITE,
                    9,
                    0.4,
                )
                c.volume(inner, INK, dx=8, dy=16, blur=16, alpha=0.5)
        c.fill(
            thick(smooth([(-46, -34), (0, -56), (46, -34)], closed=False), 26),
            fade(light(frame, 0.35), dark(frame, 0.3)),
        )
