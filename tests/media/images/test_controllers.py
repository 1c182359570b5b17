"""Uploads and files over HTTP."""

from typing import Any

import httpx
import pytest

from app.kernel.house import House
from media.images.interfaces import Images
from media.images.rules import BYTES_MAX
from media.images.service import ImageService
from tests.media.images.pictures import corners, decode, encode, noise, shows_corners


async def upload(
    client: httpx.AsyncClient, data: bytes, name: str = "photo.jpg", **headers: str
) -> httpx.Response:
    """POST one file."""
    return await client.post("/v1/images", files={"file": (name, data)}, headers=headers)


@pytest.fixture
async def view(client: httpx.AsyncClient) -> dict[str, Any]:
    """A picture that was uploaded."""
    return (await upload(client, encode(corners(700, 500)))).json()


class TestUpload:
    async def test_created(self, client: httpx.AsyncClient) -> None:
        answer = await upload(client, encode(corners(700, 500)))
        assert answer.status_code == 201
        view = answer.json()
        assert set(view) == {
            *("id", "width", "height", "color", "placeholder", "base", "widths", "formats")
        }
        assert isinstance(view["id"], str)
        assert (view["width"], view["height"]) == (700, 500)
        assert view["widths"] == [240, 480, 700]
        assert view["formats"] == ["jpeg"]
        for width in view["widths"]:
            file = await client.get(f"{view['base']}/{width}.jpeg")
            assert file.status_code == 200
            assert shows_corners(decode(file.content))

    async def test_names_mean_nothing(self, client: httpx.AsyncClient) -> None:
        for name in ("evil.svg", "photo.heic", "x.php", "blob", "夕.jpg", "../../a"):
            answer = await upload(client, encode(corners(), "PNG"), name)
            assert answer.status_code == 201

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"", 400, "invalid"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "not_a_picture"),
            (b"<html><script>alert(1)</script>", 422, "not_a_picture"),
            (b"PK\x03\x04", 422, "not_a_picture"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", 422, "not_a_picture"),
            (encode(corners())[:900], 422, "picture_damaged"),
            (bytes(BYTES_MAX + 1), 413, "picture_too_large"),
            (bytes(BYTES_MAX + 5 * 1024 * 1024), 413, "too_large"),
        ],
    )
    async def test_refusals(
        self, client: httpx.AsyncClient, data: bytes, status: int, code: str
    ) -> None:
        answer = await upload(client, data)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"].startswith("application/problem+json")

    async def test_the_form_is_checked(self, client: httpx.AsyncClient) -> None:
        other = await client.post("/v1/images", files={"picture": ("a.jpg", encode(corners()))})
        assert other.status_code == 400
        text = await client.post("/v1/images", data={"file": "words"})
        assert text.status_code in (400, 415)
        json = await client.post("/v1/images", json={"file": "words"})
        assert json.status_code in (400, 415)
        junk = await client.post(
            "/v1/images", content=b"junk", headers={"content-type": "multipart/form-data"}
        )
        assert junk.status_code == 400

    async def test_signed_out(self, client: httpx.AsyncClient) -> None:
        assert (await upload(client, encode(corners()), **{"x-actor": ""})).status_code == 401

    async def test_owners(self, client: httpx.AsyncClient) -> None:
        data = encode(corners())
        ids = [
            (await upload(client, data, **{"x-actor": who})).json()["id"]
            for who in ("7", "7", "8", "501 90", "502 90", "503 90 test")
        ]
        assert ids[0] == ids[1]
        assert ids[3] == ids[4]
        assert len(set(ids)) == 4


class TestFiles:
    async def test_headers(self, client: httpx.AsyncClient, view: dict[str, Any]) -> None:
        answer = await client.get(f"{view['base']}/240.jpeg")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["accept-ranges"] == "bytes"
        assert not answer.headers["etag"].startswith("W/")

    async def test_conditions_and_ranges(
        self, client: httpx.AsyncClient, view: dict[str, Any]
    ) -> None:
        address = f"{view['base']}/240.jpeg"
        whole = await client.get(address)
        etag = whole.headers["etag"]
        unchanged = await client.get(address, headers={"if-none-match": etag})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        part = await client.get(address, headers={"range": "bytes=2-9", "if-range": etag})
        assert (part.status_code, part.content) == (206, whole.content[2:10])
        beyond = await client.get(address, headers={"range": "bytes=99999999-"})
        assert beyond.status_code == 416
        head = await client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))

    async def test_every_rendition_has_its_own_tag(
        self, client: httpx.AsyncClient, view: dict[str, Any], images: Images
    ) -> None:
        assert isinstance(images, ImageService)
        await images.render(view["base"].rpartition("/")[2])
        tags: set[str] = set()
        for width in view["widths"]:
            for name in ("avif", "webp", "jpeg"):
                answer = await client.get(f"{view['base']}/{width}.{name}")
                assert answer.headers["content-type"] == f"image/{name}"
                tags.add(answer.headers["etag"])
        assert len(tags) == 9

    async def test_other_addresses_are_404(
        self, client: httpx.AsyncClient, view: dict[str, Any]
    ) -> None:
        names = "241.jpeg 240.png 240.jpg 0240.jpeg 240 master 240.JPEG -1.jpeg 99999.jpeg"
        for name in (*names.split(), "240.jpeg.", "%2e%2e", "240.jpeg%00", "２４０.jpeg"):
            answer = await client.get(f"{view['base']}/{name}")
            assert answer.status_code == 404, name
            assert answer.json()["code"] in ("picture_not_found", "not_found")
        for hash_ in ("0" * 64, "abc", "A" * 64, "..", "%2e%2e%2f" * 4):
            answer = await client.get(f"/media/images/{hash_}/240.jpeg")
            assert answer.status_code == 404, hash_

    async def test_what_is_not_rendered_yet_is_404(self, client: httpx.AsyncClient) -> None:
        view = (await upload(client, encode(noise()))).json()
        assert (await client.get(f"{view['base']}/{view['widths'][0]}.avif")).status_code == 404

    async def test_a_store_that_lost_its_files_says_404(
        self, client: httpx.AsyncClient, view: dict[str, Any], house: House
    ) -> None:
        hash_ = view["base"].rpartition("/")[2]
        await house.objects.delete([f"images/{hash_[:2]}/{hash_}/240.jpeg"])
        assert (await client.get(f"{view['base']}/240.jpeg")).status_code == 404
