"""Things to live with."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import (
    GOLD,
    INK,
    LEAF,
    WHITE,
    Colour,
    Palette,
    dark,
    hexed,
    light,
    mix,
)
from app.demo.pictures.shapes import box, ellipse, knots, leaf, placed, smooth, thick
from app.demo.pictures.studio import FLOOR, band, cylinder, ground, mouth, studio, turned


def lamp(c: Canvas, p: Palette, rng: Random) -> None:
    """A lamp that is on, and the light it makes."""
    wall = mix(p.deep, p.main, rng.uniform(0.15, 0.4))
    c.cover(Radial([(0, light(wall, 0.18)), (0.5, wall), (1, dark(wall, 0.5))], 0.5, 0.35, 1.1))
    w = c.half_width + 20
    table = mix(p.accent, p.deep, 0.35)
    c.fill(
        [(-w, 270), (w, 270), (w, 900), (-w, 900)],
        Linear([(0, light(table, 0.12)), (0.5, dark(table, 0.35))]),
    )
    c.soft(ellipse(0, 320, 420, 70), hexed("#FFE2A8"), 60, 0.55)
    c.soft(ellipse(20, 330, 150, 26), dark(table, 0.9), 14, 0.7)
    shade = rng.choice((light(p.back, 0.3), p.accent, light(p.main, 0.45)))
    kind = rng.randrange(3)
    with c.at(0, 318):
        if kind == 0:
            turned(
                c,
                [(16, -340), (16, -60), (120, -20), (130, 0)],
                hexed("#C08A3C"),
                flat=0.16,
                gloss=0.5,
            )
            outline = [(150, -560), (260, -310)]
        elif kind == 1:
            turned(
                c,
                smooth([(20, -330), (70, -260), (120, -150), (96, -40), (110, 0)], closed=False),
                mix(p.main, p.deep, 0.3),
                flat=0.16,
                gloss=0.5,
            )
            outline = [(190, -540), (230, -310)]
        else:
            turned(
                c,
                smooth(
                    knots("22,-320 26,-290 92,-200 92,-110 40,-30 100,0"),
                    closed=False,
                ),
                p.accent,
                flat=0.16,
                gloss=0.3,
            )
            outline = smooth([(60, -600), (170, -530), (240, -420), (270, -300)], closed=False)
        c.glow(0, -420, 620, hexed("#FFB65C"), 0.34)
        body = turned(c, outline, shade, flat=0.1, gloss=0)
        with c.inside(body):
            c.fill(
                body,
                Linear(
                    [
                        (0, mix(shade, hexed("#FFB65A"), 0.35)),
                        (0.6, hexed("#FFE7B0")),
                        (1, hexed("#FFF6DD")),
                    ]
                ),
                0.85,
            )
            c.volume(body, mix(shade, p.deep, 0.55), dx=0, dy=0, blur=50, alpha=0.75)
            if kind != 2:
                for i in range(-7, 8):
                    c.line([(i * 22, -570), (i * 36, -290)], 3, mix(shade, p.deep, 0.4), 0.18)
        c.glow(0, -400, 260, hexed("#FFD998"), 0.16)
    _books(c, p, rng)


def _books(c: Canvas, p: Palette, rng: Random) -> None:
    with c.at(230, 330):
        for i, colour in enumerate((p.main, light(p.back, 0.4), p.accent)):
            c.fill(
                box(rng.uniform(-10, 10), -20 - i * 38, 210 - i * 16, 36, 5),
                fade(light(colour, 0.2), dark(colour, 0.4), angle=0),
            )
            c.fill(box(-88 + i * 8, -20 - i * 38, 12, 24, 2), light(colour, 0.5), 0.5)


def vase(c: Canvas, p: Palette, rng: Random) -> None:
    """Flowers in a vase."""
    studio(c, p, rng)
    ground(c, p, 0, FLOOR, 110, tall=460)
    glaze = rng.choice((light(p.back, 0.55), p.deep, mix(p.main, p.deep, 0.35), p.accent))
    flower = p.main if glaze != p.main else p.accent
    tips = knots("-210,-250 -90,-350 60,-380 190,-280 10,-230 -280,-90 270,-110 -130,-140 140,-150")
    for x, y in tips:
        sx, sy = x + rng.uniform(-20, 20), y + rng.uniform(-20, 20)
        stem = smooth([(0, 40), (sx * 0.3, -60), (sx, sy)], closed=False)
        c.line(stem, 7, dark(LEAF, 0.2))
        for k in (8, 13):
            px, py = stem[k]
            c.fill(
                leaf(px, py, 92, 34, turn=rng.choice((-150, -30)) + rng.uniform(-24, 24)),
                fade(light(LEAF, rng.uniform(0.05, 0.35)), dark(LEAF, 0.35)),
            )
        _flower(
            c,
            sx,
            sy,
            rng.uniform(0.75, 1.1),
            rng.choice((flower, light(flower, 0.4), p.accent, light(flower, 0.7))),
            rng,
        )
    with c.at(0, FLOOR):
        profile = rng.choice(
            (
                knots("52,-300 48,-270 120,-190 136,-110 100,-20 80,0"),
                [(76, -300), (90, -220), (98, -100), (86, 0)],
                [(40, -310), (40, -230), (130, -130), (134, -60), (96, 0)],
            )
        )
        body = turned(c, smooth(profile, closed=False, steps=8), glaze, flat=0.16, gloss=0.7)
        with c.inside(body):
            if rng.random() < 0.6:
                c.fill(band(-130, -112, 140, 140), light(flower, 0.3), 0.9)
                c.fill(band(-100, -94, 140, 140), light(flower, 0.3), 0.9)


def _flower(c: Canvas, x: float, y: float, size: float, colour: Colour, rng: Random) -> None:
    with c.at(x, y, size, rng.uniform(0, 60)):
        c.soft(ellipse(6, 12, 66), dark(colour, 0.9), 12, 0.3)
        for ring, (count, reach) in enumerate(((8, 84), (7, 62), (5, 40))):
            for i in range(count):
                petal = smooth(
                    [
                        (0, -6),
                        (reach * 0.5, -reach * 0.34),
                        (reach, 0),
                        (reach * 0.5, reach * 0.34),
                        (0, 6),
                    ]
                )
                c.fill(
                    placed(petal, 0, 0, turn=i * 360 / count + ring * 21),
                    fade(dark(colour, 0.25), light(colour, 0.15 + ring * 0.12), angle=0),
                )
        c.fill(ellipse(0, 0, 17), Radial([(0, hexed("#FFE08A")), (1, hexed("#D98E1F"))], 0.4, 0.35))


def candle(c: Canvas, p: Palette, rng: Random) -> None:
    """A scented candle in a glass, burning."""
    wall = mix(p.deep, p.main, rng.uniform(0.2, 0.45))
    c.cover(Radial([(0, light(wall, 0.14)), (0.5, wall), (1, dark(wall, 0.5))], 0.45, 0.4, 1.1))
    w = c.half_width + 20
    c.fill(
        [(-w, 250), (w, 250), (w, 900), (-w, 900)],
        Linear([(0, mix(p.accent, p.deep, 0.5)), (0.6, dark(p.deep, 0.3))]),
    )
    c.soft(ellipse(0, 340, 420, 80), hexed("#FFC877"), 60, 0.4)
    wax = rng.choice((light(p.back, 0.6), light(p.main, 0.6), light(p.accent, 0.5)))
    for x, scale in ((-60, 1.0), (210, 0.62)):
        ground(c, p, x, FLOOR + (0 if scale == 1 else 34), 160 * scale, tall=300 * scale)
        with c.at(x, FLOOR + (0 if scale == 1 else 34), scale):
            glass = turned(c, [(166, -340), (166, 0)], mix(wax, p.main, 0.12), flat=0.15, gloss=0)
            with c.inside(glass):
                c.fill(box(0, -110, 360, 400), cylinder(wax))
                c.soft(ellipse(0, -270, 150, 90), hexed("#FFD68A"), 40, 0.85)
                c.fill(box(0, -120, 236, 150, 4), light(p.back, 0.8))
                c.fill(box(0, -120, 220, 134, 3), mix(p.deep, p.main, 0.3))
                for turn in (-140, -90, -40):
                    c.fill(leaf(0, -92, 62, 26, turn=turn), GOLD)
                c.soft(box(-112, -170, 22, 290, 11), WHITE, 8, 0.7)
            c.fill(ellipse(0, -340, 166, 25), fade(WHITE, mix(wax, p.main, 0.2), angle=0))
            c.fill(
                ellipse(0, -336, 154, 22),
                Radial([(0, hexed("#FFE9B5")), (1, mix(wax, p.deep, 0.3))], 0.5, 0.6),
            )
            c.fill(ellipse(0, -316, 146, 20), Radial([(0, hexed("#FFF1C9")), (1, wax)], 0.5, 0.4))
            c.line([(0, -318), (2, -352)], 6, INK)
            c.glow(0, -400, 420, hexed("#FFA94A"), 0.42)
            flame = smooth(knots("0,-348 -24,-378 -14,-424 4,-470 18,-420 24,-378"))
            c.fill(
                flame,
                Linear([(0, hexed("#FFB53D")), (0.5, hexed("#FFE48A")), (1, hexed("#FFF9E2"))]),
            )
            c.fill(ellipse(0, -364, 9, 14), hexed("#7FB4FF"), 0.5)


def cat_toy(c: Canvas, p: Palette, rng: Random) -> None:
    """A toy mouse, a ball of yarn and a feather on a stick."""
    studio(c, p, rng)
    wool = rng.choice((p.main, p.accent))
    ground(c, p, -170, FLOOR + 10, 170, tall=220)
    ball = ellipse(-170, FLOOR - 160, 176)
    c.fill(
        ball, Radial([(0, light(wool, 0.35)), (0.5, wool), (1, dark(wool, 0.42))], 0.34, 0.28, 1.0)
    )
    with c.inside(ball):
        for turn in (12, 74, 132):
            with c.at(-170, FLOOR - 160, 1, turn + rng.uniform(-12, 12)):
                for i in range(-4, 5):
                    curve = [(-190, i * 34), (-60, i * 22 - 16), (60, i * 22 - 16), (190, i * 34)]
                    c.line(smooth(curve, closed=False, steps=5), 5, dark(wool, 0.45), 0.35)
                    c.line(
                        [(x, y - 7) for x, y in smooth(curve, closed=False, steps=5)],
                        4,
                        light(wool, 0.5),
                        0.4,
                    )
    thread = smooth(
        [
            (-60, FLOOR - 20),
            (30, FLOOR + 60),
            (160, FLOOR + 40),
            (230, FLOOR + 100),
            (380, FLOOR + 70),
        ],
        closed=False,
    )
    c.line([(x + 3, y + 8) for x, y in thread], 10, dark(p.floor, 0.8), 0.4)
    c.line(thread, 9, wool)
    _mouse(c, p, rng)
    stick = [(-330, -330), (260, -250)]
    c.line([(x, y + 6) for x, y in stick], 12, dark(p.back, 0.6), 0.25)
    c.line(stick, 12, hexed("#C99555"))
    c.line(smooth([(260, -250), (310, -170), (280, -80)], closed=False), 4, p.deep)
    for i, colour in enumerate((p.main, p.accent, light(p.main, 0.5), p.deep)):
        c.fill(
            leaf(280, -90, 190 - i * 14, 50, turn=62 + i * 20),
            fade(light(colour, 0.35), dark(colour, 0.2), angle=0),
        )


def _mouse(c: Canvas, p: Palette, rng: Random) -> None:
    fur = rng.choice((hexed("#B9B2AC"), hexed("#E7C9A5"), light(p.deep, 0.35)))
    ground(c, p, 190, FLOOR + 20, 140, tall=120)
    with c.at(190, FLOOR + 16):
        tail = smooth([(130, -40), (200, -90), (190, -170), (250, -200)], closed=False)
        c.fill(thick(tail, [16, 12, 10, 6]), fade(hexed("#F3AFA8"), hexed("#CF7F78")))
        body = smooth(knots("-160,-30 -120,-100 -20,-150 90,-140 146,-70 132,-4 0,4 -110,0"))
        c.fill(body, Radial([(0, light(fur, 0.45)), (0.6, fur), (1, dark(fur, 0.4))], 0.35, 0.2))
        for x, y in ((-46, -150), (-6, -166)):
            c.fill(ellipse(x, y, 38, 42), fade(light(fur, 0.2), dark(fur, 0.25)))
            c.fill(ellipse(x + 2, y + 4, 24, 28), hexed("#F2B8B0"))
        c.fill(ellipse(-92, -76, 12), INK)
        c.fill(ellipse(-96, -80, 4), WHITE)
        c.fill(ellipse(-160, -38, 14, 11), hexed("#E98F8A"))
        for lean in (-18, 0, 18):
            c.line([(-136, -30), (-210, -36 + lean)], 3, dark(fur, 0.6), 0.7)


def pot_plant(c: Canvas, p: Palette, rng: Random) -> None:
    """A monstera or a rubber plant in a pot."""
    studio(c, p, rng)
    ground(c, p, 0, FLOOR, 130, tall=420)
    tones = (LEAF, mix(LEAF, p.deep, 0.35), light(LEAF, 0.2))
    broad = rng.random() < 0.5
    for i in range(11):
        turn = -168 + i * 15.6 + rng.uniform(-7, 7)
        reach = rng.uniform(230, 400) * (0.8 if i in (0, 10) else 1)
        with c.at(0, 60, 1, turn):
            c.line(
                smooth([(0, 0), (reach * 0.4, -14), (reach * 0.62, 0)], closed=False),
                8,
                dark(LEAF, 0.25),
            )
            tone = rng.choice(tones)
            blade = leaf(reach * 0.5, 0, 210 if broad else 240, 150 if broad else 78)
            c.soft([(x + 8, y + 14) for x, y in blade], dark(p.back, 0.75), 14, 0.22)
            c.fill(
                blade,
                Linear(
                    [(0, dark(tone, 0.3)), (0.48, tone), (0.52, light(tone, 0.3)), (1, tone)], 90
                ),
            )
            c.line([(reach * 0.5 + 6, 0), (reach * 0.5 + 190, 0)], 3.5, light(tone, 0.5), 0.7)
            for k in range(1, 5):
                x = reach * 0.5 + k * 38
                for side in (-1, 1):
                    c.line(
                        [(x, 0), (x + 34, side * (52 if broad else 26))], 2, light(tone, 0.45), 0.45
                    )
    pot = rng.choice((hexed("#C6643D"), light(p.back, 0.6), p.main, p.deep))
    with c.at(0, FLOOR):
        body = turned(c, [(150, -220), (118, 0)], pot, flat=0.15, gloss=0.4)
        with c.inside(body):
            if rng.random() < 0.5:
                for i in range(-3, 4):
                    c.line(
                        [(i * 48, -130), (i * 48 + 24, -90), (i * 48 + 48, -130)],
                        9,
                        light(pot, 0.55),
                        0.9,
                    )
        turned(c, [(166, -270), (162, -206)], light(pot, 0.08), flat=0.15, gloss=0.4)
        mouth(c, -270, 166, pot, flat=0.15, wall=14)
        c.fill(ellipse(0, -266, 146, 19), hexed("#4B3326"))
