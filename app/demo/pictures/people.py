"""People, friendly, made of few shapes."""

from random import Random

from app.demo.pictures.canvas import Canvas, Linear, Radial, fade
from app.demo.pictures.colours import INK, WHITE, Colour, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import arc, ellipse, knots, mirrored, placed, smooth, thick

_SKINS = tuple(hexed(value) for value in ("#F8D9C0", "#F3C9A5", "#E5B088", "#FBE3D0", "#C98F66"))
_HAIR = tuple(hexed(value) for value in ("#2A1D1A", "#3B2621", "#5A3A2A", "#1F1B22", "#7A4A30"))


def portrait(c: Canvas, p: Palette, rng: Random) -> None:
    """Somebody, friendly, in front of a plain wall."""
    wall = rng.choice((p.back, p.accent, light(p.main, 0.35), p.main, p.floor))
    c.cover(Radial([(0, light(wall, 0.4)), (0.6, wall), (1, dark(wall, 0.18))], 0.35, 0.3, 1.1))
    c.fill(ellipse(rng.uniform(-60, 60), -40, 400), light(wall, 0.3), 0.5)
    skin, hair = rng.choice(_SKINS), rng.choice(_HAIR)
    style = rng.randrange(6)
    with c.at(0, 60, 1.1):
        if style in (0, 1, 4):
            _long_hair(c, hair, style)
        _shoulders(c, p, skin, rng)
        _head(c, skin)
        _features(c, p, skin, hair, rng, soft=style in (0, 1, 4))
        _front_hair(c, hair, style)
        _extras(c, p, hair, rng, style)


def friends(c: Canvas, p: Palette, rng: Random) -> None:
    """Two people side by side."""
    wall = light(p.accent, 0.3)
    c.cover(Radial([(0, light(wall, 0.4)), (1, wall)], 0.5, 0.3))
    for side in (-1, 1):
        skin, hair = rng.choice(_SKINS), rng.choice(_HAIR)
        style = rng.choice((0, 1, 4)) if side < 0 else rng.choice((2, 3, 5))
        with c.at(side * 225, 150, 0.86, side * 4):
            if style in (0, 1, 4):
                _long_hair(c, hair, style)
            _shoulders(c, p, skin, rng)
            _head(c, skin)
            _features(c, p, skin, hair, rng, soft=style in (0, 1, 4))
            _front_hair(c, hair, style)
    heart = smooth([(0, 60), (-74, -16), (-40, -66), (0, -36)], closed=False)
    heart += mirrored(heart)
    for _ in range(5):
        size = rng.uniform(0.25, 0.7)
        c.fill(
            placed(
                heart,
                rng.uniform(-380, 380),
                rng.uniform(-440, -240),
                scale=size,
                turn=rng.uniform(-20, 20),
            ),
            fade(light(p.main, 0.4), p.main),
            0.9,
        )


def _long_hair(c: Canvas, hair: Colour, style: int) -> None:
    length = 330 if style == 0 else 170
    back = smooth(
        [
            (0, -330),
            (190, -270),
            (236, -90),
            (226, 80),
            (250, length),
            (120, length + 30),
            (-120, length + 30),
            (-250, length),
            (-226, 80),
            (-236, -90),
            (-190, -270),
        ]
    )
    if style == 4:
        c.fill(ellipse(0, -330, 96, 88), Radial([(0, light(hair, 0.25)), (1, hair)], 0.35, 0.3))
        return
    c.fill(back, Linear([(0, light(hair, 0.16)), (1, dark(hair, 0.4))]))


def _shoulders(c: Canvas, p: Palette, skin: Colour, rng: Random) -> None:
    cloth = rng.choice((p.main, p.deep, light(p.back, 0.7), p.accent))
    torso = smooth(knots("-84,216 -220,262 -350,330 -400,620 400,620 350,330 220,262 84,216"))
    c.soft([(x, y + 10) for x, y in torso], INK, 26, 0.25)
    c.fill(torso, Linear([(0, light(cloth, 0.2)), (0.5, cloth), (1, dark(cloth, 0.35))], 50))
    c.fill(
        smooth(knots("-76,90 76,90 86,210 96,246 0,296 -96,246 -86,210")),
        fade(dark(skin, 0.22), skin),
    )
    kind = rng.randrange(3)
    if kind == 0:
        for side in (-1, 1):
            lapel = [
                (side * 92, 226),
                (side * 186, 254),
                (side * 120, 400),
                (side * 8, 470),
                (side * 30, 330),
            ]
            c.fill(lapel, fade(light(cloth, 0.12), dark(cloth, 0.4), angle=90))
        c.fill([(-78, 252), (78, 252), (0, 440)], light(p.back, 0.8))
        c.fill(
            smooth([(-72, 226), (72, 226), (40, 300), (0, 316), (-40, 300)]),
            fade(dark(skin, 0.12), skin),
        )
    elif kind == 1:
        c.fill(
            thick(smooth([(-112, 236), (0, 306), (112, 236)], closed=False), 40),
            fade(light(cloth, 0.3), dark(cloth, 0.15)),
        )
    else:
        for k in range(7):
            c.line(
                smooth(
                    [(-380, 350 + k * 52), (0, 330 + k * 52), (380, 350 + k * 52)], closed=False
                ),
                15,
                light(cloth, 0.55),
                0.8,
            )


def _head(c: Canvas, skin: Colour) -> None:
    for side in (-1, 1):
        c.fill(ellipse(side * 176, -16, 34, 52), fade(skin, dark(skin, 0.18)))
    face = smooth(
        knots(
            "0,-262 118,-230 172,-110 168,20 128,124 54,188 0,200 -54,188 -128,124 "
            "-168,20 -172,-110 -118,-230"
        )
    )
    c.soft([(x * 0.7, y + 60) for x, y in face if y > 0] or face, dark(skin, 0.7), 20, 0.3)
    c.fill(face, Linear([(0, light(skin, 0.25)), (0.6, skin), (1, dark(skin, 0.1))], 60))
    c.volume(face, dark(skin, 0.55), dx=-22, dy=-12, blur=44, alpha=0.35)
    for side in (-1, 1):
        c.soft(ellipse(side * 100, 66, 40, 26), hexed("#F2796B"), 20, 0.42)


def _features(
    c: Canvas, p: Palette, skin: Colour, hair: Colour, rng: Random, *, soft: bool
) -> None:
    glad = rng.random() < 0.35
    for side in (-1, 1):
        x = side * 74
        brow = smooth([(x - 38, -74), (x, -92), (x + 38, -76)], closed=False)
        c.fill(thick(brow, [5, 13, 6]), dark(hair, 0.1), 0.85)
        if glad:
            c.line(arc(x, -4, 30, 26, 200, 340, 16), 9, INK)
        else:
            c.fill(ellipse(x, -18, 21, 26), INK)
            c.fill(ellipse(x + 2, -14, 13, 16), mix(INK, p.deep, 0.5))
            c.fill(ellipse(x - 7, -28, 7, 8), WHITE)
        if soft and not glad:
            c.line(
                smooth(
                    [(x - side * 22, -34), (x + side * 12, -46), (x + side * 36, -42)], closed=False
                ),
                6,
                INK,
            )
    c.line(smooth([(-6, 30), (8, 52), (-6, 62)], closed=False), 7, dark(skin, 0.35), 0.7)
    lip = hexed("#D2564F") if soft else dark(skin, 0.5)
    if rng.random() < 0.55:
        smile = [*arc(0, 98, 54, 12, 180, 360, 16), *arc(0, 98, 54, 46, 0, 180, 20)]
        c.fill(smile, hexed("#8F2B2B"))
        c.fill([*arc(0, 98, 48, 9, 180, 360, 16), *arc(0, 98, 46, 16, 0, 180, 16)], WHITE)
    else:
        c.line(arc(0, 84, 50, 36, 20, 160, 20), 9, lip)


def _front_hair(c: Canvas, hair: Colour, style: int) -> None:
    shine = Linear([(0, light(hair, 0.3)), (0.4, hair), (1, dark(hair, 0.3))], 60)
    if style in (0, 1):
        for side in (-1, 1):
            lock = smooth(
                [
                    (side * -30, -300),
                    (side * 110, -280),
                    (side * 206, -150),
                    (side * 204, 40),
                    (side * 178, 60),
                    (side * 166, -90),
                    (side * 90, -190),
                    (side * -30, -226),
                ]
            )
            c.fill(lock, shine)
    elif style == 2:
        c.fill(
            smooth(
                knots(
                    "-186,-60 -196,-210 -110,-316 40,-340 170,-280 198,-150 184,-60 164,-130 "
                    "120,-196 -20,-206 -130,-180 -166,-120"
                )
            ),
            shine,
        )
    elif style == 3:
        quiff = smooth(
            knots(
                "-180,-70 -200,-200 -150,-300 -20,-356 150,-350 206,-260 190,-70 168,-150 "
                "100,-214 -60,-190 -150,-170"
            )
        )
        c.fill(quiff, shine)
        c.soft(smooth([(-120, -280), (20, -326), (120, -310), (0, -290)]), WHITE, 16, 0.25)
    elif style == 4:
        c.fill(
            smooth(
                knots(
                    "-184,-40 -206,-180 -120,-310 0,-334 120,-310 206,-180 184,-40 166,-110 "
                    "110,-170 0,-196 -110,-170 -166,-110"
                )
            ),
            shine,
        )
    else:
        c.fill(
            smooth(
                knots(
                    "-180,-110 -170,-240 -70,-316 70,-316 170,-240 180,-110 150,-190 0,-232 "
                    "-150,-190"
                )
            ),
            shine,
        )


def _extras(c: Canvas, p: Palette, hair: Colour, rng: Random, style: int) -> None:
    kind = rng.randrange(4)
    if kind == 0:
        for side in (-1, 1):
            c.line([*ellipse(side * 76, -16, 58, 52), (side * 76 + 58, -16)], 8, p.deep)
            c.soft(ellipse(side * 76 - 16, -32, 20, 10, turn=-30), WHITE, 5, 0.5)
        c.line(arc(0, -16, 20, 12, 200, 340, 10), 8, p.deep)
    elif kind == 1 and style in (0, 1, 4):
        for side in (-1, 1):
            c.fill(ellipse(side * 184, 60, 13), p.accent)
            c.fill(
                ellipse(side * 184, 94, 19),
                Radial([(0, light(p.accent, 0.6)), (1, dark(p.accent, 0.2))], 0.35, 0.3),
            )
    elif kind == 2 and style in (2, 3, 5):
        cap = smooth(
            knots("-196,-150 -186,-300 -70,-376 80,-376 190,-300 198,-150 60,-186 -80,-184")
        )
        c.fill(cap, fade(light(p.main, 0.3), dark(p.main, 0.25), angle=60))
        c.fill(
            smooth(knots("-210,-150 -60,-204 120,-200 250,-150 210,-128 0,-170 -150,-136")),
            dark(p.main, 0.35),
        )
    elif style == 1:
        c.fill(
            thick(arc(0, -60, 206, 236, 205, 335), 26), fade(light(p.main, 0.3), dark(p.main, 0.2))
        )
