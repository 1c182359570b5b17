"""What is accepted and what is made of it: bounds, types by their first bytes, sizes, names.

Pure functions. Nothing here decodes a pixel; `darkroom.pipeline` does.
"""

import hashlib
from typing import Final, Literal

from media.images.errors import NotAPicture, PictureTooLarge

BYTES_MAX: Final = 20 * 1024 * 1024
PIXELS_MAX: Final = 64_000_000
"""48-megapixel phones pass with room to spare; four bytes a pixel stay under 256 MB."""
SIDE_MIN: Final = 8
RATIO_MAX: Final = 20
"""The long pictures of product pages (1 : 15) pass; a 1 × 60,000 strip does not."""
LADDER: Final = (240, 480, 960, 1440)
"""Widths in pixels: thumbnail, grid cell, full width of a phone at 2x and at 3x."""
HEIGHT_MAX: Final = 16_000
"""WebP ends at 16,383 pixels a side."""
RUNG_GAIN_MIN: Final = 1.15
"""A rung that is less than 15 % narrower than the next is not worth its bytes."""

Format = Literal["jpeg", "webp", "avif"]
FORMATS: Final[tuple[Format, ...]] = ("avif", "webp", "jpeg")
"""In the order a browser should prefer them."""
LATER: Final[tuple[Format, ...]] = ("webp", "avif")
"""Made by a job; JPEG is made while the uploader waits."""
MEDIA_TYPES: Final[dict[str, str]] = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
}

_RECIPE: Final = b"carnival-picture-1\0"
_HEIF_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_STRANGERS: Final = (
    (b"II*\0", "a TIFF or raw camera file"),
    (b"MM\0*", "a TIFF or raw camera file"),
    (b"BM", "a BMP file"),
    (b"%PDF", "a PDF document"),
    (b"PK", "a ZIP archive or an office document"),
    (b"\xff\x0a", "a JPEG XL file"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"8BPS", "a Photoshop file"),
)
_USE: Final = "Please use a JPEG, PNG, WebP, AVIF or GIF picture."


def sniff(data: bytes) -> str:
    """Pillow's name of the true type, by the bytes alone: names and headers of uploads lie.

    Raises NotAPicture, saying what the file is where that can be told, and for HEIC what to do:
    no decoder for it is free of patents, so phones must send JPEG.
    """
    head = data[:4096]
    if not head:
        raise NotAPicture(f"The file is empty. {_USE}")
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _sniff_iso(head)
    raise NotAPicture(f"This file is {_stranger(head)}. {_USE}")


def _sniff_iso(head: bytes) -> str:
    """AVIF, HEIC and MP4 share one container; the brands in its first box tell them apart."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, length - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        raise NotAPicture(
            "This is a HEIC photo, which browsers cannot show. Please save it as JPEG first: on an "
            "iPhone choose Settings, Camera, Formats, Most Compatible, or share the photo by "
            "screenshot."
        )
    raise NotAPicture(f"This file is a video. {_USE}")


def _stranger(head: bytes) -> str:
    """What the file seems to be, in words."""
    for magic, name in _STRANGERS:
        if head.startswith(magic):
            return name
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "an SVG drawing, which may carry scripts"
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "a web page or XML"
    return "not a picture, or a damaged one"


def check_bytes(size: int, bytes_max: int = BYTES_MAX) -> None:
    """Raises PictureTooLarge over `bytes_max`."""
    if size > bytes_max:
        limit = bytes_max // 2**20
        raise PictureTooLarge(f"The file is over {limit} MB. Please choose a smaller picture.")


def check_size(width: int, height: int) -> None:
    """What a header may claim before anything is decoded. Raises PictureTooLarge, NotAPicture."""
    if width * height > PIXELS_MAX:
        raise PictureTooLarge(
            f"The picture has {width} × {height} pixels; at most {PIXELS_MAX // 10**6} megapixels "
            "are possible. Please make it smaller."
        )
    if min(width, height) < SIDE_MIN:
        raise NotAPicture(f"The picture is only {width} × {height} pixels; nobody could see it.")
    if max(width, height) > RATIO_MAX * min(width, height):
        raise NotAPicture(
            f"The picture is {width} × {height} pixels. One side may be at most {RATIO_MAX} times "
            "the other: please cut it."
        )


def widths_of(width: int, height: int) -> list[int]:
    """The widths to make, ascending: at least one, at most four, none above the source.

    Rungs of the ladder, except that the largest is the source's own width where that is below
    the ladder's end: a 900 px picture is shown with all its 900 pixels.
    """
    top = min(width, LADDER[-1], HEIGHT_MAX * width // height)
    return [rung for rung in LADDER if rung * RUNG_GAIN_MIN <= top] + [top]


def height_at(rung: int, width: int, height: int) -> int:
    """The height of a rendition that keeps the ratio to half a pixel; at least one pixel."""
    return max(1, (2 * rung * height + width) // (2 * width))


class ContentHash:
    """The name of a picture: SHA-256 of the recipe's name and the uploaded bytes.

    Of the bytes, not of the pixels: it is known as soon as the last byte has arrived, so the same
    upload again costs no decoding, and it does not depend on the version of a decoder. With the
    recipe, because an address is cached for ever: a better recipe gives new addresses.
    """

    def __init__(self) -> None:
        self._state = hashlib.sha256(_RECIPE)

    def update(self, chunk: bytes) -> None:
        """Add what has arrived."""
        self._state.update(chunk)

    @property
    def hex(self) -> str:
        """64 hexadecimal digits."""
        return self._state.hexdigest()


def content_hash(data: bytes) -> str:
    """`ContentHash` of a whole picture in memory."""
    state = ContentHash()
    state.update(data)
    return state.hex


def folder_path(hash_: str) -> str:
    """All files of a picture; two levels keep folders short."""
    return f"images/{hash_[:2]}/{hash_}"


def rendition_path(hash_: str, width: int, format_: str) -> str:
    """Where a rendition lies in the object store."""
    return f"{folder_path(hash_)}/{width}.{format_}"


def master_path(hash_: str) -> str:
    """Where the clean full-size picture lies that later renditions are made from; never served."""
    return f"{folder_path(hash_)}/master"


def public_base(hash_: str) -> str:
    """The address of a picture, to which `/{width}.{format}` is added."""
    return f"/media/images/{hash_}"
