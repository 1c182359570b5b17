"""What any client may send to the whole house, over a socket."""

import httpx
import pytest

from tests.application import application
from tests.factories.town import Town
from tests.served import talking

NOT_UTF8 = b'{"text":"\xff"}'
DEEP = [b"[" * 3_000, b'{"text":' * 3_000]


@pytest.mark.parametrize(
    ("path", "bodies"),
    [("/v1/posts", [NOT_UTF8, *DEEP]), ("/v1/packets/1234567890123/grab", [NOT_UTF8])],
)
async def test_what_is_no_json_is_the_callers_mistake(
    town: Town, path: str, bodies: list[bytes]
) -> None:
    """Text that is not UTF-8, and nesting deeper than anybody follows, which a hot request has no
    room for."""
    shopper = await town.shopper()
    headers = {**shopper.headers, "content-type": "application/json"}
    async with talking(application(town.composed)) as client:
        for body in bodies:
            answer = await client.post(path, content=body, headers=headers)
            assert answer.status_code == 400, answer.text
            assert answer.json()["code"] == "invalid"


async def test_head_is_get_without_the_body(town: Town) -> None:
    """For whoever watches whether we are up, and everybody's `curl -I`."""
    shopper = await town.shopper()
    post_id = await town.post_id(shopper)
    paths = ["/v1/openapi.json", "/health/ready", f"/v1/posts/{post_id}", "/v1/feed", "/v1/nothing"]
    async with talking(application(town.composed)) as client:
        for path in paths:
            get = await client.get(path, headers=shopper.headers)
            head = await client.head(path, headers=shopper.headers)
            assert head.status_code == get.status_code, path
            assert _told(head) == _told(get), path
            assert head.content == b""


async def test_head_is_not_allowed_where_get_is_not(town: Town) -> None:
    async with talking(application(town.composed)) as client:
        answer = await client.head("/v1/auth/codes")
    assert answer.status_code == 405


async def test_the_type_of_a_problem_leads_to_what_it_means(town: Town) -> None:
    async with talking(application(town.composed)) as client:
        problem = (await client.get("/v1/posts/1234567890123")).json()
        address, _, anchor = problem["type"].partition("#")
        page = await client.get(address)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<section id="{anchor}">' in page.text
    assert problem["title"] in page.text


def _told(answer: httpx.Response) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k not in ("date", "x-request-id")}
