"""Things with a plug or a battery."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import INK, WHITE, Colour, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import arc, box, ellipse, knots, placed, smooth, thick
from app.demo.pictures.studio import FLOOR, cylinder, ground, podium, sparkle, studio, turned

_METAL = fade(hexed("#FBFBFA"), hexed("#B5B9BE"), hexed("#EEF0F1"), hexed("#868C93"), angle=30)


def headphones(c: Canvas, p: Palette, rng: Random) -> None:
    """Over-ear headphones, standing."""
    studio(c, p, rng)
    if rng.random() < 0.5:
        podium(c, p, rng, half=330, height=80)
    colour = rng.choice((p.main, light(p.back, 0.65), p.deep, p.accent))
    pad = dark(colour, 0.55) if sum(colour) > 300 else light(colour, 0.12)
    ground(c, p, 0, FLOOR, 270, tall=200)
    with c.at(0, FLOOR - 6):
        bow = smooth(
            knots("-232,-170 -262,-330 -200,-500 0,-586 200,-500 262,-330 232,-170"),
            closed=False,
        )
        c.fill(
            thick(bow, [26, 34, 52, 60, 52, 34, 26]),
            fade(light(colour, 0.3), colour, dark(colour, 0.4), angle=60),
        )
        inner = smooth(
            [(-206, -420), (-120, -520), (0, -550), (120, -520), (206, -420)], closed=False
        )
        c.fill(thick(inner, [16, 34, 40, 34, 16]), fade(light(pad, 0.15), dark(pad, 0.3)))
        c.line([(x - 6, y - 14) for x, y in bow[14:34]], 7, WHITE, 0.5)
        for side in (-1, 1):
            with c.at(side * 236, -160, 1, side * 4):
                c.fill(box(0, -96, 34, 150, 14), _METAL)
                c.fill(
                    ellipse(side * -34, 0, 66, 140),
                    fade(light(pad, 0.2), pad, dark(pad, 0.4), angle=0),
                )
                c.fill(ellipse(side * -40, 0, 40, 104), dark(pad, 0.5))
                cup = ellipse(side * 20, 0, 92, 156)
                c.fill(
                    cup,
                    Radial(
                        [(0, light(colour, 0.5)), (0.5, colour), (1, dark(colour, 0.45))],
                        0.35,
                        0.25,
                    ),
                )
                c.volume(cup, dark(colour, 0.9), dx=-14, dy=-14, blur=22, alpha=0.4)
                c.fill(
                    ellipse(side * 34, 0, 60, 112),
                    fade(light(colour, 0.25), dark(colour, 0.2), angle=70),
                )
                c.line(arc(side * 34, 0, 60, 112, 0, 360, 60), 5, _mark(p, colour), 0.9)
                c.soft(ellipse(side * 20 - 26, -66, 16, 40, turn=12), WHITE, 9, 0.7)


def _mark(p: Palette, colour: Colour) -> Colour:
    """A line that is seen on the colour."""
    return p.accent if colour != p.accent else p.deep


def camera(c: Canvas, p: Palette, rng: Random) -> None:
    """A camera with a large lens."""
    studio(c, p, rng)
    skin = rng.choice((hexed("#2B2B2E"), p.main, hexed("#7B4A2C"), p.deep))
    ground(c, p, 0, FLOOR, 340, tall=220)
    with c.at(0, FLOOR):
        c.fill(smooth([(-120, -390), (-90, -470), (90, -470), (120, -390)], steps=4), _METAL)
        body = box(0, -205, 700, 400, 50)
        c.fill(
            body, Linear([(0, hexed("#F3F2F0")), (0.24, hexed("#C9CBCE")), (1, hexed("#8D9298"))])
        )
        leather = box(0, -178, 700, 262, 10)
        with c.inside(body):
            c.fill(leather, Linear([(0, light(skin, 0.18)), (0.5, skin), (1, dark(skin, 0.4))], 70))
            for _ in range(150):
                x, y = rng.uniform(-345, 345), rng.uniform(-305, -50)
                c.fill(ellipse(x, y, rng.uniform(2, 4)), light(skin, 0.35), 0.22)
            c.volume(body, INK, dx=-16, dy=-18, blur=26, alpha=0.4)
        for x, w in ((-250, 92), (-130, 60), (240, 110)):
            turned_ = box(x, -424, w, 44, 8)
            c.fill(
                turned_,
                fade(
                    hexed("#FAFAF8"), hexed("#9CA1A7"), hexed("#E6E8E9"), hexed("#7E848B"), angle=0
                ),
            )
            for k in range(-4, 5):
                c.line([(x + k * w / 10, -440), (x + k * w / 10, -408)], 2.4, hexed("#70767C"), 0.7)
        c.fill(ellipse(-130, -450, 22, 9), p.main)
        c.fill(box(0, -432, 130, 52, 10), fade(hexed("#3A3E44"), hexed("#15171A")))
        c.fill(box(250, -336, 92, 52, 8), fade(hexed("#26343F"), hexed("#7FA3B5"), angle=40))
        lens = (20.0, -186.0)
        c.soft(ellipse(lens[0] + 22, lens[1] + 30, 190), INK, 24, 0.55)
        rings = (
            (196, _METAL),
            (180, fade(hexed("#3E4248"), hexed("#0E0F11"), angle=50)),
            (150, _METAL),
            (142, fade(hexed("#15171A"), hexed("#3A3E44"), angle=50)),
        )
        for radius, paint in rings:
            c.fill(ellipse(*lens, radius), paint)
        for k in range(40):
            tick = placed(box(0, -188, 4, 12), *lens, turn=k * 9)
            c.fill(tick, hexed("#5C6268"), 0.8)
        glass = ellipse(*lens, 112)
        tint = mix(p.deep, p.main, 0.4)
        c.fill(
            glass,
            Radial(
                [(0, mix(tint, INK, 0.55)), (0.55, mix(tint, INK, 0.3)), (1, INK)], 0.5, 0.5, 0.75
            ),
        )
        with c.inside(glass):
            c.soft(
                ellipse(lens[0] - 30, lens[1] - 46, 66, 40, turn=-30), light(p.main, 0.5), 12, 0.65
            )
            c.soft(ellipse(lens[0] + 36, lens[1] + 52, 40, 22, turn=-30), p.accent, 12, 0.7)
            c.fill(ellipse(lens[0] - 42, lens[1] - 52, 15, 10, turn=-30), WHITE, 0.9)
            c.line(arc(*lens, 84, 84, 0, 360, 60), 3, light(p.accent, 0.4), 0.4)
        c.fill(ellipse(-286, -90, 9), p.accent)


def phone(c: Canvas, p: Palette, rng: Random) -> None:
    """A phone with a picture of its own on the screen, and its back behind it."""
    studio(c, p, rng)
    if rng.random() < 0.4:
        podium(c, p, rng, half=320, height=80)
    shell = rng.choice((p.main, light(p.back, 0.4), p.deep, p.accent))
    ground(c, p, 40, FLOOR, 220, tall=460)
    with c.at(130, FLOOR - 336, 0.96, 9):
        back = box(0, 0, 320, 660, 54)
        c.fill(back, Linear([(0, light(shell, 0.45)), (0.5, shell), (1, dark(shell, 0.35))], 50))
        c.volume(back, WHITE, dx=5, dy=5, blur=5, alpha=0.7)
        isle = box(-64, -226, 150, 150, 40)
        c.soft(placed(isle, 3, 7), dark(shell, 0.9), 8, 0.4)
        c.fill(isle, fade(light(shell, 0.35), dark(shell, 0.1), angle=50))
        for x, y in ((-98, -258), (-30, -258), (-64, -194)):
            c.fill(ellipse(x, y, 31), _METAL)
            c.fill(
                ellipse(x, y, 25), Radial([(0, hexed("#3B4A66")), (1, hexed("#08090C"))], 0.4, 0.35)
            )
            c.fill(ellipse(x - 8, y - 9, 6), WHITE, 0.8)
    with c.at(-90, FLOOR - 330, 1, -6):
        c.soft(box(16, 20, 326, 664, 56), dark(p.floor, 0.9), 24, 0.4)
        c.fill(
            box(0, 0, 328, 668, 58),
            fade(hexed("#F2F3F3"), hexed("#8F949A"), hexed("#DDE0E2"), angle=20),
        )
        c.fill(box(0, 0, 316, 656, 52), INK)
        screen = box(0, 0, 298, 638, 44)
        _wallpaper(c, p, rng, screen)
        c.fill(box(0, -292, 78, 22, 11), INK)


def _wallpaper(c: Canvas, p: Palette, rng: Random, screen: list[tuple[float, float]]) -> None:
    c.fill(screen, Linear([(0, mix(p.deep, p.main, 0.5)), (0.5, p.main), (1, p.accent)], 70))
    with c.inside(screen):
        kind = rng.randrange(3)
        if kind == 0:
            for i, colour in enumerate(
                (light(p.accent, 0.3), p.main, mix(p.main, p.deep, 0.6), p.deep)
            ):
                y = 30 + i * 80
                wave = smooth(
                    [
                        (-180, y),
                        (-70, y - 60 + rng.uniform(-20, 20)),
                        (50, y + 20),
                        (180, y - 50),
                        (180, 400),
                        (-180, 400),
                    ]
                )
                c.fill(wave, fade(light(colour, 0.25), colour))
            c.fill(ellipse(60, -90, 58), light(p.accent, 0.7))
        elif kind == 1:
            for _ in range(6):
                c.fill(
                    ellipse(rng.uniform(-130, 130), rng.uniform(-280, 280), rng.uniform(50, 120)),
                    fade(light(p.accent, rng.random() * 0.6), p.main, angle=40),
                    0.75,
                )
        else:
            for i in range(5):
                x, y = (i % 2 - 0.5) * 140, -150 + i // 2 * 150
                c.fill(box(x, y, 126, 134, 22), light(p.back, 0.6), 0.92)
                c.fill(
                    box(x, y - 16, 110, 84, 16),
                    fade(light(rng.choice((p.main, p.accent)), 0.5), p.main, angle=50),
                )
                c.fill(box(x - 18, y + 44, 74, 10, 5), p.deep, 0.5)
        c.soft([(-160, -330), (-40, -330), (-170, 120)], WHITE, 4, 0.16)


def speaker(c: Canvas, p: Palette, rng: Random) -> None:
    """A round smart speaker, or a boxy one with wooden sides."""
    studio(c, p, rng)
    if rng.random() < 0.4:
        podium(c, p, rng, half=320, height=80)
    cloth = rng.choice((p.main, p.deep, mix(p.main, p.back, 0.35), hexed("#4B4D52")))
    ground(c, p, 0, FLOOR, 230, tall=340)
    with c.at(0, FLOOR):
        if rng.random() < 0.5:
            profile = knots("120,-470 186,-420 214,-250 204,-80 172,-10 150,0")
            body = turned(c, smooth(profile, closed=False, steps=8), cloth, flat=0.18, gloss=0.18)
            with c.inside(body):
                for row in range(24):
                    y = -470 + row * 20
                    for k in range(-9, 10):
                        x = 226 * (k + (row % 2) * 0.5) / 9.5
                        c.fill(
                            ellipse(x * (1 - 0.04 * abs(k) / 9), y, 4.2 * (1 - (k / 13) ** 2)),
                            dark(cloth, 0.6),
                            0.5,
                        )
            c.fill(ellipse(0, -470, 120, 26), fade(hexed("#3A3D42"), hexed("#101114"), angle=0))
            c.line(arc(0, -470, 104, 21, 0, 360, 60), 6, p.accent)
            c.glow(0, -470, 190, p.accent, 0.4)
        else:
            wood = hexed("#A86B3C")
            c.fill(
                box(0, -230, 440, 460, 44), fade(light(wood, 0.3), wood, dark(wood, 0.4), angle=30)
            )
            for i in range(9):
                c.line(
                    smooth(
                        [
                            (-214, -440 + i * 52),
                            (0, -450 + i * 52 + rng.uniform(-8, 8)),
                            (214, -436 + i * 52),
                        ],
                        closed=False,
                    ),
                    3,
                    dark(wood, 0.4),
                    0.25,
                )
            c.fill(
                box(0, -230, 384, 410, 26), fade(light(cloth, 0.12), dark(cloth, 0.35), angle=60)
            )
            for y, r in ((-146, 136), (-350, 68)):
                c.fill(ellipse(0, y, r), fade(hexed("#D9DBDD"), hexed("#6E747A"), angle=50))
                c.fill(
                    ellipse(0, y, r - 10),
                    Radial([(0, hexed("#5A5E65")), (1, hexed("#0F1013"))], 0.5, 0.5, 0.8),
                )
                c.fill(
                    ellipse(0, y, r * 0.62),
                    Radial([(0, hexed("#26282C")), (1, hexed("#44484E"))], 0.5, 0.5, 0.8),
                )
                c.fill(
                    ellipse(0, y, r * 0.3),
                    Radial([(0, light(p.accent, 0.5)), (1, dark(p.accent, 0.25))], 0.35, 0.3),
                )
            c.volume(box(0, -230, 440, 460, 44), INK, dx=-12, dy=-12, blur=20, alpha=0.4)
    for i in range(3):
        r = 60 + i * 46
        c.line(arc(255, 60, r, r, -40, 40, 20), 8, light(p.main, 0.55), 0.55 - i * 0.14)


def earbuds(c: Canvas, p: Palette, rng: Random) -> None:
    """Wireless earbuds over their open case."""
    studio(c, p, rng)
    if rng.random() < 0.6:
        podium(c, p, rng, half=330, height=80)
    shell = rng.choice((light(p.back, 0.8), p.main, p.deep, p.accent))
    ground(c, p, 0, FLOOR, 210, tall=200)
    with c.at(0, FLOOR):
        lid = box(0, -320, 380, 190, 88)
        c.fill(lid, fade(light(shell, 0.35), dark(shell, 0.25), angle=70))
        c.fill(box(0, -300, 340, 150, 70), fade(dark(shell, 0.45), dark(shell, 0.2)))
        case = box(0, -128, 390, 256, 104)
        c.fill(case, Linear([(0, light(shell, 0.5)), (0.4, shell), (1, dark(shell, 0.35))], 60))
        c.volume(case, dark(shell, 0.9), dx=-22, dy=-24, blur=36, alpha=0.4)
        c.fill(ellipse(0, -236, 180, 34), dark(shell, 0.4))
        c.soft(ellipse(-110, -168, 34, 56, turn=24), WHITE, 14, 0.7)
        c.fill(ellipse(0, -110, 8), p.accent if shell != p.accent else p.main)
        c.glow(0, -110, 40, hexed("#8CFFB0"), 0.4)
    for side in (-1, 1):
        with c.at(side * 128, FLOOR - 470, 1.05, side * 12):
            c.soft(ellipse(side * 6, 60, 60, 100), dark(p.back, 0.7), 26, 0.22)
            stem = smooth(
                [
                    (side * 6 - 24, 0),
                    (side * 6 - 22, 150),
                    (side * 6, 172),
                    (side * 6 + 22, 150),
                    (side * 6 + 24, 0),
                ],
                steps=6,
            )
            c.fill(stem, cylinder(shell))
            c.fill(box(side * 6, 160, 34, 10, 4), _METAL)
            c.fill(
                ellipse(side * -54, -16, 34, 40, turn=side * 20),
                fade(hexed("#55585E"), hexed("#1B1C1F")),
            )
            bud = smooth(
                [
                    (side * 52, -10),
                    (side * 34, -66),
                    (side * -20, -74),
                    (side * -52, -30),
                    (side * -30, 22),
                    (side * 20, 40),
                ]
            )
            c.fill(
                bud,
                Radial([(0, light(shell, 0.7)), (0.5, shell), (1, dark(shell, 0.35))], 0.36, 0.26),
            )
            c.soft(ellipse(-8, -44, 18, 10, turn=-20), WHITE, 6, 0.85)
    sparkle(c, 290, -250, 24)


def console(c: Canvas, p: Palette, rng: Random) -> None:
    """A game controller."""
    studio(c, p, rng)
    shell = rng.choice((light(p.back, 0.75), p.main, p.deep, p.accent))
    knob = p.deep if sum(shell) > 330 else light(p.back, 0.6)
    c.soft(ellipse(20, FLOOR + 30, 330, 60), dark(p.floor, 0.9), 30, 0.5)
    with c.at(0, 70, 1.2, rng.uniform(-9, 3)):
        body = smooth(
            knots(
                "-150,-150 150,-150 262,-120 330,20 352,160 290,204 214,130 120,66 "
                "-120,66 -214,130 -290,204 -352,160 -330,20 -262,-120"
            )
        )
        for side in (-1, 1):
            c.fill(box(side * 210, -140, 150, 60, 24), fade(light(knob, 0.2), dark(knob, 0.4)))
        c.fill(body, Linear([(0, light(shell, 0.45)), (0.45, shell), (1, dark(shell, 0.38))], 70))
        c.volume(body, dark(shell, 0.9), dx=-16, dy=-30, blur=36, alpha=0.45)
        c.soft(
            smooth([(-240, -110), (-100, -136), (60, -136), (-60, -100), (-230, -60)]),
            WHITE,
            20,
            0.45,
        )
        c.fill(box(0, -78, 150, 96, 18), fade(light(knob, 0.15), dark(knob, 0.3), angle=60))
        c.fill(box(0, -78, 136, 82, 12), Linear([(0, p.main), (1, p.accent)], 30), 0.9)
        for x, y in ((-118, 34), (118, 34)):
            c.fill(ellipse(x, y, 62), dark(shell, 0.25))
            c.fill(
                ellipse(x, y, 50), Radial([(0, light(knob, 0.3)), (1, dark(knob, 0.5))], 0.4, 0.3)
            )
            c.fill(
                ellipse(x, y - 4, 34),
                Radial([(0, dark(knob, 0.3)), (1, light(knob, 0.12))], 0.45, 0.4),
            )
        for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0)):
            c.fill(
                box(-218 + dx * 32, -44 + dy * 32, 34, 34, 8),
                fade(light(knob, 0.2), dark(knob, 0.3)),
            )
            colour = (p.main, p.accent, hexed("#3FA66B"), hexed("#4D7FE0"))[
                (dx + 1) + (dy + 1) // 2 - (dx == 0)
            ]
            c.soft(ellipse(218 + dx * 40, -40 + dy * 40, 22), dark(shell, 0.9), 6, 0.5)
            c.fill(
                ellipse(218 + dx * 40, -44 + dy * 40, 22),
                Radial([(0, light(colour, 0.5)), (1, colour)], 0.35, 0.3),
            )
