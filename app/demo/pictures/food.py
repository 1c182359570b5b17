"""Things to eat."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import GOLD, LEAF, WHITE, Colour, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import arc, box, ellipse, knots, leaf, placed, smooth, thick
from app.demo.pictures.studio import FLOOR, band, cylinder, ground, steam, studio, turned


def noodles(c: Canvas, p: Palette, rng: Random) -> None:
    """A bowl of noodles with an egg, greens and chopsticks."""
    studio(c, p, rng)
    ground(c, p, 0, FLOOR + 4, 175, tall=300)
    bowl = rng.choice((p.main, p.deep, light(p.back, 0.5)))
    with c.at(0, 20, 1.12):
        outline = turned(
            c,
            smooth(knots("330,-30 322,40 290,130 225,205 150,240 140,262"), closed=False),
            bowl,
            flat=0.13,
        )
        with c.inside(outline):
            ring = light(bowl, 0.75) if sum(bowl) < 420 else p.main
            c.fill(band(0, 22, 328, 326, flat=0.3), ring)
            for i in range(-4, 5):
                c.fill(
                    ellipse(i * 66, 92 + 34 - abs(i) * 9, 9 + 6 * (4 - abs(i)) / 4, 16), ring, 0.9
                )
        c.fill(ellipse(0, -30, 330, 104), Linear([(0, light(bowl, 0.7)), (1, light(bowl, 0.3))], 0))
        broth = ellipse(0, -26, 306, 90)
        c.fill(
            broth,
            Radial(
                [(0, hexed("#E9A24B")), (0.7, hexed("#C9752B")), (1, hexed("#8A4418"))],
                0.4,
                0.4,
                1.1,
            ),
        )
        with c.inside(broth):
            _strands(c, rng)
            _toppings(c, p, rng)
            c.volume(broth, (70, 25, 8), dx=10, dy=26, blur=24, alpha=0.5)
        _chopsticks(c, rng.uniform(-8, 8))
    steam(c, -40, -110, rng)


def _strands(c: Canvas, rng: Random) -> None:
    colours = (hexed("#F7DFA0"), hexed("#F2CF85"), hexed("#FBE9B8"))
    for i in range(20):
        x, y = rng.uniform(-250, 200), rng.uniform(-86, 34)
        bend = rng.uniform(-34, 34)
        curve = smooth(
            [
                (x - 110, y + rng.uniform(-18, 18)),
                (x - 30, y + bend),
                (x + 60, y - bend * 0.6),
                (x + 150, y + rng.uniform(-14, 14)),
            ],
            closed=False,
            steps=7,
        )
        c.fill(thick([(px + 2, py + 5) for px, py in curve], 13), hexed("#A85F22"), 0.35)
        c.fill(thick(curve, 12), fade(light(colours[i % 3], 0.35), colours[i % 3]))


def _toppings(c: Canvas, p: Palette, rng: Random) -> None:
    for i in range(3):
        x, y = 96 + i * 50, -66 + i * 14
        slice_ = ellipse(x, y, 66, 30, turn=14)
        c.soft(ellipse(x + 4, y + 10, 66, 30, turn=14), (90, 35, 10), 8, 0.5)
        c.fill(slice_, fade(hexed("#E7A987"), hexed("#B86A4B"), angle=20))
        c.fill(ellipse(x - 4, y - 2, 46, 18, turn=14), hexed("#F3C9AE"), 0.75)
    for turn in (-34, -12, 12):
        c.fill(leaf(-240, -10, 150, 52, turn=turn - 18), fade(hexed("#79B65A"), hexed("#2F7A43")))
    for x, y, turn in ((-70, -30, -14), (30, -2, 16)):
        c.soft(ellipse(x + 4, y + 12, 66, 40, turn=turn), (90, 35, 10), 9, 0.45)
        c.fill(ellipse(x, y, 66, 40, turn=turn), fade(WHITE, hexed("#F1E3D3")))
        c.fill(
            ellipse(x + 2, y + 1, 36, 23, turn=turn),
            Radial([(0, hexed("#FFC545")), (1, hexed("#EE8A1D"))], 0.4, 0.3),
        )
        c.soft(ellipse(x - 10, y - 6, 12, 5), WHITE, 3, 0.8)
    for _ in range(24):
        x, y = rng.uniform(-210, 210), rng.uniform(-70, 40)
        c.fill(ellipse(x, y, 9, 6, turn=rng.uniform(0, 90)), hexed("#5FA845"))
        c.fill(ellipse(x, y, 4, 2.5), hexed("#CFE8AE"))
    for _ in range(8):
        x, y = rng.uniform(-180, 180), rng.uniform(-66, 30)
        c.fill(
            ellipse(x, y, 9, 5, turn=rng.uniform(0, 180)),
            p.main if p.main[0] > 150 else hexed("#D23A22"),
        )


def _chopsticks(c: Canvas, turn: float) -> None:
    for shift in (0, 30):
        with c.at(190 + shift, -100 + shift * 0.4, 1, -30 + turn + shift * 0.14):
            c.soft(box(10, 30, 560, 14), (60, 25, 10), 9, 0.35)
            c.fill(
                box(0, 0, 560, 17, 8), fade(hexed("#7E2F20"), hexed("#C2573C"), hexed("#4D1710"))
            )
            c.fill(box(235, 0, 60, 17, 8), fade(GOLD, hexed("#FFE9BD"), hexed("#B98B36")))


def dumplings(c: Canvas, p: Palette, rng: Random) -> None:
    """A bamboo steamer full of dumplings."""
    studio(c, p, rng)
    ground(c, p, 0, FLOOR + 6, 320, tall=160)
    wood, pale = hexed("#C99555"), hexed("#EBCB94")
    with c.at(0, FLOOR):
        for y in (0, -120):
            ring = turned(c, [(330, y - 120), (330, y)], wood, flat=0.24, gloss=0.15)
            with c.inside(ring):
                for edge in (-104, -24):
                    c.fill(band(y + edge, y + edge + 14, 330, 330, flat=0.24), cylinder(pale))
            c.line(arc(0, y, 330, 79, 0, 180), 4, dark(wood, 0.7), 0.6)
        c.fill(ellipse(0, -240, 330, 79), fade(light(pale, 0.4), wood, angle=10))
        mat = ellipse(0, -236, 302, 68)
        c.fill(mat, fade(hexed("#8FB56E"), hexed("#CFE0A8"), angle=90))
        c.volume(mat, (60, 40, 15), dx=10, dy=20, blur=20, alpha=0.6)
        places = knots(
            "-150,-268 10,-276 168,-266 -196,-226 -64,-232 80,-234 212,-222 -118,-196 "
            "16,-190 140,-194"
        )
        for x, y in places:
            _dumpling(c, x, y, rng)
    steam(c, 0, -40, rng, height=320)


def _dumpling(c: Canvas, x: float, y: float, rng: Random) -> None:
    c.soft(ellipse(x + 8, y + 26, 74, 26), (70, 80, 40), 9, 0.5)
    body = smooth(
        [
            (x - 76, y + 14),
            (x - 56, y - 24),
            (x, y - 44),
            (x + 56, y - 24),
            (x + 76, y + 14),
            (x + 40, y + 34),
            (x - 40, y + 34),
        ]
    )
    c.fill(
        body, Radial([(0, WHITE), (0.6, hexed("#FBF3E4")), (1, hexed("#D9C4A4"))], 0.38, 0.25, 1.1)
    )
    lean = rng.uniform(-6, 6)
    for i in range(-3, 4):
        c.line(
            [(x + i * 7, y - 42 + abs(i) * 2), (x + i * 17 + lean, y - 10 + abs(i) * 3)],
            3.4,
            hexed("#CDB592"),
            0.8,
        )
    c.soft(ellipse(x - 26, y - 16, 16, 7), WHITE, 5, 0.9)


def fruit(c: Canvas, p: Palette, rng: Random) -> None:
    """Tangerines with leaves, one cut open."""
    studio(c, p, rng)
    skin = rng.choice((hexed("#F28A1C"), hexed("#F6A21E"), hexed("#E9622B")))
    for x, y, size in ((-30, 110, 150), (-210, 190, 146), (130, 200, 150)):
        ground(c, p, x, y + size * 0.86, size * 0.7, tall=size)
        ball = ellipse(x, y, size, size * 0.92)
        c.fill(
            ball,
            Radial(
                [
                    (0, light(skin, 0.5)),
                    (0.35, skin),
                    (0.85, dark(skin, 0.3)),
                    (1, dark(skin, 0.2)),
                ],
                0.34,
                0.28,
                1.0,
            ),
        )
        with c.inside(ball):
            for _ in range(46):
                px, py = x + rng.uniform(-1, 1) * size, y + rng.uniform(-1, 1) * size
                c.fill(ellipse(px, py, 3.4), dark(skin, 0.25), 0.3)
        c.soft(ellipse(x - size * 0.4, y - size * 0.48, 34, 18, turn=-30), WHITE, 9, 0.75)
        c.fill(ellipse(x + 6, y - size * 0.78, 15, 8), hexed("#6B7A2C"))
        if size != 146:
            turn = rng.uniform(-50, -15)
            c.soft(leaf(x + 14, y - size * 0.7, 150, 62, turn=turn + 8), dark(skin, 0.6), 8, 0.35)
            c.fill(
                leaf(x + 6, y - size * 0.8, 150, 62, turn=turn),
                fade(light(LEAF, 0.3), dark(LEAF, 0.3)),
            )
            with c.at(x + 6, y - size * 0.8, 1, turn):
                c.line([(8, 0), (136, 0)], 3.5, light(LEAF, 0.5), 0.8)
    _cut(c, p, -20, FLOOR + 66, skin)


def _cut(c: Canvas, p: Palette, x: float, y: float, skin: Colour) -> None:
    ground(c, p, x, y + 84, 90, tall=60)
    c.fill(ellipse(x, y, 124, 112), fade(skin, dark(skin, 0.3), angle=60))
    c.fill(ellipse(x - 4, y - 4, 112, 101), light(skin, 0.85))
    for i in range(10):
        wedge = smooth(knots("14,0 60,-26 94,-20 100,0 94,20 60,26"))
        points = [(px, py * 0.9) for px, py in placed(wedge, 0, 0, turn=i * 36 + 9)]
        c.fill(placed(points, x - 4, y - 4), Radial([(0, light(skin, 0.45)), (1, skin)], 0.4, 0.35))
    c.soft(ellipse(x - 44, y - 48, 30, 14, turn=-35), WHITE, 8, 0.6)


def mooncakes(c: Canvas, p: Palette, rng: Random) -> None:
    """Mooncakes on a plate, one cut to show the yolk."""
    studio(c, p, rng)
    plate = light(p.main, 0.8) if rng.random() < 0.5 else mix(p.deep, p.main, 0.3)
    c.soft(ellipse(30, FLOOR + 26, 400, 96), dark(p.floor, 0.85), 30, 0.5)
    c.fill(ellipse(0, FLOOR, 400, 104), fade(light(plate, 0.4), dark(plate, 0.2), angle=10))
    c.fill(ellipse(0, FLOOR - 6, 360, 88), fade(plate, light(plate, 0.35), angle=10))
    for x, y, scale in ((-150, FLOOR - 50, 0.92), (160, FLOOR - 46, 0.92), (0, FLOOR - 4, 1.1)):
        _mooncake(c, x, y, scale)
    _mooncake(c, 6, FLOOR - 186, 0.96)
    for turn in (-160, -20):
        c.fill(leaf(0, FLOOR + 60, 120, 44, turn=turn), fade(light(LEAF, 0.2), dark(LEAF, 0.3)))


def _mooncake(c: Canvas, x: float, y: float, scale: float) -> None:
    crust = hexed("#C7772E")
    with c.at(x, y, scale):
        c.soft(ellipse(14, 10, 156, 44), (60, 25, 8), 12, 0.5)
        turned(c, [(150, -100), (154, -50), (150, 0)], crust, flat=0.3, gloss=0.2)
        for i in range(-6, 7):
            px = 150 * i / 6.6
            drop = 45 * (1 - (i / 6.6) ** 2) ** 0.5
            c.line([(px, -100 + drop * 0.9), (px, drop * 0.9)], 7, dark(crust, 0.45), 0.5)
        top = ellipse(0, -100, 150, 46)
        c.fill(top, Radial([(0, hexed("#F0B45E")), (1, crust)], 0.4, 0.3))
        with c.inside(top):
            for i in range(8):
                turn = i * 45 + 22
                petal = [
                    (px, py * 0.31 - 100)
                    for px, py in placed(
                        smooth([(30, 0), (70, -26), (112, 0), (70, 26)]), 0, 0, turn=turn
                    )
                ]
                c.fill([(px, py + 3) for px, py in petal], dark(crust, 0.4), 0.6)
                c.fill(petal, fade(hexed("#F5C377"), hexed("#D68B3B")))
            c.fill(ellipse(0, -100, 26, 8), hexed("#F7CF8C"))
        c.line(arc(0, -100, 142, 42, 0, 360, 60), 5, hexed("#F7CF8C"), 0.7)
