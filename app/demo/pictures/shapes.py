"""Outlines as points, in the units of a canvas: a unit is a thousandth of the shorter side."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

Point = tuple[float, float]
Points = list[Point]


def ellipse(x: float, y: float, rx: float, ry: float | None = None, *, turn: float = 0) -> Points:
    """A circle, or an ellipse turned by degrees."""
    ry = rx if ry is None else ry
    steps = max(24, min(160, int(max(rx, ry) / 2)))
    points = [
        (rx * math.cos(2 * math.pi * i / steps), ry * math.sin(2 * math.pi * i / steps))
        for i in range(steps)
    ]
    return placed(points, x, y, turn=turn)


def arc(
    x: float, y: float, rx: float, ry: float, start: float, stop: float, steps: int = 40
) -> Points:
    """Part of an ellipse, from `start` to `stop` in degrees, clockwise as y grows downwards."""
    angles = [math.radians(start + (stop - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def box(
    x: float, y: float, width: float, height: float, radius: float = 0, *, turn: float = 0
) -> Points:
    """A rectangle by its centre, with round corners."""
    w, h = width / 2, height / 2
    r = min(radius, w, h)
    if r <= 0:
        return placed([(-w, -h), (w, -h), (w, h), (-w, h)], x, y, turn=turn)
    points: Points = []
    for cx, cy, start in ((w - r, r - h, -90), (w - r, h - r, 0), (r - w, h - r, 90)):
        points += arc(cx, cy, r, r, start, start + 90, 10)
    points += arc(r - w, r - h, r, r, 180, 270, 10)
    return placed(points, x, y, turn=turn)


@lru_cache(maxsize=512)
def _knots(text: str) -> tuple[Point, ...]:
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def knots(text: str) -> Points:
    """Points written as `x,y x,y`: the outlines drawn by hand."""
    return list(_knots(text))


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> Points:
    """A curve through all points (Catmull and Rom 1974): the organic shapes."""
    count = len(points)
    if closed:
        around = [points[-1], *points, points[0], points[1]]
        spans = count
    else:
        around = [points[0], *points, points[-1]]
        spans = count - 1
    curve: Points = []
    for i in range(spans):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = around[i : i + 4]
        for step in range(steps):
            t = step / steps
            curve.append((_spline(ax, bx, cx, dx, t), _spline(ay, by, cy, dy, t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def thick(points: Sequence[Point], widths: float | Sequence[float]) -> Points:
    """A band along a line: one width, or one at each point, for leaves, hair and noodles."""
    count = len(points)
    each = [widths] * count if isinstance(widths, int | float) else list(widths)
    if len(each) != count:
        last = len(each) - 1
        each = [
            each[min(last, int(at))] * (1 - at % 1) + each[min(last, int(at) + 1)] * (at % 1)
            for at in (i * last / (count - 1) for i in range(count))
        ]
    left: Points = []
    right: Points = []
    for i, (x, y) in enumerate(points):
        (px, py), (qx, qy) = points[max(0, i - 1)], points[min(count - 1, i + 1)]
        length = math.hypot(qx - px, qy - py) or 1
        nx, ny = (py - qy) / length * each[i] / 2, (qx - px) / length * each[i] / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def star(x: float, y: float, outer: float, inner: float, tips: int, *, turn: float = 0) -> Points:
    """A star, or with nearly equal radii a scalloped seal."""
    return [
        (
            x + (outer, inner)[i % 2] * math.sin(math.pi * i / tips + math.radians(turn)),
            y - (outer, inner)[i % 2] * math.cos(math.pi * i / tips + math.radians(turn)),
        )
        for i in range(2 * tips)
    ]


def leaf(x: float, y: float, length: float, width: float, *, turn: float = 0) -> Points:
    """A pointed leaf or petal that starts at (x, y) and grows to the right before turning."""
    upper = [(0, 0), (length * 0.3, -width / 2), (length * 0.7, -width * 0.4), (length, 0)]
    lower = [(length * 0.7, width * 0.4), (length * 0.3, width / 2)]
    curve = smooth(upper, closed=False) + smooth([upper[-1], *lower, upper[0]], closed=False)
    return placed(curve, x, y, turn=turn)


def lathe(profile: Sequence[Point], *, flat: float = 0.16) -> Points:
    """The outline of a turned body: (half-width, y) from top to bottom, seen from a bit above.

    `flat` is how much a circle is flattened by the view; the lowest edge bulges by it.
    """
    right = [(half, y) for half, y in profile]
    half, y = profile[-1]
    bottom = arc(0, y, half, half * flat, 0, 180, 24)
    return right + bottom[1:-1] + [(-half, y) for half, y in reversed(right)]


def placed(
    points: Iterable[Point], x: float, y: float, *, scale: float = 1, turn: float = 0
) -> Points:
    """Scaled, turned clockwise by degrees, then moved."""
    c, s = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in points]


def mirrored(points: Iterable[Point]) -> Points:
    """The left half of what is symmetrical."""
    return [(-x, y) for x, y in reversed(list(points))]
