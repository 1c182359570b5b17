"""The judge of a rehearsal notices every kind of broken promise, and forgives only the unsure."""

from copy import deepcopy
from typing import Any

import pytest

from loadtests.common.check import broken_promises
from loadtests.common.outside import Fact, OutsideLog, Told, told_by

ME, BRAND, OTHER = 1, 50, 60


class Server:
    """Answers like one that keeps its promises; each test bends it."""

    def __init__(self) -> None:
        self.feed = [102, 101]
        self.likes = {101: 1, 102: 0, 103: 0}
        self.comments = {101: [900]}

    def fetch(self, shopper: int | None, path: str) -> Any:
        if path.startswith("/v1/feed"):
            return {"items": [self._item(id_) for id_ in self.feed], "nextCursor": None}
        id_ = int(path.split("/")[3].split("?")[0])
        if "comments" in path:
            items = [{"id": str(c)} for c in self.comments.get(id_, [])]
            return {"items": items, "nextCursor": None}
        return self._item(id_) | {"counts": {"likes": self.likes[id_]}}

    def _item(self, id_: int) -> dict[str, Any]:
        account = {101: BRAND, 102: BRAND, 103: OTHER, 104: BRAND}[id_]
        post = {"id": str(id_), "account": {"id": str(account)}, "publishedAt": _at(id_)}
        return {"post": post, "counts": {"likes": 0}}


def _at(id_: int) -> str:
    return f"2026-11-11T00:00:00.{id_}Z"


@pytest.fixture
def log() -> OutsideLog:
    log = OutsideLog()
    log.shoppers.add(ME)
    for id_, account in ((101, BRAND), (102, BRAND), (103, OTHER)):
        log.note_post(id_, account, _at(id_))
    log.note_follow(ME, BRAND, True, Told.YES)
    log.note_like(101, ME, True, Told.YES)
    log.note_comment(101, 900)
    return log


def judge(log: OutsideLog, server: Server) -> list[str]:
    return list(broken_promises(deepcopy_without_lock(log), server.fetch))


def deepcopy_without_lock(log: OutsideLog) -> OutsideLog:
    copy = OutsideLog()
    for name in ("posts", "follows", "likes", "comments", "shoppers"):
        setattr(copy, name, deepcopy(getattr(log, name)))
    return copy


def test_a_kept_promise_is_not_complained_about(log: OutsideLog) -> None:
    assert judge(log, Server()) == []


@pytest.mark.parametrize("feed", [[102], [101], [], [101, 102], [103, 102, 101]])
def test_a_wrong_feed_is_noticed(log: OutsideLog, feed: list[int]) -> None:
    server = Server()
    server.feed = feed
    assert len(judge(log, server)) == 1


def test_a_lost_like_and_an_invented_one_are_noticed(log: OutsideLog) -> None:
    server = Server()
    server.likes = {101: 0, 102: 1, 103: 0}
    assert len(judge(log, server)) == 2


def test_a_lost_comment_is_noticed(log: OutsideLog) -> None:
    server = Server()
    server.comments = {}
    assert "comments are gone" in judge(log, server)[0]


def test_a_post_that_stays_after_its_withdrawal_is_noticed(log: OutsideLog) -> None:
    log.note_withdrawal(102, Told.YES)
    assert len(judge(log, Server())) == 1


def test_the_unsure_may_go_either_way(log: OutsideLog) -> None:
    log.note_like(102, ME, True, Told.UNSURE)
    log.note_follow(ME, OTHER, True, Told.UNSURE)
    log.note_withdrawal(101, Told.UNSURE)
    server = Server()
    for feed in ([103, 102, 101], [102]):
        for likes in (0, 1):
            server.feed, server.likes[102] = feed, likes
            assert judge(log, server) == []


def test_what_an_answer_tells() -> None:
    assert [told_by(status) for status in (200, 204, 404, 429, 500, 503, 0)] == [
        Told.YES,
        Told.YES,
        Told.NO,
        Told.NO,
        Told.UNSURE,
        Told.UNSURE,
        Told.UNSURE,
    ]


def test_a_later_answer_settles_a_doubt() -> None:
    fact = Fact()
    fact.note(True, Told.UNSURE)
    assert fact.unsure
    fact.note(False, Told.YES)
    assert (fact.on, fact.unsure) == (False, False)
