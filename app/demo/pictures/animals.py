"""A cat and a dog."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import INK, WHITE, Colour, Palette, dark, hexed, light
from app.demo.pictures.shapes import arc, box, ellipse, knots, placed, smooth, thick


def cat(c: Canvas, p: Palette, rng: Random) -> None:
    """A cat that looks at you."""
    wall = rng.choice((p.back, p.accent, light(p.main, 0.4), p.floor))
    c.cover(Radial([(0, light(wall, 0.5)), (0.6, wall), (1, dark(wall, 0.15))], 0.4, 0.3, 1.1))
    c.fill(ellipse(0, 30, 410), light(wall, 0.35), 0.55)
    coat, mark = rng.choice(
        (
            (hexed("#E99A4B"), hexed("#B9652A")),
            (hexed("#8E8A88"), hexed("#4F4B4A")),
            (hexed("#F5EBDD"), hexed("#D9BE9E")),
            (hexed("#3A3536"), hexed("#1E1A1B")),
            (hexed("#F7F3EC"), hexed("#E99A4B")),
        )
    )
    with c.at(0, 60, 1.08):
        body = smooth(knots("-150,170 -250,330 -280,620 280,620 250,330 150,170"))
        c.fill(body, Linear([(0, coat), (1, dark(coat, 0.4))]))
        c.fill(
            smooth([(-96, 210), (-110, 420), (0, 560), (110, 420), (96, 210)]),
            light(coat, 0.6),
            0.85,
        )
        _ears(c, coat)
        head = smooth(
            knots(
                "0,-232 130,-212 232,-96 262,30 206,150 90,214 0,224 -90,214 -206,150 "
                "-262,30 -232,-96 -130,-212"
            )
        )
        c.soft([(x, y + 26) for x, y in head], dark(coat, 0.8), 26, 0.3)
        c.fill(head, Radial([(0, light(coat, 0.3)), (0.6, coat), (1, dark(coat, 0.25))], 0.4, 0.3))
        with c.inside(head):
            for x in (-60, 0, 60):
                c.fill(
                    smooth(
                        [(x - 16, -260), (x + 16, -260), (x * 0.6 + 3, -120), (x * 0.6 - 3, -120)]
                    ),
                    mark,
                    0.9,
                )
            for side in (-1, 1):
                for y in (30, 84, 134):
                    c.fill(
                        smooth([(side * 280, y - 16), (side * 280, y + 18), (side * 170, y - 4)]),
                        mark,
                        0.8,
                    )
            c.fill(ellipse(0, 130, 128, 92), light(coat, 0.72), 0.9)
        _cat_face(c, rng, p)
        collar = thick(smooth([(-160, 206), (0, 264), (160, 206)], closed=False), 36)
        c.fill(collar, fade(light(p.main, 0.25), dark(p.main, 0.2)))
        c.fill(
            ellipse(0, 292, 34), Radial([(0, hexed("#FFF0C4")), (1, hexed("#C98F2F"))], 0.35, 0.3)
        )


def _ears(c: Canvas, coat: Colour) -> None:
    for side in (-1, 1):
        c.fill(
            smooth(
                [
                    (side * 60, -200),
                    (side * 150, -350),
                    (side * 216, -356),
                    (side * 252, -60),
                    (side * 180, -90),
                ],
                steps=6,
            ),
            fade(coat, dark(coat, 0.2)),
        )
        c.fill(
            smooth(
                [(side * 110, -190), (side * 168, -292), (side * 196, -292), (side * 216, -110)],
                steps=6,
            ),
            hexed("#F0A9A0"),
        )


def _cat_face(c: Canvas, rng: Random, p: Palette) -> None:
    iris = rng.choice((hexed("#8FBF4A"), hexed("#F2B632"), hexed("#5FB1D6")))
    asleep = rng.random() < 0.2
    for side in (-1, 1):
        if asleep:
            c.line(arc(side * 112, 10, 52, 36, 20, 160, 20), 10, INK)
            continue
        c.fill(ellipse(side * 112, 12, 60, 62), INK)
        c.fill(
            ellipse(side * 112, 14, 53, 55),
            Radial([(0, light(iris, 0.4)), (1, dark(iris, 0.25))], 0.5, 0.7),
        )
        c.fill(ellipse(side * 108, 12, 25, 44), INK)
        c.fill(ellipse(side * 108 - 16, -12, 14, 16), WHITE)
        c.fill(ellipse(side * 108 + 16, 34, 7, 8), WHITE, 0.8)
    c.fill(smooth([(-28, 84), (28, 84), (0, 112)]), hexed("#E98880"))
    for side in (-1, 1):
        c.line(arc(side * 34, 118, 34, 30, 30, 175 if side > 0 else 150, 16), 7, INK, 0.85)
        for lean in (-22, 4, 30):
            c.line(
                smooth(
                    [
                        (side * 110, 122 + lean * 0.4),
                        (side * 220, 116 + lean),
                        (side * 320, 106 + lean * 1.6),
                    ],
                    closed=False,
                ),
                3.4,
                WHITE,
                0.9,
            )


def dog(c: Canvas, p: Palette, rng: Random) -> None:
    """A dog with its tongue out."""
    wall = rng.choice((p.back, p.accent, light(p.main, 0.4), p.main))
    c.cover(Radial([(0, light(wall, 0.5)), (0.6, wall), (1, dark(wall, 0.15))], 0.4, 0.3, 1.1))
    c.fill(ellipse(0, 30, 410), light(wall, 0.35), 0.55)
    coat = rng.choice((hexed("#D79A5B"), hexed("#F1D9B5"), hexed("#8B5A3A"), hexed("#EDE8E2")))
    patch = dark(coat, 0.45)
    with c.at(0, 70, 1.08):
        c.fill(
            smooth(knots("-150,170 -250,330 -290,620 290,620 250,330 150,170")),
            Linear([(0, coat), (1, dark(coat, 0.4))]),
        )
        head = smooth(
            knots(
                "0,-272 120,-240 200,-120 196,40 150,150 70,230 0,244 -70,230 -150,150 "
                "-196,40 -200,-120 -120,-240"
            )
        )
        c.soft([(x, y + 26) for x, y in head], dark(coat, 0.8), 26, 0.3)
        c.fill(
            head, Radial([(0, light(coat, 0.35)), (0.6, coat), (1, dark(coat, 0.25))], 0.4, 0.25)
        )
        with c.inside(head):
            if rng.random() < 0.6:
                c.fill(ellipse(116, -50, 110, 130), patch, 0.85)
            c.fill(
                smooth([(0, -250), (34, -60), (60, 40), (-60, 40), (-34, -60)]),
                light(coat, 0.75),
                0.9,
            )
        for side in (-1, 1):
            ear = smooth(
                [
                    (side * 100, -232),
                    (side * 200, -226),
                    (side * 296, -90),
                    (side * 292, 90),
                    (side * 226, 130),
                    (side * 190, 0),
                    (side * 150, -110),
                ]
            )
            c.soft([(x, y + 12) for x, y in ear], dark(coat, 0.9), 14, 0.35)
            c.fill(ear, Linear([(0, light(patch, 0.15)), (1, dark(patch, 0.3))], 80))
            c.fill(ellipse(side * 92, -36, 27, 31), INK)
            c.fill(ellipse(side * 92 - 9, -48, 9, 10), WHITE)
            c.fill(
                thick(
                    smooth([(side * 60, -96), (side * 96, -110), (side * 130, -94)], closed=False),
                    [4, 11, 4],
                ),
                patch,
                0.8,
            )
        _snout(c, coat)
        c.fill(
            thick(smooth([(-170, 236), (0, 322), (170, 236)], closed=False), 40),
            fade(light(p.main, 0.25), dark(p.main, 0.2)),
        )
        c.fill(placed(box(0, 0, 62, 62, 31), 0, 342), fade(hexed("#FFF0C4"), hexed("#C98F2F")))


def _snout(c: Canvas, coat: Colour) -> None:
    muzzle = smooth(knots("0,0 110,40 126,130 60,196 -60,196 -126,130 -110,40"))
    tongue = smooth([(-46, 166), (46, 166), (54, 260), (0, 304), (-54, 260)])
    c.fill(tongue, fade(hexed("#D9535A"), hexed("#F58C8C")))
    c.line([(0, 180), (0, 262)], 5, hexed("#C2444C"), 0.7)
    c.fill(muzzle, Radial([(0, light(coat, 0.85)), (1, light(coat, 0.45))], 0.4, 0.3))
    c.fill(
        smooth([(-62, 34), (62, 34), (46, 84), (0, 104), (-46, 84)]),
        Radial([(0, hexed("#5A4A48")), (1, INK)], 0.35, 0.2),
    )
    c.soft(ellipse(-18, 46, 20, 8), WHITE, 6, 0.7)
    for side in (-1, 1):
        c.line(
            arc(side * 46, 130, 46, 40, 20 if side > 0 else 10, 170 if side > 0 else 160, 16),
            7,
            INK,
            0.85,
        )
