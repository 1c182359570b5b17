"""Twenty clips with labels: which seconds of each may become its poster. Made of the demo's
pictures, since what is judged must look like films of products."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from app.demo.pictures.gallery import draw

SIZE = (128, 228)
RATE = 10
SECONDS = 4.0
Array = np.ndarray
Shot = Callable[[float], Array]


class Clip(NamedTuple):
    """Frames by the second, and the spans of seconds that are good."""

    name: str
    shot: Shot
    good: tuple[tuple[float, float], ...]

    def frames(self, rate: float = RATE) -> Iterator[Array]:
        for number in range(round(SECONDS * rate)):
            yield np.clip(self.shot(number / rate), 0, 255).astype(np.uint8)

    def is_good(self, seconds: float) -> bool:
        return any(start <= seconds <= stop for start, stop in self.good)


@cache
def picture(scene: str, blur: float = 0) -> Array:
    image = draw(scene, 5, (SIZE[0] * 2, SIZE[1] * 2)).convert("RGB")
    image = image.resize((SIZE[0] * 5 // 4, SIZE[1] * 5 // 4), Image.Resampling.LANCZOS)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(image, float)


def still(scene: str, drift: float = 8, blur: float = 0) -> Shot:
    """A camera that moves by `drift` pixels a second."""

    def at(seconds: float) -> Array:
        whole = picture(scene, blur)
        x = 4 + drift * seconds % (SIZE[0] // 4 - 6)
        left, part = int(x), x % 1
        one = whole[14 : 14 + SIZE[1], left : left + SIZE[0]]
        other = whole[14 : 14 + SIZE[1], left + 1 : left + 1 + SIZE[0]]
        return one * (1 - part) + other * part

    return at


def flat(value: float, noise: float = 2) -> Shot:
    return lambda seconds: (
        value + np.random.default_rng(round(seconds * 100)).normal(0, noise, (SIZE[1], SIZE[0], 3))
    )


def cuts(*parts: tuple[float, Shot]) -> Shot:
    """Shots from a second on."""

    def at(seconds: float) -> Array:
        return [shot for start, shot in parts if start <= seconds][-1](seconds)

    return at


def dissolve(one: Shot, other: Shot, start: float, length: float) -> Shot:
    def at(seconds: float) -> Array:
        share = min(1.0, max(0.0, (seconds - start) / length))
        return one(seconds) * (1 - share) + other(seconds) * share

    return at


def wipe(one: Shot, other: Shot, start: float, length: float) -> Shot:
    def at(seconds: float) -> Array:
        edge = round(SIZE[0] * min(1.0, max(0.0, (seconds - start) / length)))
        frame = one(seconds).copy()
        frame[:, :edge] = other(seconds)[:, :edge]
        return frame

    return at


def push(one: Shot, other: Shot, start: float, length: float) -> Shot:
    def at(seconds: float) -> Array:
        way = round(SIZE[1] * min(1.0, max(0.0, (seconds - start) / length)))
        return np.concatenate([one(seconds)[way:], other(seconds)[:way]])

    return at


def focus(scene: str, sharp_from: float, sharp_to: float) -> Shot:
    """Out of focus but for a while."""

    def at(seconds: float) -> Array:
        away = max(0.0, sharp_from - seconds, seconds - sharp_to)
        return still(scene, 3, round(min(7.0, away * 14)))(seconds)

    return at


def shaken(scene: str, start: float, stop: float) -> Shot:
    """The camera is torn about: frames smeared along the movement."""

    def at(seconds: float) -> Array:
        frame = still(scene, 2)(seconds)
        if not start <= seconds <= stop:
            return frame
        shift = int(20 * np.sin(seconds * 40))
        smeared = [np.roll(frame, shift + each, axis=1) for each in range(0, 24, 2)]
        return np.mean(smeared, axis=0)

    return at


def titled(shot: Shot, start: float, stop: float) -> Shot:
    """Black leader with a thin grey line, as countdowns and logos have."""

    def at(seconds: float) -> Array:
        if not start <= seconds < stop:
            return shot(seconds)
        frame = np.zeros((SIZE[1], SIZE[0], 3))
        frame[112:116, 42:86] = 90
        return frame

    return at


BLACK, WHITE = flat(3), flat(252)
NOODLES, TEA, SEA, CITY = still("noodles"), still("tea"), still("sea"), still("city")
LAMP, SHOE, PHONE, CAT = still("lamp"), still("sneaker"), still("phone"), still("cat")

CLIPS: tuple[Clip, ...] = (
    Clip("black, then a picture", cuts((0, BLACK), (2, NOODLES)), ((2, 4),)),
    Clip("a picture, then black", cuts((0, TEA), (1.4, BLACK)), ((0, 1.4),)),
    Clip("fades in slowly", dissolve(BLACK, SEA, 0, 2.6), ((2.4, 4),)),
    Clip("fades out slowly", dissolve(SHOE, BLACK, 1.2, 2.6), ((0, 1.4),)),
    Clip("a white flash", cuts((0, LAMP), (1, WHITE), (3, LAMP)), ((0, 0.99), (3, 4))),
    Clip("fades from white", dissolve(WHITE, CAT, 0.2, 2.4), ((2.4, 4),)),
    Clip("a long dissolve", dissolve(NOODLES, CITY, 1, 2), ((0, 1.1), (2.9, 4))),
    Clip("dissolves most of the time", dissolve(TEA, PHONE, 0.6, 2.8), ((0, 0.8), (3.2, 4))),
    Clip(
        "two dissolves",
        dissolve(dissolve(SHOE, SEA, 0.7, 1), LAMP, 2.4, 1),
        ((0, 0.8), (1.6, 2.5), (3.3, 4)),
    ),
    Clip("a wipe", wipe(NOODLES, SHOE, 1, 1.6), ((0, 1.05), (2.55, 4))),
    Clip("a slow wipe", wipe(CITY, TEA, 0.5, 2.8), ((0, 0.65), (3.15, 4))),
    Clip("a push", push(LAMP, CAT, 1.2, 1), ((0, 1.25), (2.15, 4))),
    Clip("comes into focus", focus("noodles", 2.6, 9), ((2.5, 4),)),
    Clip("goes out of focus", focus("phone", 0, 1.4), ((0, 1.5),)),
    Clip("in focus for a moment", focus("sneaker", 1.6, 2.4), ((1.5, 2.5),)),
    Clip("shaken at first", shaken("tea", 0, 2.2), ((2.2, 4),)),
    Clip("shaken at the end", shaken("cat", 1.2, 4), ((0, 1.2),)),
    Clip("a dark logo first", titled(CITY, 0, 2), ((2, 4),)),
    Clip("grey, then a soft picture, then a sharp one",
         cuts((0, flat(128, 1)), (1, still("lamp", 3, 5)), (2.4, LAMP)), ((2.4, 4),)),
    Clip("black, a glimpse, black", cuts((0, BLACK), (1.5, SEA), (2.4, BLACK)), ((1.5, 2.4),)),
)  # fmt: skip
