"""All stills of a film, from as few readings of it as its length allows."""

import asyncio
import math
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from media.films.film import Film
from media.stills.looking.poster import Frames, best, scores
from media.stills.making.film import Reader
from media.stills.making.storyboard import Storyboard, storyboard

_SHORT_SECONDS: Final = 60
"""Up to here a film is looked at whole, at full pace."""
_LOOKS_PER_SECOND: Final = 8
_LOOKS_MAX: Final = 320
_LOOK_SIDE: Final = 320
_THUMB_SIDE: Final = 160
_THUMB_SECONDS: Final = 2
"""Between thumbnails; none is further than half of it from any moment that it stands for."""
_CANDIDATES: Final = 8
_WINDOW_SECONDS: Final = 2.0
POSTER_SIDE_MAX: Final = 2560
_NICENESS: Final = 17
"""As patient as encoders of what is not needed yet: what makes the film playable goes first."""
PREVIEW_SECONDS: Final = 3.0


class Made(NamedTuple):
    """What a film's stills are."""

    poster: bytes
    """A JPEG as large as the film is shown."""
    poster_ms: int
    preview: bytes
    storyboard: Storyboard


async def make_stills(film: Film, folder: Path) -> Made:
    """Poster, preview and storyboard of a film; `folder` is empty. Raises StillsFailed."""
    reader = Reader(film, _NICENESS)
    moment, board = await look(reader)
    poster = await reader.frame(moment, POSTER_SIDE_MAX)
    length = min(PREVIEW_SECONDS, film.seconds)
    start = max(0.0, min(moment, film.seconds - length))
    preview = await reader.clip(start, length, folder)
    data = await asyncio.to_thread(as_jpeg, poster)
    return Made(data, round(moment * 1000), preview, board)


async def look(reader: Reader) -> tuple[float, Storyboard]:
    """The second that should be the poster, and the storyboard. Raises StillsFailed."""
    if reader.film.seconds <= _SHORT_SECONDS:
        return await _short(reader)
    return await _long(reader)


def as_jpeg(image: Image.Image) -> bytes:
    """For the door of pictures, which makes all sizes of it."""
    out = BytesIO()
    image.save(out, "JPEG", quality=93)
    return out.getvalue()


async def _short(reader: Reader) -> tuple[float, Storyboard]:
    """One reading serves both: a second of film is judged by eight frames and shown by one."""
    film = reader.film
    pace = min(_LOOKS_PER_SECOND, max(1, math.floor(_LOOKS_MAX / max(1.0, film.seconds))))
    frames = await reader.frames(pace, _LOOK_SIDE)
    number = await asyncio.to_thread(best, frames)
    thumbs = await asyncio.to_thread(_shrunk, frames.pixels[::pace], film)
    board = await asyncio.to_thread(storyboard, thumbs, 1.0, film.seconds)
    return number / pace, board


async def _long(reader: Reader) -> tuple[float, Storyboard]:
    """The storyboard's pictures say where it is worth looking more closely."""
    thumbs = await reader.frames(
        1 / _THUMB_SECONDS, _THUMB_SIDE, held_seconds=_THUMB_SECONDS / 2 + 0.001
    )
    board = await asyncio.to_thread(
        storyboard, thumbs.pixels, float(_THUMB_SECONDS), reader.film.seconds
    )
    # the held frame behind the end is for scrubbing only: there is nothing around it to look at
    within = math.ceil(reader.film.seconds / _THUMB_SECONDS)
    worth = (await asyncio.to_thread(_worth, thumbs))[:within]
    found: list[tuple[float, float]] = []
    for number in _apart(worth, _CANDIDATES):
        start = max(0.0, number * _THUMB_SECONDS - _WINDOW_SECONDS / 2)
        window = await reader.frames(
            _LOOKS_PER_SECOND, _LOOK_SIDE, start=start, seconds=_WINDOW_SECONDS
        )
        each = await asyncio.to_thread(scores, window)
        # of a window its inner half: at its ends a transition cannot be told
        inner = slice(len(each) // 4, max(len(each) // 4 + 1, len(each) * 3 // 4))
        top = int(np.argmax(each[inner])) + len(each) // 4
        found.append((float(each[top]) * (0.5 + worth[number]), start + top / _LOOKS_PER_SECOND))
    return max(found)[1], board


def _worth(thumbs: Frames) -> list[float]:
    """How good they look one by one, at most 1."""
    alone = scores(Frames(thumbs.pixels, 0.001))
    return list(map(float, alone / max(1e-9, float(alone.max()))))


def _apart(worth: list[float], count: int) -> list[int]:
    """The best ones of so many equal parts of the film."""
    size = -(-len(worth) // count)
    parts = [range(start, min(start + size, len(worth))) for start in range(0, len(worth), size)]
    return [max(part, key=lambda number: worth[number]) for part in parts]


def _shrunk(pixels: np.ndarray, film: Film) -> np.ndarray:
    """Thumbnails of frames that were looked at."""
    size = film.within(_THUMB_SIDE)
    return np.stack(
        [np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BOX)) for each in pixels]
    )
