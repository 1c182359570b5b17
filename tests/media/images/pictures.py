"""Pictures made on the spot for the tests of this slice."""

import io
from typing import Any

from PIL import Image, ImageDraw


def corners(width: int = 320, height: int = 200) -> Image.Image:
    """Red, green, blue and yellow quarters: any turn or flip shows."""
    image = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(image)
    middle, centre = width // 2, height // 2
    draw.rectangle((middle, 0, width, centre), fill=(0, 160, 0))
    draw.rectangle((0, centre, middle, height), fill="blue")
    draw.rectangle((middle, centre, width, height), fill="yellow")
    return image


def noise(width: int = 320, height: int = 200) -> Image.Image:
    """Grain, which compresses badly: truncation always cuts into pixel data."""
    channel = Image.effect_noise((width, height), 80)
    return Image.merge("RGB", (channel, channel.rotate(180), channel))


def encode(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a file."""
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def decode(data: bytes) -> Image.Image:
    """The pixels of a file."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def pixel(image: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    """The colour at a share of the width and height."""
    spot = (int(image.width * x), int(image.height * y))
    red, green, blue = image.convert("RGB").crop((*spot, spot[0] + 1, spot[1] + 1)).tobytes()
    return red, green, blue


def shows_corners(image: Image.Image, tolerance: int = 12) -> bool:
    """Whether the four quarters of `corners` are where they belong."""
    quarters = {
        (0.25, 0.25): (255, 0, 0),
        (0.75, 0.25): (0, 160, 0),
        (0.25, 0.75): (0, 0, 255),
        (0.75, 0.75): (255, 255, 0),
    }
    return all(
        abs(got - expected) <= tolerance
        for spot, colour in quarters.items()
        for got, expected in zip(pixel(image, *spot), colour, strict=True)
    )
