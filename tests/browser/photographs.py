"""Pictures as phones really make them: turned by a tag, with a place in them, of 48 megapixels.

CARNIVAL_PHOTOGRAPHS may name a folder of real photographs to publish as well.
"""

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw


def phone_photographs(folder: Path) -> list[str]:
    """Paths of JPEGs and a PNG, each with a quirk."""
    made = [
        _photograph(folder / "turned.jpg", (1200, 900), orientation=6),
        _photograph(folder / "somewhere.jpg", (1600, 1200), place=True),
        _photograph(folder / "large.jpg", (8064, 6048)),
    ]
    screenshot = folder / "screenshot.png"
    Image.effect_noise((390, 844), 60).convert("RGBA").save(screenshot)
    return [*_real_ones(), *made, str(screenshot)]


def _real_ones() -> list[str]:
    folder = os.environ.get("CARNIVAL_PHOTOGRAPHS")
    found = Path(folder).iterdir() if folder else ()
    return sorted(str(path) for path in found if path.suffix in (".jpg", ".png"))


def _photograph(
    path: Path, size: tuple[int, int], *, orientation: int = 1, place: bool = False
) -> str:
    sky = Image.linear_gradient("L").resize(size)
    image = Image.merge("RGB", (sky, ImageChops.invert(sky), Image.new("L", size, 150)))
    pen = ImageDraw.Draw(image)
    width, height = size
    pen.circle((width * 0.7, height * 0.25), width * 0.1, fill="#F7C873")
    pen.polygon([(0, height), (width * 0.35, height * 0.45), (width * 0.7, height)], fill="#5E5A57")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Carnival Phone"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 9.0), 3: "E", 4: (121.0, 29.0, 14.0)})
    image.save(path, "JPEG", quality=88, exif=exif)
    return str(path)
