"""Packed posts: nothing is lost in packing, and only what anybody may see counts as open."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from feeds.posts.interfaces import Audience, Encoded, FanOut, PostKind, PostRecord, PostStatus
from feeds.timelines.reading.shelf import Item, viewer_of

RECORD = PostRecord(
    id=2**62 + 3,
    account_id=2**61 + 1,
    kind=PostKind.NEWS,
    status=PostStatus.PUBLISHED,
    audience=Audience.EVERYONE,
    live=True,
    version=12,
    published_at=datetime(2026, 11, 11, 0, 0, 0, 987_000, tzinfo=UTC),
    fan_out=FanOut.PUSH,
    author_shopper_id=5,
)
BODY = '{"text":"你好"}'.encode()
OTHERS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"audience": Audience.FOLLOWERS}, True),
    ({"audience": Audience.SELECTED}, False),
    ({"status": PostStatus.WITHDRAWN}, False),
    ({"status": PostStatus.DRAFT, "published_at": None}, False),
    ({"live": False}, False),
    ({"kind": PostKind.REPOST, "repost_of_id": 4, "original_account_id": 9}, False),
]


@pytest.mark.parametrize(("changes", "is_open"), OTHERS)
def test_packing_loses_nothing(changes: dict[str, Any], is_open: bool) -> None:
    record = msgspec.structs.replace(RECORD, **changes)
    post = Encoded.of(record, BODY)
    assert (post.record, post.body, post.is_open) == (record, BODY, is_open)
    assert post.place == (record.published_ms, record.id)
    assert post.parts == (record.id, post.parts[1], BODY)
    assert Encoded.read([record.id], [post.packed]) == {record.id: post}
    assert post.packed.startswith(b"%019d\n" % record.version)


@pytest.mark.parametrize(
    "value", [None, b"", b"12\n", b"%019d\n" % 12, b"12\nof another form altogether"]
)
def test_what_is_missing_or_of_another_form_is_left_out(value: bytes | None) -> None:
    earlier = b"12\n" + msgspec.msgpack.encode((RECORD, BODY))
    post = Encoded.of(RECORD, BODY)
    assert Encoded.read([1, 2, 3], [value, post.packed, earlier]) == {2: post}


def test_a_page_is_another_when_any_part_of_an_item_is() -> None:
    def brief(body: bytes, likes: bytes, liked: bool, following: bool) -> bytes:
        viewer = viewer_of(liked=liked, following=following)
        return Item(Encoded.of(RECORD, body), likes).shown(viewer)[1]

    pages = {
        brief(body, likes, liked, following)
        for body in (BODY, b"{}")
        for likes in (b'{"likes":0}', b'{"likes":1}')
        for liked in (True, False)
        for following in (True, False)
    }
    assert len(pages) == 16
