"""Draws the PNG icons of the mobile client from the same shapes as public/icons/icon.svg.

Run it after changing the SVG: `python scripts/draw_icons.py` from app/web/play. The drawing is
made at four times the size and reduced, so edges are smooth.
"""

from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parent.parent / "public" / "icons"
GRID = 512
OVERSAMPLING = 4
RED_TOP, RED_BOTTOM = (0xE8, 0x46, 0x3A), (0xB3, 0x16, 0x0F)
GOLD, WHITE = "#F7C873", "#FFFFFF"
STAR = [
    (256, 190),
    (274.5, 237.5),
    (322, 256),
    (274.5, 274.5),
    (256, 322),
    (237.5, 274.5),
    (190, 256),
    (237.5, 237.5),
]


def draw(size_px: int, *, rounded: bool, scale: float = 1.0) -> Image.Image:
    """One icon. `scale` shrinks the mark for maskable icons, whose edges may be cut off."""
    side = GRID * OVERSAMPLING
    image = gradient(side)
    pen = ImageDraw.Draw(image)

    def at(x: float, y: float) -> tuple[float, float]:
        middle = GRID / 2
        return (
            (middle + (x - middle) * scale) * OVERSAMPLING,
            (middle + (y - middle) * scale) * OVERSAMPLING,
        )

    def disc(x: float, y: float, radius: float, colour: str) -> None:
        cx, cy = at(x, y)
        r = radius * scale * OVERSAMPLING
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colour)

    radius, width = 142 + 28, 56
    left, top = at(GRID / 2 - radius, GRID / 2 - radius)
    right, bottom = at(GRID / 2 + radius, GRID / 2 + radius)
    pen.arc(
        (left, top, right, bottom), 39, 321, fill=GOLD, width=round(width * scale * OVERSAMPLING)
    )
    disc(366.4, 345.4, width / 2, GOLD)
    disc(366.4, 166.6, width / 2, GOLD)
    pen.polygon([at(x, y) for x, y in STAR], fill=WHITE)
    disc(392, 256, 22, WHITE)
    if rounded:
        mask = Image.new("L", (side, side), 0)
        corner = 116 * OVERSAMPLING
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), corner, fill=255)
        image.putalpha(mask)
    return image.resize((size_px, size_px), Image.Resampling.LANCZOS)  # pyright: ignore[reportUnknownMemberType]


def gradient(side: int) -> Image.Image:
    """The red ground, lighter at the top."""
    column = Image.new("RGB", (1, side))
    for y in range(side):
        share = y / (side - 1)
        pairs = zip(RED_TOP, RED_BOTTOM, strict=True)
        red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
        column.putpixel((0, y), (red, green, blue))
    return column.resize((side, side))  # pyright: ignore[reportUnknownMemberType]


def main() -> None:
    """Writes every size that the manifest and iOS ask for."""
    draw(192, rounded=True).save(ICONS / "icon-192.png", optimize=True)
    draw(512, rounded=True).save(ICONS / "icon-512.png", optimize=True)
    draw(512, rounded=False, scale=0.8).save(ICONS / "icon-maskable-512.png", optimize=True)
    draw(180, rounded=False, scale=0.9).save(ICONS / "icon-180.png", optimize=True)


if __name__ == "__main__":
    main()
