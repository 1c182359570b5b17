"""Things to drink, and what they come in."""

from random import Random

from app.demo.pictures.canvas import Canvas, Radial, fade
from app.demo.pictures.colours import GOLD, LEAF, WHITE, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import arc, box, ellipse, knots, leaf, placed, smooth, thick
from app.demo.pictures.studio import (
    FLOOR,
    band,
    cylinder,
    ground,
    mouth,
    podium,
    sparkle,
    steam,
    studio,
    turned,
)


def tea(c: Canvas, p: Palette, rng: Random) -> None:
    """A tea tin and a cup, with a few leaves."""
    studio(c, p, rng)
    if rng.random() < 0.4:
        podium(c, p, rng, half=330, height=70)
    colour = rng.choice((p.main, p.deep, mix(p.main, p.deep, 0.5)))
    ground(c, p, -70, FLOOR, 165, tall=420)
    with c.at(-70, FLOOR):
        body = turned(c, [(165, -380), (165, 0)], colour, flat=0.15)
        with c.inside(body):
            label = light(p.back, 0.6)
            c.fill(band(-270, -90, 165, 165, flat=0.15), cylinder(label))
            c.fill(band(-258, -252, 165, 165, flat=0.15), cylinder(GOLD))
            c.fill(band(-108, -102, 165, 165, flat=0.15), cylinder(GOLD))
            _tea_mark(c, p, rng.randrange(3))
        turned(c, [(160, -440), (169, -430), (169, -366)], mix(colour, p.deep, 0.35), flat=0.15)
        c.fill(ellipse(0, -440, 160, 24), fade(light(colour, 0.55), light(colour, 0.12), angle=15))
        c.fill(ellipse(0, -444, 60, 9), cylinder(GOLD))
    ground(c, p, 205, FLOOR + 50, 105, tall=120)
    with c.at(205, FLOOR + 50, 0.95):
        cup = light(p.back, 0.75)
        turned(
            c, [(118, -150), (116, -110), (98, -40), (62, -4), (58, 4)], cup, flat=0.2, gloss=0.8
        )
        mouth(c, -150, 118, cup, flat=0.26, wall=9)
        c.fill(
            ellipse(0, -142, 104, 23),
            Radial([(0, hexed("#E3A63A")), (1, hexed("#A35F14"))], 0.35, 0.3),
        )
        c.soft(ellipse(-40, -148, 22, 5), WHITE, 4, 0.8)
    steam(c, 205, 170, rng, height=200)
    for _ in range(5):
        x, y = rng.uniform(20, 330), FLOOR + rng.uniform(72, 120)
        turn = rng.uniform(-40, 40)
        c.soft(leaf(x, y + 7, 62, 24, turn=turn), dark(p.floor, 0.8), 5, 0.45)
        c.fill(leaf(x, y, 62, 24, turn=turn), fade(light(LEAF, 0.25), dark(LEAF, 0.35)))


def _tea_mark(c: Canvas, p: Palette, kind: int) -> None:
    """The picture on the label: leaves, hills or a moon."""
    if kind == 0:
        for turn in (-130, -90, -50):
            c.fill(leaf(0, -125, 92, 36, turn=turn), fade(light(p.main, 0.2), dark(p.main, 0.3)))
    elif kind == 1:
        c.fill(ellipse(34, -206, 22), p.accent)
        for x, y, size in ((-50, -150, 74), (44, -142, 60), (0, -128, 84)):
            hill = [
                (x - size, -112),
                (x - size * 0.3, y - size * 0.5),
                (x, y - size * 0.62),
                (x + size * 0.4, y - size * 0.3),
                (x + size, -112),
            ]
            c.fill(smooth(hill, closed=False), mix(p.main, p.deep, size / 130), 0.9)
    else:
        c.fill(ellipse(0, -176, 52), p.main)
        c.fill(ellipse(20, -186, 44), light(p.back, 0.6))


def coffee(c: Canvas, p: Palette, rng: Random) -> None:
    """A mug of coffee with a leaf in the foam."""
    studio(c, p, rng)
    colour = rng.choice((p.main, p.accent, light(p.back, 0.55), p.deep))
    ground(c, p, -10, FLOOR, 205, tall=300)
    with c.at(-10, FLOOR):
        handle = smooth(
            [(180, -250), (285, -250), (318, -160), (262, -76), (165, -52)], closed=False
        )
        c.fill(
            thick(handle, [44, 42, 40, 40, 44]),
            fade(light(colour, 0.25), dark(colour, 0.45), angle=70),
        )
        c.fill(thick([(x - 5, y - 8) for x, y in handle[4:-4]], 9), light(colour, 0.6), 0.6)
        body = turned(
            c, [(205, -320), (203, -200), (196, -70), (180, -14), (168, 0)], colour, flat=0.14
        )
        with c.inside(body):
            mark = light(p.back, 0.5) if sum(colour) < 480 else p.main
            if rng.random() < 0.5:
                c.fill(band(-130, -60, 202, 199, flat=0.14), cylinder(mark))
            else:
                for i in range(-3, 4):
                    c.fill(
                        ellipse(i * 62, -110 + (1 - abs(i) / 4) * 20, 15 * (1 - abs(i) * 0.14), 15),
                        mark,
                    )
        c.fill(ellipse(0, -320, 205, 54), fade(light(colour, 0.6), light(colour, 0.2), angle=0))
        foam = ellipse(0, -314, 190, 46)
        c.fill(foam, Radial([(0, hexed("#C68A4E")), (1, hexed("#7B431C"))], 0.45, 0.4))
        with c.inside(foam):
            for i, size in enumerate((1.0, 0.78, 0.56, 0.34)):
                heart = smooth(knots("0,28 -74,-2 -58,-24 0,-12 58,-24 74,-2"))
                tone = hexed("#FBEBD3") if i % 2 == 0 else hexed("#B4763D")
                c.fill(placed(heart, 0, -314 + i * 5, scale=size), tone)
            c.volume(foam, (50, 22, 8), dx=8, dy=16, blur=14, alpha=0.55)
    steam(c, -10, -50, rng, height=300)
    for i in range(5):
        x, y = -330 + i * 54 + rng.uniform(-14, 14), FLOOR + 62 + rng.uniform(-22, 34)
        _bean(c, p, x, y, rng.uniform(0, 180))


def _bean(c: Canvas, p: Palette, x: float, y: float, turn: float) -> None:
    c.soft(ellipse(x + 6, y + 10, 26, 15, turn=turn), dark(p.floor, 0.85), 6, 0.5)
    bean = ellipse(x, y, 27, 18, turn=turn)
    c.fill(bean, Radial([(0, hexed("#9A5F36")), (1, hexed("#3B1B0B"))], 0.35, 0.25, 1.1))
    with c.at(x, y, 1, turn):
        c.line(smooth([(-22, 0), (-6, 4), (6, -4), (22, 0)], closed=False), 4, hexed("#2A1207"))


def bubble_tea(c: Canvas, p: Palette, rng: Random) -> None:
    """Milk tea with pearls in a clear cup."""
    studio(c, p, rng)
    if rng.random() < 0.5:
        podium(c, p, rng, half=250, height=80)
    drink = rng.choice((hexed("#E0B489"), light(p.main, 0.45), hexed("#F3B7B0"), hexed("#BFD9A6")))
    ground(c, p, 0, FLOOR, 140, tall=420)
    with c.at(0, FLOOR):
        profile = [(182, -470), (172, -300), (150, -90), (138, 0)]
        cup = turned(c, profile, mix(drink, WHITE, 0.2), flat=0.15, gloss=0)
        with c.inside(cup):
            swirl = smooth(knots("-190,-330 -60,-390 40,-300 190,-360 190,40 -190,40"))
            c.fill(swirl, cylinder(drink), 0.9)
            c.soft(box(0, -450, 400, 110), WHITE, 24, 0.8)
            for _ in range(46):
                x, y = rng.uniform(-140, 140), -rng.uniform(-16, 128) + 8
                pearl = ellipse(x, y, 23)
                c.fill(
                    pearl, Radial([(0, hexed("#6B4433")), (1, hexed("#1E0F0A"))], 0.35, 0.3, 0.9)
                )
                c.fill(ellipse(x - 7, y - 8, 6, 4), WHITE, 0.55)
            c.soft(box(-104, -240, 26, 420, 13), WHITE, 9, 0.75)
            c.soft(box(130, -240, 12, 400, 6), WHITE, 7, 0.5)
        with c.at(40, -470, 1, 9):
            c.fill(box(0, -110, 34, 300, 6), cylinder(p.main))
        turned(c, [(192, -486), (196, -470), (190, -456)], light(p.back, 0.7), flat=0.15, gloss=0.4)
        dome = [
            (-176, -486),
            *arc(0, -486, 176, 150, 180, 360),
            (176, -486),
            *arc(0, -486, 176, 26, 0, 180),
        ]
        c.fill(dome, fade(WHITE, light(p.back, 0.6)), 0.5)
        c.soft(ellipse(-86, -560, 30, 56, turn=28), WHITE, 10, 0.8)
        _face(c, p, rng)
    sparkle(c, 250, -200, 26)


def _face(c: Canvas, p: Palette, rng: Random) -> None:
    """The shop's mark on the cup: a seal with a smile."""
    seal = ellipse(0, -250, 62, 64)
    c.fill(seal, cylinder(p.main))
    for side in (-1, 1):
        c.fill(ellipse(side * 22, -262, 6, 9), WHITE)
    wide = rng.uniform(18, 26)
    c.line(arc(0, -250, wide, 20, 20, 160, 16), 6, WHITE)
