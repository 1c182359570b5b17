"""What is not yours is 404: asked of every route with an id in its path.

Each operation is either listed as open to strangers, with the reason, or answers 404 to a shopper
who has nothing to do with the object, to another brand's owner, to another brand's key, and, for
live objects, to a test key of the same brand. A new route fails here until it is sorted.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.faults.installation import Installation

# whose answer is the same for everybody, and why
OPEN = {
    "getImageFile": "pictures are public by their hash",
    "getStillFile": "what is not published has a token in its address",
    "getHlsPointer": "what is not published has a token in its address",
    "getDashPointer": "what is not published has a token in its address",
    "getManifest": "what is not published has a token in its address",
    "getSegment": "what is not published has a token in its address",
    "getCaptions": "what is not published has a token in its address",
    "getAccount": "accounts are public",
    "listFollowers": "accounts are public",
    "listFollowing": "accounts are public",
    "listAccountPosts": "accounts are public",
    "follow": "anyone may follow",
    "unfollow": "anyone may stop",
    "mute": "about the caller's own feed",
    "unmute": "about the caller's own feed",
    "block": "about the caller's own feed",
    "unblock": "about the caller's own feed",
    "getPost": "published posts are public",
    "hidePost": "about the caller's own feed",
    "unhidePost": "about the caller's own feed",
    "listPostEdits": "what a published post said before is public",
    "likePost": "anyone may like what they see",
    "unlikePost": "anyone may take it back",
    "sharePost": "anyone may share what they see",
    "listComments": "comments are public",
    "listReplies": "comments are public",
    "writeComment": "anyone may comment on what they see",
    "listHashtagPosts": "hashtags are public",
    "getProduct": "catalogues are public",
    "listProducts": "catalogues are public",
    "getPoll": "polls are public",
    "vote": "anyone may answer what they see",
    "getPacketLink": "for whoever was sent the code",
    "getPopUp": "what pops up is announced",
    "getBrand": "names of brands are public",
    "getCoupon": "coupons are offered to everybody",
    "collectCoupon": "anyone may collect what is offered",
}
TUS = {"tus-resumable": "1.0.0"}
STREAM = {**TUS, "content-type": "application/offset+octet-stream", "upload-offset": "0"}
HEADERS = {"continueUpload": STREAM, "cancelUpload": TUS}
SCOPES = ["posts:write", "products:write", "packets:read", "packets:write"]
SCOPES += ["videos:read", "videos:write"]
SCOPES += ["coupons:read", "coupons:write", "coupons:redeem"]
SCOPES += ["polls:read", "polls:write"]
TEST_KEY = "the brand's test key"
NOWHERE = defaultdict(lambda: "1234567890123")
PRODUCT = {"title": "杯子", "price": {"amountMinor": 100, "currency": "CNY"}}
PACKET = {"title": "红包", "rules": {"form": "equal", "count": 1, "eachMinor": 1}}
TEN_OFF = {"type": "amount", "amount": {"amountMinor": 1_000, "currency": "CNY"}}
COUPON = {"title": "减十元", "discount": TEN_OFF, "count": 1, "validDays": 7}
POLL = {
    "question": "哪一个？",
    "options": ["这个", "那个"],
    "closesAt": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
}
HELP = {"link": "a guessed link", "device": "a device"}
SLIDES = {"productIds": ["1"], "template": "night", "title": "x"}
CAPTIONS = {"language": "zh", "label": "x", "text": "WEBVTT\n\n00:01.000 --> 00:02.000\nx"}
BODIES: dict[str, Any] = {
    "createSlideshow": SLIDES,
    "chooseVideoCover": {"atMs": 0},
    "trimVideo": {"startMs": 0, "endMs": 1000},
    "overlayVideo": {"text": {"text": "x"}},
    "putCaptions": CAPTIONS,
    "updateAccount": {"bio": "taken over"},
    "updateBrand": {"name": "taken over"},
    "makeKey": {"name": "mine", "scopes": ["posts:write"]},
    "rotateKey": {"overlapHours": 1},
    "inviteMember": {"phone": "13911112222", "role": "owner"},
    "changeMember": {"role": "clerk"},
    "createProduct": PRODUCT,
    "importProducts": {"items": [{**PRODUCT, "externalId": "A-1"}]},
    "updateProduct": {"title": "taken over"},
    "updatePost": {"text": "taken over"},
    "createPoll": POLL,
    "updatePoll": {"question": "taken over"},
    "createPacket": PACKET,
    "updatePacket": {"title": "taken over"},
    "schedulePacket": {},
    "grabPacket": {"ticket": "guessed"},
    "restoreClaim": {"receipt": "guessed"},
    "restoreEntry": {"receipt": "guessed"},
    "dismissQuarantined": {"note": "a defect"},
    "payQuarantined": {"note": "a defect"},
    "reserveHelp": HELP,
    "releaseHelp": HELP,
    "confirmHelp": HELP,
    "createCoupon": {**COUPON, "collectUntil": "2026-11-12T00:00:00Z"},
    "updateCoupon": {"title": "taken over"},
    "redeemCoupon": {"code": "7KQM-2VXA-9RTB"},
    "updateVideo": {"title": "taken over"},
    "saveTimeline": {"revision": 0, "cues": []},
    "publishTimeline": {"revision": 0},
    "copyTimeline": {"videoId": "4711"},
    "replaceVideo": {"uploadId": "4711"},
    "takeDownVideo": {"words": "taken over"},
    "refuseVideo": {"words": "taken over"},
    "topUp": {"amount": {"amountMinor": 100, "currency": "CNY"}, "reference": "r"},
}


@dataclass
class World:
    """Things of a shopper and a brand, and strangers to both."""

    http: httpx.Client
    ids: dict[str, str] = field(default_factory=dict[str, str])
    strangers: dict[str, str] = field(default_factory=dict[str, str])

    def call(self, token: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"authorization": f"Bearer {token}"}
        answer = self.http.request(method, path, json=body, headers=headers, **more)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def world(installation: Installation, tokens: list[str]) -> World:
    operator, owner, other_owner, victim, stranger, _ = tokens
    # plain HTTP: that certificates are not looked at saves reading them, hundreds of times
    world = World(httpx.Client(base_url=installation.url, timeout=30.0, verify=False))
    brand = _brand(world, operator, owner)
    other = _brand(world, operator, other_owner)
    at_work = world.call(owner, "POST", f"/v1/auth/workplaces/{brand}")["accessToken"]
    at_other = world.call(other_owner, "POST", f"/v1/auth/workplaces/{other}")["accessToken"]
    key = world.call(at_work, "POST", f"/v1/brands/{brand}/keys", BODIES["makeKey"])
    every_scope = {"name": "k", "scopes": SCOPES}
    other_key = world.call(
        at_other, "POST", f"/v1/brands/{other}/keys", {**every_scope, "live": True}
    )
    test_key = world.call(at_work, "POST", f"/v1/brands/{brand}/keys", every_scope)
    product = world.call(at_work, "POST", f"/v1/brands/{brand}/products", PRODUCT)
    packet = world.call(at_work, "POST", f"/v1/brands/{brand}/packets", PACKET)
    offered = {**COUPON, "collectUntil": str(datetime.now(UTC) + timedelta(days=1))}
    coupon = world.call(at_work, "POST", f"/v1/brands/{brand}/coupons", offered)
    poll = world.call(at_work, "POST", f"/v1/brands/{brand}/polls", POLL)
    member = world.call(at_work, "GET", f"/v1/brands/{brand}/members")["items"][0]
    draft = world.call(victim, "POST", "/v1/posts", {"kind": "news", "text": "x", "draft": True})
    post = world.call(victim, "POST", "/v1/posts", {"kind": "news", "text": "x"})["post"]
    words = {"text": "first"}
    comment = world.call(victim, "POST", f"/v1/posts/{post['id']}/comments", words)
    session = world.call(victim, "GET", "/v1/auth/sessions")["items"][0]
    world.ids = {
        "brand_id": brand,
        "key_id": key["id"],
        "member_id": member["id"],
        "product_id": product["id"],
        "packet_id": packet["id"],
        "coupon_id": coupon["id"],
        "poll_id": poll["id"],
        "account_id": post["account"]["id"],
        "post_id": post["id"],
        "draft_id": draft["post"]["id"],
        "comment_id": comment["id"],
        "session_id": session["id"],
        "image_id": _picture(world, victim),
        "drop_id": "4711",
        "work_id": "4711",
        "language": "zh",
        "upload_id": _upload(world, at_work),
        "video_id": _video(world, at_work),
        "withdrawal_id": "4711",
        "correction_id": _correction(world, operator, brand),
        "order": "4711",
    }
    world.strangers = {
        "a shopper": stranger,
        "another brand's owner": at_other,
        "another brand's key": other_key["key"],
        TEST_KEY: test_key["key"],
    }
    return world


def _brand(world: World, operator: str, owner: str) -> str:
    brand = world.call(operator, "POST", "/v1/brands", {"name": f"山茶工坊 {owner[-6:]}"})["id"]
    me = world.call(owner, "GET", "/v1/me")
    phone = "+8619900000" + me["phoneMasked"][-4:].rjust(4, "0")[-3:]
    body = {"phone": phone, "role": "owner"}
    world.call(operator, "POST", f"/v1/brands/{brand}/members", body)
    return brand


def _correction(world: World, operator: str, brand: str) -> str:
    booked = world.call(operator, "POST", f"/v1/brands/{brand}/ledger/top-ups", BODIES["topUp"])
    body = {"sequence": booked["id"], "reason": "a test"}
    return world.call(operator, "POST", "/v1/ledger/corrections", body)["id"]


def _picture(world: World, token: str) -> str:
    file = BytesIO()
    Image.new("RGB", (300, 300), "red").save(file, "PNG")
    answer = world.http.post(
        "/v1/images",
        files={"file": ("a.png", file.getvalue(), "image/png")},
        headers={"authorization": f"Bearer {token}"},
        timeout=30.0,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def _upload(world: World, token: str, data: bytes = b"") -> str:
    headers = {"authorization": f"Bearer {token}", **TUS, "upload-length": str(len(data) or 5)}
    begun = world.http.post("/v1/uploads", headers=headers)
    assert begun.status_code == 201, begun.text
    if data:
        headers = {"authorization": f"Bearer {token}", **STREAM}
        path = begun.headers["location"]
        sent = world.http.patch(path, headers=headers, content=data)
        assert sent.status_code == 204, sent.text
    return begun.json()["id"]


def _video(world: World, token: str) -> str:
    body = {"uploadId": _upload(world, token, b"no film"), "title": "x"}
    return world.call(token, "POST", "/v1/videos", body)["id"]


def _closed(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (operation["operationId"], method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "{" in path and operation["operationId"] not in OPEN
    ]


def test_every_closed_route_is_404_to_strangers(world: World) -> None:
    document = world.http.get("/v1/openapi.json").json()
    leaks: list[str] = []
    closed = _closed(document)
    assert len(closed) > 15
    for name, method, template in closed:
        for who, token in world.strangers.items():
            path, nowhere = template.format_map(world.ids), template.format_map(NOWHERE)
            answer = _ask(world, token, method, path, name)
            # keys are told that a route is not for keys, before any object is looked at
            nothing = _ask(world, token, method, nowhere, name)
            refused = answer.status_code == 403 and "key" in who
            fine = answer.status_code == 404 or (refused and nothing.status_code == 403)
            fine = fine or (who == TEST_KEY and "{brand_id}" in template)  # at home there
            if not fine:
                leaks.append(f"{name} for {who}: {answer.status_code} {answer.text[:120]}")
    assert not leaks, "\n".join(leaks)


def _ask(world: World, token: str, method: str, path: str, name: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", **HEADERS.get(name, {})}
    body = BODIES.get(name)
    return world.http.request(method, path, json=body, headers=headers)


def test_a_draft_is_nobody_elses_business(world: World) -> None:
    path = f"/v1/posts/{world.ids['draft_id']}"
    for who, token in world.strangers.items():
        headers = {"authorization": f"Bearer {token}"}
        assert world.http.get(path, headers=headers).status_code == 404, who
        for method, more in (("PUT", "/like"), ("POST", "/comments"), ("POST", "/shares")):
            body = {"text": "x"} if more == "/comments" else {"channel": "link"}
            answer = world.http.request(method, path + more, headers=headers, json=body)
            assert answer.status_code in (403, 404), f"{who} {more}: {answer.text}"
    assert world.http.get(path).status_code == 404


def test_other_peoples_pictures_cannot_be_used(world: World) -> None:
    body = {"kind": "pictures", "text": "mine?", "pictureIds": [world.ids["image_id"]]}
    headers = {"authorization": f"Bearer {world.strangers['a shopper']}"}
    answer = world.http.post("/v1/posts", json=body, headers=headers)
    assert answer.status_code in (400, 404, 422), answer.text
    change = {"avatarImageId": world.ids["image_id"]}
    answer = world.http.patch("/v1/me", json=change, headers=headers)
    assert answer.status_code in (400, 404, 422), answer.text


def test_test_keys_see_no_live_data(world: World) -> None:
    headers = {"authorization": f"Bearer {world.strangers[TEST_KEY]}"}
    brand = world.ids["brand_id"]
    products = world.http.get(f"/v1/brands/{brand}/products", headers=headers)
    assert world.ids["product_id"] not in [each["id"] for each in products.json()["items"]]
    for path in ("posts/" + world.ids["post_id"], "products/" + world.ids["product_id"]):
        assert world.http.get(f"/v1/{path}", headers=headers).status_code == 404
