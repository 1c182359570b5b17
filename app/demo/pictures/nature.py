"""Landscapes by day."""

from itertools import pairwise
from random import Random

from app.demo.pictures.canvas import Canvas, Linear, fade
from app.demo.pictures.colours import LEAF, WHITE, Colour, Palette, dark, hexed, light, mix
from app.demo.pictures.shapes import Points, box, ellipse, knots, leaf, smooth, thick


def mountains(c: Canvas, p: Palette, rng: Random) -> None:
    """Ranges in the morning mist, with a sun."""
    sky = rng.choice((p.back, light(p.accent, 0.5), light(p.main, 0.65)))
    c.cover(
        Linear([(0, mix(sky, p.main, 0.35)), (0.55, light(sky, 0.35)), (1, light(p.accent, 0.5))])
    )
    x, y = rng.uniform(-200, 240), rng.uniform(-230, -110)
    c.glow(x, y, 420, light(p.accent, 0.2), 0.35)
    c.fill(ellipse(x, y, 86), fade(light(p.accent, 0.75), light(p.accent, 0.2)))
    _birds(c, rng, mix(p.deep, sky, 0.25))
    w = c.half_width + 30
    for i in range(5):
        share = i / 4
        base = -70 + i * 118
        colour = mix(mix(sky, p.main, 0.45), p.deep, share * 0.9)
        skyline = ridge(rng, w, base, 240 - i * 26, 4 + i * 2)
        c.fill(
            [*skyline, (w, 900), (-w, 900)],
            Linear(
                [
                    (0, light(colour, 0.12)),
                    (0.3, colour),
                    (1, light(sky, 0.3) if i < 4 else dark(colour, 0.3)),
                ]
            ),
        )
        if i < 4:
            c.soft(box(rng.uniform(-100, 100), base + 92, w * 2.2, 54), light(sky, 0.55), 34, 0.5)
    for _ in range(26):
        x = rng.uniform(-w, w)
        pine(c, x, 430 + rng.uniform(-30, 60), rng.uniform(0.5, 1.1), dark(p.deep, 0.15))


def ridge(rng: Random, w: float, base: float, height: float, peaks: int) -> Points:
    """A skyline of mountains: midpoints displaced, coarse to fine (Fournier and others 1982)."""
    heights = [rng.uniform(0, 1) for _ in range(peaks // 2 + 2)]
    rough = 0.42
    for _ in range(4):
        finer: list[float] = []
        for one, other in pairwise(heights):
            finer += [one, (one + other) / 2 + rng.uniform(-rough, rough)]
        heights = [*finer, heights[-1]]
        rough *= 0.52
    low, high = min(heights), max(heights)
    last = len(heights) - 1
    return [
        (-w + 2 * w * i / last, base - height * (up - low) / (high - low))
        for i, up in enumerate(heights)
    ]


def pine(c: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    tree: Points = [(x, y - 130 * size)]
    for k in range(1, 5):
        tree += [
            (x + 13 * k * size, y - (130 - 30 * k) * size),
            (x + 6 * k * size, y - (130 - 30 * k) * size),
        ]
    tree += [(2 * x - px, py) for px, py in reversed(tree)]
    c.fill(tree, colour)


def _birds(c: Canvas, rng: Random, colour: Colour) -> None:
    x, y = rng.uniform(-320, 120), rng.uniform(-400, -300)
    for _ in range(rng.randrange(3, 7)):
        size = rng.uniform(12, 22)
        wing = smooth(
            [
                (x - size, y - size * 0.4),
                (x - size * 0.4, y - size * 0.5),
                (x, y),
                (x + size * 0.4, y - size * 0.5),
                (x + size, y - size * 0.4),
            ],
            closed=False,
        )
        c.fill(thick(wing, [1, 4, 5, 4, 1]), colour, 0.8)
        x, y = x + rng.uniform(30, 70), y + rng.uniform(-30, 34)


def sea(c: Canvas, p: Palette, rng: Random) -> None:
    """A beach, waves, and a low sun or a sail."""
    dusk = rng.random() < 0.55
    top = mix(p.main, p.deep, 0.3) if dusk else mix(hexed("#6DB9E8"), p.main, 0.15)
    low = light(p.accent, 0.25) if dusk else hexed("#DFF3F7")
    water = mix(hexed("#1E7FA6"), p.main, 0.35)
    c.cover(Linear([(0, top), (0.5, low), (1, low)]))
    w, horizon = c.half_width + 30, -40.0
    x = rng.uniform(-200, 200)
    if dusk:
        c.glow(x, horizon - 40, 520, p.accent, 0.5)
    else:
        for _ in range(5):
            _cloud(c, rng.uniform(-w, w), rng.uniform(-420, -160), rng.uniform(0.6, 1.3))
    c.fill(
        ellipse(x, horizon - 40 if dusk else -330, 92),
        fade(light(p.accent, 0.85), light(p.accent, 0.35)),
    )
    c.fill(
        [(-w, horizon), (w, horizon), (w, 900), (-w, 900)],
        Linear(
            [
                (0, mix(water, low, 0.45)),
                (0.2, water),
                (0.45, mix(water, p.deep, 0.25)),
                (1, mix(water, WHITE, 0.3)),
            ]
        ),
    )
    for k in range(34):
        y = horizon + 6 + k * k * 0.22
        wide = rng.uniform(20, 60) + k * 3.4
        shift = rng.uniform(-w, w) if k % 3 else x + rng.uniform(-60, 60)
        c.fill(ellipse(shift, y, wide, 1.4 + k * 0.09), light(low, 0.6), 0.5)
    _sail(c, rng.choice((-1, 1)) * rng.uniform(180, 330), horizon + 30, rng.uniform(0.7, 1.2), p)
    sand = light(mix(hexed("#F0D2A0"), p.floor, 0.3), 0.15)
    for i, colour in enumerate((light(water, 0.45), WHITE, mix(sand, water, 0.3), sand)):
        y = 232 + i * 36
        line = smooth(
            [
                (-w, y + 60),
                (-w * 0.5, y + rng.uniform(-6, 16)),
                (0, y + 62),
                (w * 0.5, y + 10),
                (w, y + 84),
            ],
            closed=False,
        )
        c.fill(
            [*line, (w, 900), (-w, 900)],
            colour if i != 3 else fade(light(sand, 0.3), dark(sand, 0.12)),
            0.85 if i < 2 else 1,
        )
    for _ in range(6):
        _shell(
            c,
            rng.uniform(-w, w),
            rng.uniform(400, 480),
            rng.uniform(0.6, 1.1),
            rng.choice((p.main, p.accent, WHITE)),
            sand,
        )


def _cloud(c: Canvas, x: float, y: float, size: float) -> None:
    for dx, dy, r in ((-90, 8, 50), (-30, -22, 66), (44, -10, 58), (104, 12, 40)):
        c.soft(
            ellipse(x + dx * size, y + dy * size, r * size * 1.15, r * size * 0.8),
            WHITE,
            16 * size,
            0.75,
        )


def _sail(c: Canvas, x: float, y: float, size: float, p: Palette) -> None:
    with c.at(x, y, size):
        c.soft(ellipse(0, 22, 80, 10), p.deep, 8, 0.35)
        c.fill(smooth([(-84, -14), (84, -14), (56, 14), (-60, 14)], steps=4), p.deep)
        c.fill([(4, -20), (4, -190), (88, -30)], fade(WHITE, light(p.back, 0.2), angle=0))
        c.fill([(-6, -24), (-6, -160), (-66, -30)], fade(p.main, light(p.main, 0.3), angle=0))


def _shell(c: Canvas, x: float, y: float, size: float, colour: Colour, sand: Colour) -> None:
    with c.at(x, y, size, 20):
        c.soft(ellipse(6, 12, 30, 16), dark(sand, 0.7), 6, 0.4)
        fan = smooth(knots("0,20 -34,-8 -24,-30 0,-36 24,-30 34,-8"))
        c.fill(fan, fade(light(colour, 0.6), light(colour, 0.2)))
        for dx in (-18, -9, 0, 9, 18):
            c.line([(0, 16), (dx, -26)], 2, dark(colour, 0.3), 0.4)


def terraces(c: Canvas, p: Palette, rng: Random) -> None:
    """Tea hills in rows."""
    sky = light(p.accent, 0.55) if rng.random() < 0.5 else hexed("#CFEAF2")
    c.cover(Linear([(0, mix(sky, p.main, 0.2)), (0.6, light(sky, 0.5)), (1, light(sky, 0.5))]))
    x = rng.uniform(-240, 240)
    c.glow(x, -230, 330, light(p.accent, 0.3), 0.35)
    c.fill(ellipse(x, -230, 72), light(p.accent, 0.7))
    w = c.half_width + 30
    c.fill(
        [*ridge(rng, w, -90, 170, 5), (w, 900), (-w, 900)],
        Linear([(0, mix(sky, LEAF, 0.35)), (0.4, light(sky, 0.3)), (1, light(sky, 0.3))]),
    )
    green = mix(LEAF, p.deep, 0.12)
    for i in range(4):
        base = -30 + i * 130
        side = 1 if i % 2 else -1
        top: Points = [
            (-w, base + side * 70),
            (-w * 0.4, base - 26),
            (w * 0.3, base - side * 20),
            (w, base - side * 84),
        ]
        crest = smooth(top, closed=False)
        hill = [*crest, (w, 1000), (-w, 1000)]
        tone = mix(light(green, 0.42 - i * 0.1), p.deep, i * 0.07)
        c.fill(hill, Linear([(0, light(tone, 0.2)), (0.4, tone), (1, dark(tone, 0.4))]))
        for k in range(1, 6):
            row = [(px, py + k * (20 + i * 7) + 6) for px, py in crest]
            c.fill(thick(row, 9 + i * 3), dark(tone, 0.28), 0.55)
            c.fill(thick([(px, py - 5 - i) for px, py in row], 5 + i * 2), light(tone, 0.3), 0.6)
        if i < 3:
            c.soft(box(side * 160, base + 90, w * 1.6, 40), WHITE, 34, 0.3)
    for turn in (-60, -96, -126, -30):
        c.fill(
            leaf(rng.uniform(300, 340), 520, 240, 84, turn=turn),
            fade(light(LEAF, 0.3), dark(LEAF, 0.35), angle=0),
        )


def dunes(c: Canvas, p: Palette, rng: Random) -> None:
    """A desert with one hot-air balloon, or three."""
    c.cover(
        Linear(
            [(0, mix(p.main, p.back, 0.55)), (0.6, light(p.accent, 0.5)), (1, light(p.accent, 0.4))]
        )
    )
    x = rng.uniform(-260, 260)
    c.glow(x, -60, 420, p.accent, 0.4)
    c.fill(ellipse(x, -60, 100), fade(light(p.accent, 0.8), light(p.accent, 0.3)))
    spots = rng.sample([-340.0, -120.0, 110.0, 330.0], rng.choice((1, 3, 4)))
    for size, spot in zip(sorted(rng.uniform(0.35, 1) for _ in spots), spots, strict=True):
        _balloon(c, spot + rng.uniform(-40, 40), rng.uniform(-340, -120), size, p, rng)
    w = c.half_width + 30
    for i in range(4):
        base = 90 + i * 96
        sand = mix(mix(p.accent, p.main, 0.35), p.deep, i * 0.17)
        peak = rng.uniform(-0.5, 0.5) * w
        lit = smooth(
            [
                (-w, base + 60),
                ((peak - w) / 2, base - 14),
                (peak, base - 90),
                ((peak + w) / 2, base + 20),
                (w, base - 30),
            ],
            closed=False,
        )
        c.fill(
            [*lit, (w, 900), (-w, 900)],
            Linear([(0, light(sand, 0.35)), (0.4, sand), (1, dark(sand, 0.2))]),
        )
        edge = smooth(
            [
                (peak, base - 90),
                (peak + 90, base + 10),
                (peak + 20, base + 110),
                (peak + 160, base + 260),
            ],
            closed=False,
        )
        c.fill(
            [*edge, (w, 900), (w, base - 30), *[q for q in reversed(lit) if q[0] > peak]],
            dark(sand, 0.32),
            0.5,
        )


def _balloon(c: Canvas, x: float, y: float, size: float, p: Palette, rng: Random) -> None:
    colours = rng.choice(((p.main, light(p.back, 0.7)), (p.deep, p.accent), (p.main, p.accent)))
    with c.at(x, y, size):
        skin = smooth(
            knots("0,-170 110,-130 142,-30 100,60 36,130 -36,130 -100,60 -142,-30 -110,-130")
        )
        c.fill(skin, colours[0])
        with c.inside(skin):
            for k, half in enumerate((142, 92, 40)):
                c.fill(ellipse(0, -30, half, 170), colours[(k + 1) % 2])
            c.volume(skin, dark(colours[0], 0.9), dx=-30, dy=-24, blur=44, alpha=0.5)
            c.soft(ellipse(-60, -100, 36, 50, turn=30), WHITE, 20, 0.5)
        for side in (-1, 1):
            c.line([(side * 30, 130), (side * 20, 176)], 3, p.deep)
        c.fill(box(0, 194, 52, 40, 6), fade(hexed("#B9793F"), hexed("#6E4320")))
