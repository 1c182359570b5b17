"""What one connected client hears: everything that matters once, and chatter only as it stands."""

import json
from typing import Any

import pytest

from app.kernel.actors import Actor, ActorKind
from app.realtime.interfaces import NewPost, Notice
from app.realtime.line import TOO_SLOW, WAITING_MAX, Line


@pytest.fixture
async def line() -> Line:
    line = Line(Actor(kind=ActorKind.SHOPPER, id=7), 7, 1e12)
    line.greeted("10-0", [])
    line.show_from((1_000, 1), "h")
    return line


async def heard(line: Line) -> list[dict[str, Any]]:
    line.tick()
    return [json.loads(each.message) for each in await line.next_messages()]


def post(post_id: int, ms: int = 2_000, account_id: int = 5) -> NewPost:
    return NewPost(post_id=post_id, published_ms=ms, account_id=account_id)


async def test_figures_are_said_as_they_stand(line: Line):
    line.watched = frozenset((3,))
    for likes in range(50):
        line.counts(3, b'{"likes":%d}' % likes)
    assert await heard(line) == [{"type": "post.counts", "postId": "3", "counts": {"likes": 49}}]


async def test_new_posts_are_counted_once_and_from_the_head_on(line: Line):
    assert line.new_post(post(2), "h2")
    assert not line.new_post(post(2), "h2")
    assert not line.new_post(post(9, ms=999), "h9")
    assert line.new_post(post(3), "h3")
    assert await heard(line) == [{"type": "feed.new", "count": 2, "head": "h3"}]
    line.show_from((2_000, 2), "h2")
    assert line.new_post(post(4, account_id=6), "h4")
    assert (await heard(line))[0]["count"] == 2
    assert line.unfollowed({5})
    assert (await heard(line))[0]["count"] == 1
    assert line.gone(4)
    assert (await heard(line))[0]["count"] == 0


async def test_a_notification_is_said_once_in_whatever_order_it_comes(line: Line):
    for event_id in ("12-0", "11-0", "12-0"):
        line.notify(Notice(event_id, b'{"id":"%b"}' % event_id.encode()))
    assert [each["id"] for each in await heard(line)] == ["12-0", "11-0"]


async def test_what_is_told_before_the_welcome_follows_it():
    line = Line(Actor(kind=ActorKind.SHOPPER, id=7), 7, 1e12)
    line.notify(Notice("12-0", b'"new"'))
    line.say(b'"welcome"')
    line.greeted("11-0", [Notice("11-0", b'"missed"')])
    messages = [each.message for each in await line.next_messages()]
    assert messages == [b'"welcome"', b'"missed"', b'"new"']


async def test_a_client_that_does_not_read_is_closed_rather_than_deprived(line: Line):
    for number in range(WAITING_MAX):
        line.notify(Notice(f"{number + 20}-0", b"1"))
    assert line.closing is None
    line.notify(Notice("99999-0", b"1"))
    assert line.closing == TOO_SLOW
    assert len(await line.next_messages()) == WAITING_MAX
