"""From untrusted bytes to clean pixels and renditions. CPU only: no I/O, no clock.

Runs inside a `workshop` process with bounds on memory and time, because decoders have had holes.
Nothing of the upload but its pixels goes on: renditions are encoded from a fresh image, so
position, camera, comments and thumbnails in any metadata, known or not, have no way through.
"""

# Pillow's own annotations name NumPy types, which are not installed:
# pyright: reportUnknownMemberType=false

import base64
import io
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec
from PIL import Image, ImageCms, ImageFilter

from media.images.errors import NotAPicture, PictureDamaged, PictureTooLarge
from media.images.rules import (
    Format,
    check_bytes,
    check_size,
    height_at,
    sniff,
    widths_of,
)

_PAPER = (255, 255, 255)
_INK = (28, 27, 26)
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_PLACEHOLDER_BYTES_MAX = 400
_SRGB = ImageCms.ImageCmsProfile(cast("Any", ImageCms.createProfile("sRGB")))


class Rendition(msgspec.Struct, frozen=True):
    """One encoded file."""

    width: int
    format: str
    data: bytes


class Developed(msgspec.Struct, frozen=True):
    """Everything a view needs at once. `width` and `height` are as shown, after turning."""

    width: int
    height: int
    color: str
    placeholder: str
    widths: list[int]
    renditions: list[Rendition]
    master: bytes


def develop(data: bytes) -> Developed:
    """Check, clean, and make what must be there when the upload is answered: the JPEGs.

    `master` is a JPEG of the largest rung at a quality that shows no loss; the upload itself is
    not kept. Raises NotAPicture, PictureTooLarge, PictureDamaged.
    """
    check_bytes(len(data))
    width, height, master = _normalise(data)
    widths = widths_of(width, height)
    return Developed(
        width=width,
        height=height,
        color=dominant_color(master),
        placeholder=placeholder(master),
        widths=widths,
        renditions=_renditions(master, (width, height), widths, ["jpeg"]),
        master=_encode(master, "JPEG", quality=95, subsampling="4:4:4"),
    )


def render(
    master: bytes, size: tuple[int, int], widths: list[int], formats: Iterable[Format]
) -> list[Rendition]:
    """The other formats, from a master that `develop` made; `size` is the picture's own."""
    with Image.open(io.BytesIO(master), formats=["JPEG"]) as image:
        image.load()
        return _renditions(image, size, widths, formats)


def _normalise(data: bytes) -> tuple[int, int, Image.Image]:
    """The size as shown, and the pixels in sRGB at the largest rung: upright, opaque, nameless."""
    kind = sniff(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[kind]) as source:
                check_size(*source.size)
                return _clean(source)
    except Image.DecompressionBombError:
        raise PictureTooLarge(
            "The picture has far too many pixels. Please make it smaller."
        ) from None
    except (NotAPicture, PictureTooLarge):
        raise
    except MemoryError:
        raise PictureTooLarge(
            "The picture needs too much memory. Please make it smaller."
        ) from None
    except Exception as error:
        # decoders raise whatever they like: OSError, SyntaxError, ValueError, struct.error …
        raise PictureDamaged(
            "The picture cannot be read to its end. Please export it again and retry."
        ) from error


def _clean(source: Image.Image) -> tuple[int, int, Image.Image]:
    """Decode at the smallest scale that suffices, then set right what the file only described."""
    turn = _TURNS.get(_orientation(source), ())
    width, height = source.size
    turned = bool(turn) and turn[0] in (
        Image.Transpose.TRANSPOSE,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_270,
    )
    shown = (height, width) if turned else (width, height)
    rung = widths_of(*shown)[-1]
    target = (rung, height_at(rung, *shown))
    if turned:
        target = (target[1], target[0])
    profile = cast("bytes | None", source.info.get("icc_profile"))
    # a JPEG decoder can scale by 2, 4 or 8 while it decodes: memory falls by 4, 16 or 64
    source.draft(None, target)  # type: ignore[arg-type]
    source.load()
    image = _to_plain_mode(source)
    if image.size != target:
        image = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _flatten(_to_srgb(image, profile))
    for step in turn:
        image = image.transpose(step)
    return shown[0], shown[1], image


def _orientation(source: Image.Image) -> int:
    """EXIF's 1…8. Broken EXIF means upright: cameras write much nonsense there."""
    try:
        return int(source.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:
        return 1


def _to_plain_mode(image: Image.Image) -> Image.Image:
    """L, RGB, RGBA or CMYK: what can be resized. 16-bit greys keep their upper 8 bits."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB or RGBA in the one colour space browsers agree on. A broken profile is ignored."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    if profile:
        try:
            ours = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(colours, ours, _SRGB, outputMode="RGB")
            colours = converted or colours
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    colours = colours.convert("RGB")
    if alpha:
        colours.putalpha(alpha)
    return colours


def _flatten(image: Image.Image) -> Image.Image:
    """A fresh opaque image, without any of the source's `info`.

    Transparency ends here, for every format alike, so that a picture looks the same whichever
    rendition a browser takes. The ground is white, as product pictures expect; only what is
    itself nearly white, such as a light logo, is set on ink, where it can be seen.
    """
    if image.mode != "RGBA":
        fresh = Image.new("RGB", image.size)
        fresh.paste(image)
        return fresh
    alpha = image.getchannel("A")
    seen = image.convert("L").histogram(alpha.point([0] * 128 + [255] * 128))
    count = sum(seen)
    light = count > 0 and sum(value * n for value, n in enumerate(seen)) / count > 225
    clear = alpha.histogram()[0] > image.width * image.height // 10
    fresh = Image.new("RGB", image.size, _INK if light and clear else _PAPER)
    fresh.paste(image, mask=alpha)
    return fresh


def _renditions(
    image: Image.Image, size: tuple[int, int], widths: list[int], formats: Iterable[Format]
) -> list[Rendition]:
    """Every width in every format, ascending."""
    wanted = list(formats)
    made: list[Rendition] = []
    for width in widths:
        target = (width, height_at(width, *size))
        scaled = image
        if image.size != target:
            scaled = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
        made += [
            Rendition(width, name, _encode(scaled, name.upper(), **_OPTIONS[name]))
            for name in wanted
        ]
    return made


def _encode(image: Image.Image, format_: str, **options: Any) -> bytes:
    """One file, with nothing but pixels: the options name every block that could be written."""
    out = io.BytesIO()
    image.save(out, format_, exif=b"", icc_profile=None, **options)
    return out.getvalue()


_OPTIONS: Final[Mapping[Format, Mapping[str, Any]]] = {
    "jpeg": {"quality": 80, "progressive": True, "optimize": True},
    "webp": {"quality": 78, "method": 4},
    "avif": {"quality": 60, "speed": 7, "max_threads": 1},
}


def dominant_color(image: Image.Image) -> str:
    """`#rrggbb` of the largest group of like colours, where colourful counts for more than grey.

    Median cut (Heckbert 1982) into eight groups over a 48-pixel copy.
    """
    small = image.resize((48, 48), Image.Resampling.BOX, reducing_gap=2.0)
    groups = small.quantize(8, Image.Quantize.MEDIANCUT)
    palette = groups.getpalette() or [0, 0, 0]
    counts = cast("list[tuple[int, int]]", groups.getcolors())

    def weight(entry: tuple[int, int]) -> float:
        red, green, blue = palette[3 * entry[1] : 3 * entry[1] + 3]
        return entry[0] * (1 + (max(red, green, blue) - min(red, green, blue)) / 128)

    index = max(sorted(counts, key=lambda entry: entry[1]), key=weight)[1]
    return "#" + bytes(palette[3 * index : 3 * index + 3]).hex()


def placeholder(image: Image.Image) -> str:
    """A blurred thumbnail as a data URI of at most 400 characters, shown while pictures load."""
    for side in (16, 12, 8):
        small = image.copy()
        small.thumbnail((side, side), Image.Resampling.BOX)
        data = _encode(small.filter(ImageFilter.GaussianBlur(0.5)), "WEBP", quality=75, method=6)
        uri = "data:image/webp;base64," + base64.b64encode(data).decode()
        if len(uri) <= _PLACEHOLDER_BYTES_MAX:
            break
    return uri
