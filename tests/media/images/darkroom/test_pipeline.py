"""Whatever is uploaded: clean upright sRGB renditions, or a refusal in words."""

import base64
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from media.images.darkroom.pipeline import Developed, develop, dominant_color, placeholder, render
from media.images.errors import NotAPicture, PictureDamaged, PictureTooLarge
from media.images.rules import BYTES_MAX, height_at
from tests.media.images.pictures import corners, decode, encode, noise, pixel, shows_corners

_UNTURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def largest(made: Developed) -> Image.Image:
    """The pixels of the largest JPEG."""
    return decode(made.renditions[-1].data)


def close(one: Image.Image, other: Image.Image, tolerance: int = 12) -> bool:
    """Equal but for what JPEG rounds."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(difference.tobytes()) <= tolerance


class TestRenditions:
    @given(width=st.integers(60, 900), height=st.integers(60, 900))
    @settings(max_examples=25)
    def test_sizes(self, width: int, height: int) -> None:
        made = develop(encode(Image.new("RGB", (width, height), "teal"), "PNG"))
        assert (made.width, made.height) == (width, height)
        assert [rendition.width for rendition in made.renditions] == made.widths
        for rendition in made.renditions:
            image = decode(rendition.data)
            assert image.format == "JPEG"
            assert image.size == (rendition.width, height_at(rendition.width, width, height))

    def test_later_formats_have_the_same_widths_and_pixels(self) -> None:
        made = develop(encode(corners(1000, 700)))
        later = render(made.master, (made.width, made.height), made.widths, ["webp", "avif"])
        assert [(r.width, r.format) for r in later] == [
            (width, name) for width in (240, 480, 1000) for name in ("webp", "avif")
        ]
        for rendition in later:
            image = decode(rendition.data)
            assert image.format == rendition.format.upper()
            assert image.size == (rendition.width, height_at(rendition.width, 1000, 700))
            assert shows_corners(image, 20)

    def test_a_48_megapixel_photo(self) -> None:
        made = develop(encode(corners(8064, 6048)))
        assert (made.width, made.height) == (8064, 6048)
        assert made.widths == [240, 480, 960, 1440]
        assert shows_corners(largest(made))

    def test_a_long_product_picture(self) -> None:
        made = develop(encode(corners(1000, 15_000), "PNG"))
        assert made.widths == [240, 480, 1000]
        assert largest(made).size == (1000, 15_000)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
    def test_every_accepted_type(self, kind: str) -> None:
        made = develop(encode(corners(), kind))
        assert shows_corners(largest(made))


class TestCleaning:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG", "AVIF"])
    def test_every_orientation_ends_upright(self, orientation: int, kind: str) -> None:
        upright = corners()
        turn = _UNTURNED[orientation]
        stored = upright.transpose(turn) if turn is not None else upright
        exif = Image.Exif()
        exif[0x0112] = orientation
        made = develop(encode(stored, kind, exif=exif, quality=95))
        assert (made.width, made.height) == upright.size
        shown = largest(made)
        assert shown.size == upright.size
        assert shows_corners(shown)

    def test_orientation_is_applied_once_and_not_passed_on(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        once = develop(encode(corners(), exif=exif))
        twice = develop(once.renditions[-1].data)
        assert (twice.width, twice.height) == (once.width, once.height) == (200, 320)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
    def test_no_metadata_survives(self, kind: str) -> None:
        exif = Image.Exif()
        exif[0x010F] = "SecretCamera"
        exif[0x0132] = "2026:11:11 00:00:00"
        exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0), 29: "1998"}
        options: dict[str, object] = {"exif": exif}
        if kind == "PNG":
            notes = PngImagePlugin.PngInfo()
            notes.add_text("Comment", "SecretComment")
            notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SecretXmp</x:xmpmeta>")
            options["pnginfo"] = notes
        else:
            options["xmp"] = b"<x:xmpmeta>SecretXmp</x:xmpmeta>"
        if kind == "JPEG":
            options["comment"] = b"SecretComment"
        data = encode(noise(), kind, **options)
        assert b"SecretCamera" in data
        assert b"SecretXmp" in data
        made = develop(data)
        later = render(made.master, (made.width, made.height), made.widths, ["webp", "avif"])
        files = [rendition.data for rendition in [*made.renditions, *later]]
        for file in [*files, made.master, base64.b64decode(made.placeholder.split(",")[1])]:
            for secret in (
                b"Secret",
                b"Exif\0\0",
                b"EXIF",
                b"xmp",
                b"XMP",
                b"1998",
                b"ICC_PROFILE",
            ):
                assert secret not in file
            image = decode(file)
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)

    def test_a_trailer_does_not_survive(self) -> None:
        made = develop(encode(corners()) + b"PK\x03\x04 Secret archive <script>")
        assert all(b"Secret" not in r.data for r in made.renditions)
        assert b"Secret" not in made.master


class TestColour:
    def test_an_srgb_profile_changes_nothing(self) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        plain = develop(encode(corners()))
        tagged = develop(encode(corners(), icc_profile=srgb.tobytes()))
        assert close(largest(plain), largest(tagged), 8)

    def test_swapped_primaries_are_seen(self) -> None:
        # an sRGB profile with the red and blue primaries exchanged makes blue of red
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
        swapped = bytearray(profile)
        swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
        made = develop(encode(Image.new("RGB", (64, 64), "red"), "PNG", icc_profile=bytes(swapped)))
        got = pixel(largest(made), 0.5, 0.5)
        assert got[2] > 200 > 60 > got[0]

    @pytest.mark.parametrize("profile", [b"", b"nonsense", bytes(128), b"\0\0\2\0" * 64])
    def test_a_broken_profile_is_ignored(self, profile: bytes) -> None:
        made = develop(encode(corners(), icc_profile=profile))
        assert shows_corners(largest(made))

    def test_cmyk(self) -> None:
        made = develop(encode(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"))
        red, green, blue = pixel(largest(made), 0.5, 0.5)
        assert red > 200
        assert max(green, blue) < 60

    def test_sixteen_bit_grey(self) -> None:
        image = Image.new("I;16", (64, 64), 0x8000)
        made = develop(encode(image, "PNG"))
        assert all(abs(value - 128) <= 2 for value in pixel(largest(made), 0.5, 0.5))

    def test_sixteen_bit_rgb(self) -> None:
        rows = b"".join(b"\0" + struct.pack(">3H", 0xFFFF, 0x8000, 0) * 16 for _ in range(16))
        made = develop(png(16, 16, bit_depth=16, colour_type=2, data=rows))
        red, green, blue = pixel(largest(made), 0.5, 0.5)
        assert red > 245
        assert abs(green - 128) < 8
        assert blue < 10

    def test_bilevel_and_grey(self) -> None:
        assert pixel(largest(develop(encode(Image.new("1", (64, 64), 1), "PNG"))), 0.05, 0.05) == (
            255,
            255,
            255,
        )
        grey = largest(develop(encode(Image.new("L", (64, 64), 77))))
        assert grey.mode == "RGB"
        assert all(abs(value - 77) <= 1 for value in pixel(grey, 0.05, 0.05))

    def test_dominant_colour(self) -> None:
        image = Image.new("RGB", (100, 100), (200, 30, 40))
        image.paste((240, 240, 240), (0, 0, 100, 30))
        assert dominant_color(image) == "#c81e28"
        assert dominant_color(Image.new("RGB", (8, 8))) == "#000000"


class TestTransparency:
    def test_it_is_flattened_on_white(self) -> None:
        image = Image.new("RGBA", (64, 64), (200, 0, 0, 0))
        image.paste((200, 0, 0, 255), (16, 16, 48, 48))
        shown = largest(develop(encode(image, "PNG")))
        assert pixel(shown, 0.05, 0.05) == (255, 255, 255)
        assert pixel(shown, 0.5, 0.5)[0] > 180

    def test_a_white_logo_stands_on_ink(self) -> None:
        image = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
        image.paste((255, 255, 255, 255), (16, 16, 48, 48))
        shown = largest(develop(encode(image, "PNG")))
        assert max(pixel(shown, 0.05, 0.05)) < 40
        assert min(pixel(shown, 0.5, 0.5)) > 240

    @pytest.mark.parametrize("mode", ["P", "LA", "L", "RGB"])
    def test_palettes_and_colour_keys(self, mode: str) -> None:
        image = Image.new("RGB", (64, 64), (0, 0, 0))
        image.paste((10, 120, 60), (16, 16, 48, 48))
        if mode == "LA":
            picture = image.convert("L")
            picture.putalpha(picture.point([0] + [255] * 255))
            data = encode(picture, "PNG")
        else:
            picture = image.convert(mode)
            key = picture.getpixel((0, 0))
            data = encode(picture, "PNG", transparency=key)
        shown = largest(develop(data))
        assert pixel(shown, 0.05, 0.05) == (255, 255, 255)
        assert max(pixel(shown, 0.5, 0.5)) < 160

    def test_fully_transparent(self) -> None:
        shown = largest(develop(encode(Image.new("RGBA", (64, 64)), "PNG")))
        assert pixel(shown, 0.05, 0.05) == (255, 255, 255)


class TestAnimation:
    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
    def test_the_first_frame_is_shown(self, kind: str) -> None:
        frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
        data = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        red, green, blue = pixel(largest(develop(data)), 0.5, 0.5)
        assert red > 240
        assert max(green, blue) < 20

    def test_a_multi_picture_jpeg_of_a_phone(self) -> None:
        frames = [corners(), Image.new("RGB", (320, 200), "black")]
        data = encode(frames[0], "MPO", save_all=True, append_images=frames[1:])
        assert shows_corners(largest(develop(data)))


class TestRefusals:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
    def test_cut_at_every_twentieth(self, kind: str) -> None:
        data = encode(noise(), kind)
        for twentieth in range(20):
            with pytest.raises((PictureDamaged, NotAPicture)):
                develop(data[: len(data) * twentieth // 20])

    def test_cut_progressive_jpeg(self) -> None:
        data = encode(noise(), "JPEG", progressive=True)
        for twentieth in range(1, 20):
            with pytest.raises(PictureDamaged):
                develop(data[: len(data) * twentieth // 20])

    @given(st.data())
    @settings(max_examples=150)
    def test_flipped_bytes_never_do_worse_than_a_refusal(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF", "GIF"]))
        blob = bytearray(_SMALL[kind])
        for _ in range(data.draw(st.integers(1, 8))):
            blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
        with suppress(NotAPicture, PictureTooLarge, PictureDamaged):
            assert develop(bytes(blob)).widths

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"RIFF\0\0\0\0WEBP",
            b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
            b"\xff\xd8\xff<script>alert(1)</script>",
            b"GIF89a/*" + b"*/=1;" * 50,
        ],
    )
    def test_nothing_but_a_header(self, data: bytes) -> None:
        with pytest.raises((NotAPicture, PictureDamaged, PictureTooLarge)):
            develop(data)

    def test_too_many_bytes_are_refused_first(self) -> None:
        with pytest.raises(PictureTooLarge, match="MB"):
            develop(encode(corners()) + bytes(BYTES_MAX))

    def test_a_png_that_unpacks_to_gigabytes(self) -> None:
        row = zlib.compress(bytes(10_000_000), 9)
        with pytest.raises(PictureTooLarge):
            develop(png(50_000, 50_000, bit_depth=8, colour_type=0, compressed=row))

    def test_a_png_just_over_the_pixels(self) -> None:
        with pytest.raises(PictureTooLarge, match="megapixels"):
            develop(png(8001, 8000, bit_depth=1, colour_type=0, data=b""))

    def test_a_gif_with_a_huge_screen(self) -> None:
        data = bytearray(encode(corners(), "GIF"))
        data[6:10] = struct.pack("<HH", 65_535, 65_535)
        with pytest.raises(PictureTooLarge):
            develop(bytes(data))

    def test_a_webp_with_a_huge_canvas(self) -> None:
        data = bytearray(encode(Image.new("RGBA", (32, 32)), "WEBP", exif=b"Exif\0\0"))
        at = data.index(b"VP8X") + 12
        data[at : at + 6] = b"\xff\x3f\x00\xff\x3f\x00"
        with pytest.raises((PictureTooLarge, PictureDamaged)):
            develop(bytes(data))

    def test_text_chunks_that_unpack_to_gigabytes(self) -> None:
        bomb = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
        rows = b"".join(b"\0" + bytes(16) for _ in range(16))
        data = png(16, 16, bit_depth=8, colour_type=0, data=rows, extra=chunk(b"zTXt", bomb))
        with pytest.raises(PictureDamaged):
            develop(data)


class TestPlaceholder:
    @given(width=st.integers(8, 300), height=st.integers(8, 300))
    @settings(max_examples=20)
    def test_it_is_tiny_and_decodes(self, width: int, height: int) -> None:
        uri = placeholder(noise(width, height))
        assert uri.startswith("data:image/webp;base64,")
        assert len(uri) <= 400
        assert max(decode(base64.b64decode(uri.split(",")[1])).size) <= 16

    def test_it_resembles_the_picture(self) -> None:
        uri = placeholder(corners(300, 200))
        small = decode(base64.b64decode(uri.split(",")[1])).convert("RGB")
        red, green, blue = pixel(small, 0.05, 0.05)
        assert red > 150 > max(green, blue)


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int,
    height: int,
    *,
    bit_depth: int,
    colour_type: int,
    data: bytes = b"",
    compressed: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """A PNG by hand, which may lie about its size."""
    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    pixels = compressed if compressed is not None else zlib.compress(data)
    parts = [chunk(b"IHDR", header), extra, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


_SMALL = {kind: encode(corners(48, 32), kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")}
