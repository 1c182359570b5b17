"""Sizes keep their ratio, types are told by bytes, bounds hold."""

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from media.images.errors import NotAPicture, PictureTooLarge
from media.images.rules import (
    BYTES_MAX,
    HEIGHT_MAX,
    LADDER,
    PIXELS_MAX,
    RATIO_MAX,
    SIDE_MIN,
    ContentHash,
    check_bytes,
    check_size,
    content_hash,
    height_at,
    rendition_path,
    sniff,
    widths_of,
)
from tests.media.images.pictures import corners, encode


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    """Any size that `check_size` lets through."""
    width = draw(st.integers(SIDE_MIN, 20_000))
    low = max(SIDE_MIN, -(-width // RATIO_MAX))
    return width, draw(st.integers(low, max(low, min(width * RATIO_MAX, PIXELS_MAX // width))))


class TestWidths:
    @given(sizes())
    @example((240, 240))
    @example((239, 4780))
    @example((1440, 28_800))
    def test_never_upscaled_and_at_least_one(self, size: tuple[int, int]) -> None:
        widths = widths_of(*size)
        assert 1 <= len(widths) <= 4
        assert widths == sorted(set(widths))
        assert all(1 <= width <= min(size[0], LADDER[-1]) for width in widths)

    @given(sizes())
    def test_all_but_the_largest_are_rungs_and_the_largest_is_as_large_as_can_be(
        self, size: tuple[int, int]
    ) -> None:
        *rungs, top = widths_of(*size)
        assert set(rungs) <= set(LADDER)
        assert top == min(size[0], LADDER[-1]) or height_at(top, *size) >= HEIGHT_MAX - RATIO_MAX

    @given(sizes())
    def test_heights_keep_the_ratio_to_half_a_pixel(self, size: tuple[int, int]) -> None:
        for width in widths_of(*size):
            height = height_at(width, *size)
            assert 1 <= height <= HEIGHT_MAX
            assert height == 1 or abs(height - width * size[1] / size[0]) <= 0.5

    @pytest.mark.parametrize(
        ("size", "widths"),
        [
            ((4000, 3000), [240, 480, 960, 1440]),
            ((1440, 900), [240, 480, 960, 1440]),
            ((900, 900), [240, 480, 900]),
            ((512, 512), [240, 512]),
            ((100, 80), [100]),
        ],
    )
    def test_examples(self, size: tuple[int, int], widths: list[int]) -> None:
        assert widths_of(*size) == widths


class TestBounds:
    def test_bytes(self) -> None:
        check_bytes(BYTES_MAX)
        with pytest.raises(PictureTooLarge, match="20 MB"):
            check_bytes(BYTES_MAX + 1)

    def test_a_phone_with_48_megapixels_passes(self) -> None:
        check_size(8064, 6048)

    @pytest.mark.parametrize("size", [(8001, 8000), (100_000, 100_000), (1, 64_000_001)])
    def test_pixels(self, size: tuple[int, int]) -> None:
        with pytest.raises(PictureTooLarge, match="megapixels"):
            check_size(*size)

    @pytest.mark.parametrize("size", [(1, 1), (0, 0), (7, 100), (2100, 100), (100, 2100)])
    def test_slivers(self, size: tuple[int, int]) -> None:
        with pytest.raises(NotAPicture):
            check_size(*size)


class TestSniff:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
    def test_the_whitelist(self, kind: str) -> None:
        assert sniff(encode(corners(), kind)) == kind

    def test_heic_says_what_to_do(self) -> None:
        data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
        with pytest.raises(NotAPicture, match=r"HEIC.*JPEG"):
            sniff(data)

    def test_mif1_with_avif_inside_is_avif(self) -> None:
        assert sniff(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif") == "AVIF"

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
            (b"<?xml version='1.0'?>\n<!-- x --><SVG/>", "SVG"),
            (b"<!DOCTYPE html><html></html>", "web page"),
            (b"\xef\xbb\xbf <html>", "web page"),
            (b"%PDF-1.7", "PDF"),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "video"),
            (b"\x1aE\xdf\xa3", "video"),
            (b"II*\0\x08\0\0\0", "TIFF"),
            (b"BM1234", "BMP"),
            (b"hello", "not a picture"),
            (bytes(5000), "not a picture"),
        ],
    )
    def test_strangers_are_named(self, data: bytes, words: str) -> None:
        with pytest.raises(NotAPicture, match=words):
            sniff(data)

    def test_zip(self) -> None:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("photo.jpg", b"\xff\xd8\xff")
        with pytest.raises(NotAPicture, match="ZIP"):
            sniff(out.getvalue())

    @given(st.binary(max_size=200))
    def test_any_bytes_get_a_type_or_a_refusal(self, data: bytes) -> None:
        for prefix in (b"", b"\0\0\0\x18ftyp", b"\xff\xff\xff\xffftyp"):
            with suppress(NotAPicture):
                assert sniff(prefix + data) in {"JPEG", "PNG", "GIF", "WEBP", "AVIF"}


class TestNames:
    def test_the_hash_is_the_same_streamed_or_whole(self) -> None:
        state = ContentHash()
        state.update(b"ab")
        state.update(b"c")
        assert state.hex == content_hash(b"abc")
        assert content_hash(b"abc") != content_hash(b"abd")

    def test_the_path_holds_hash_width_and_format(self) -> None:
        assert rendition_path("abcd", 240, "webp") == "images/ab/abcd/240.webp"
