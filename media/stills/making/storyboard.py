"""Thumbnails to scrub by: sheets of small pictures, and a WebVTT file that says where each lies."""

# Pillow's annotations leave the types of pixels open.
# pyright: reportUnknownMemberType=false

from io import BytesIO
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLUMNS: Final = 10
ROWS: Final = 10
_QUALITY: Final = 62


class Storyboard(NamedTuple):
    """Files by name; the WebVTT names its sheets relative to itself."""

    vtt: bytes
    sheets: tuple[bytes, ...]


def sheet_name(number: int) -> str:
    """Of the sheets, from 0."""
    return f"sheet-{number}.jpeg"


def storyboard(thumbs: NDArray[np.uint8], every_seconds: float, duration: float) -> Storyboard:
    """Of thumbnails taken at 0, every, two times every …: each stands for the time nearest to it,
    so that none is further away than half of `every_seconds`."""
    count, height, width, _ = thumbs.shape
    sheets: list[bytes] = []
    cues: list[str] = ["WEBVTT", ""]
    per_sheet = COLUMNS * ROWS
    for first in range(0, count, per_sheet):
        part = thumbs[first : first + per_sheet]
        rows = -(-len(part) // COLUMNS)
        columns = min(COLUMNS, len(part))
        sheet = Image.new("RGB", (columns * width, rows * height))
        for place, thumb in enumerate(part):
            row, column = divmod(place, COLUMNS)
            x, y = column * width, row * height
            sheet.paste(Image.fromarray(thumb), (x, y))
            start, stop = _span(first + place, count, every_seconds, duration)
            if stop > start:
                name = sheet_name(len(sheets))
                cues += [f"{_time(start)} --> {_time(stop)}"]
                cues += [f"{name}#xywh={x},{y},{width},{height}", ""]
        out = BytesIO()
        sheet.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        sheets.append(out.getvalue())
    return Storyboard("\n".join(cues).encode(), tuple(sheets))


def _span(number: int, count: int, every: float, duration: float) -> tuple[float, float]:
    start = max(0.0, (number - 0.5) * every)
    stop = duration if number == count - 1 else min(duration, (number + 0.5) * every)
    return start, stop


def _time(seconds: float) -> str:
    total = round(seconds * 1000)
    minutes, rest = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
