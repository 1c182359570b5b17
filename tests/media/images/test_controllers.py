"""Uploads and files over HTTP."""

from typing import Any

import httpx
import pytest

from app.identity.interfaces import Role
from app.kernel.house import House
from media.images.rules import BYTES_MAX
from media.images.service import UPLOADS_PER_MINUTE
from tests.factories.town import Resident, Town
from tests.media.images.pictures import corners, decode, encode, noise, shows_corners


async def upload(
    client: httpx.AsyncClient, data: bytes, name: str = "photo.jpg", **headers: str
) -> httpx.Response:
    """POST one file."""
    return await client.post("/v1/images", files={"file": (name, data)}, headers=headers)


@pytest.fixture
async def view(client: httpx.AsyncClient, anna: Resident) -> dict[str, Any]:
    """A picture that was uploaded."""
    return (await upload(client, encode(corners(700, 500)))).json()


@pytest.mark.usefixtures("anna")
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
        answer = await upload(client, encode(corners()), authorization="")
        assert answer.status_code == 401

    async def test_members_and_keys_upload_for_their_brand(self, town: Town) -> None:
        shop = await town.shop()
        clerk = await town.member(shop.id, Role.CLERK)
        key, test_key = await town.key(shop, live=True), await town.key(shop, live=False)
        data = encode(corners())
        ids: list[str] = []
        for who in (await town.shopper(), shop.owner, clerk, key, test_key):
            files = {"file": ("a.jpg", data)}
            ids.append((await town.good("POST", "/v1/images", who, files=files))["id"])
        assert ids[1] == ids[2] == ids[3]
        assert len(set(ids)) == 3

    async def test_a_key_needs_the_scope(self, town: Town) -> None:
        key = await town.key(await town.shop(), live=True, scopes=["posts:write"])
        answer = await upload(town.client, encode(corners()), **key.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    async def test_a_key_that_repeats_itself_is_answered_the_same(self, town: Town) -> None:
        key = await town.key(await town.shop(), live=True)
        headers = {**key.headers, "idempotency-key": "once"}
        first = await upload(town.client, encode(corners()), **headers)
        again = await upload(town.client, encode(corners()), **headers)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert again.headers["idempotent-replayed"] == "true"
        other = await upload(town.client, encode(noise()), **headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    async def test_too_many_a_minute(self, client: httpx.AsyncClient) -> None:
        answers = [await upload(client, b"") for _ in range(UPLOADS_PER_MINUTE + 1)]
        assert {answer.status_code for answer in answers[:-1]} == {400}
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) > 0


class TestFiles:
    async def test_headers(self, client: httpx.AsyncClient, view: dict[str, Any]) -> None:
        answer = await client.get(f"{view['base']}/240.jpeg")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["accept-ranges"] == "bytes"
        assert not answer.headers["etag"].startswith("W/")
        assert answer.headers["x-content-type-options"] == "nosniff"
        canvas = await client.get(f"{view['base']}/240.jpeg", headers={"origin": "https://shop"})
        assert canvas.headers["access-control-allow-origin"] == "*"
        assert canvas.headers["vary"] == "origin"

    async def test_nobody_has_to_sign_in(
        self, client: httpx.AsyncClient, view: dict[str, Any]
    ) -> None:
        answer = await client.get(f"{view['base']}/240.jpeg", headers={"authorization": ""})
        assert answer.status_code == 200

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

    async def test_after_the_jobs_every_rendition_is_there_with_its_own_tag(
        self, client: httpx.AsyncClient, view: dict[str, Any], town: Town
    ) -> None:
        assert "media.images.render" in await town.run_jobs()
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

    async def test_what_is_not_rendered_yet_is_404(
        self, client: httpx.AsyncClient, anna: Resident
    ) -> None:
        view = (await upload(client, encode(noise()))).json()
        assert (await client.get(f"{view['base']}/{view['widths'][0]}.avif")).status_code == 404

    async def test_a_store_that_lost_its_files_says_404(
        self, client: httpx.AsyncClient, view: dict[str, Any], house: House
    ) -> None:
        hash_ = view["base"].rpartition("/")[2]
        await house.objects.delete([f"images/{hash_[:2]}/{hash_}/240.jpeg"])
        assert (await client.get(f"{view['base']}/240.jpeg")).status_code == 404
