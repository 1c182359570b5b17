"""Comments in the live Valkey: decided in the post's bucket, readable before SQL holds them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.kernel.errors import AppError
from app.kernel.valkey.aggregates import IDLE_SECONDS, Aggregates, order_of
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import Decision, decide
from app.kernel.valkey.keys import bucket_of, key
from app.kernel.valkey.pipeline import Reply
from app.kernel.valkey.scripts import Refusal, Script
from feeds.comments.errors import CommentRefusal, ParentGone, PostClosed
from feeds.comments.interfaces import Fact, Line

WAITING_MAX = 1_000
"""Comments of one post that may be on their way to SQL."""
_WHERE_SECONDS = 3_600
_NOT_THERE = "-"

_REFUSALS: Mapping[int, type[AppError]] = {
    CommentRefusal.CLOSED: PostClosed,
    CommentRefusal.PARENT_GONE: ParentGone,
}
_WRITE = Script.load("feeds/comments/lua/write_comment.lua", _REFUSALS)
_MODERATE = Script.load("feeds/comments/lua/moderate_comment.lua", _REFUSALS)
_LOAD = Script.load("feeds/comments/lua/load_comments.lua")

Facts = Mapping[str, str]
"""What SQL said, by field of the state."""


class Accepted(NamedTuple):
    """A comment stands: a new one, or the one that was sent before."""

    comment_id: int
    is_new: bool


class Moderated(NamedTuple):
    """How a comment stands after a moderation."""

    status: int


class Standing(NamedTuple):
    """What the live state of a post says, for audits."""

    comments: int
    last_order: int | None
    """Of the last decision since it was loaded."""


class CommentStore:
    """Where comments are decided."""

    def __init__(self, live: Valkey) -> None:
        self._live = live
        self.posts = Aggregates(live, "comments")

    async def write(
        self, post_id: int, line: Line, *, parent_id: int, client_id: str, facts: Facts
    ) -> Accepted | Refusal | CommentRefusal:
        """Decide on a new comment, and note where it will be found. Returns NOT_LOADED or
        FACTS_MISSING where SQL has to be asked first.

        Raises `PostClosed`, `ParentGone`, and `ValkeyUnavailable` when away or too much waits.
        """
        args = (
            post_id, line.id, line.author_id, parent_id, client_id, line.text, WAITING_MAX
        )  # fmt: skip
        keys = (self.posts.state_key(post_id), _waiting_key(post_id))
        noted = self._live.call("SET", _where_key(line.id), post_id, "EX", _WHERE_SECONDS)
        decided = decide(self._live, _WRITE, bucket_of(post_id), keys, (*args, *_flat(facts)))
        _, reply = await asyncio.gather(noted, decided)
        if isinstance(reply, int):
            return _refusal(reply)
        comment_id, _, entry = reply
        return Accepted(int(comment_id), bool(entry))

    async def moderate(
        self, post_id: int, comment_id: int, *, to_set: int, to_clear: int, facts: Facts
    ) -> Moderated | Refusal | CommentRefusal:
        """Decide on hiding, showing or deleting. Returns NOT_LOADED, FACTS_MISSING or NOT_THERE.

        Raises `ValkeyUnavailable` when away or too much is unsettled.
        """
        reply = await decide(
            self._live,
            _MODERATE,
            bucket_of(post_id),
            (self.posts.state_key(post_id),),
            (post_id, comment_id, to_set, to_clear, *_flat(facts)),
        )
        if isinstance(reply, int):
            return _refusal(reply)
        return Moderated(reply[0])

    async def load(
        self, post_id: int, token: str, *, comments: int, whole: bool, closed: bool
    ) -> None:
        """Put the state from SQL in place, unless the token was taken away."""
        args = (token, int(closed), int(whole), comments, IDLE_SECONDS)
        await self._live.run(_LOAD, self.posts.loading_keys(post_id), args)

    async def waiting(self, post_id: int) -> list[Line]:
        """Comments that are on their way to SQL."""
        records: list[bytes] = await self._live.call("HVALS", _waiting_key(post_id))
        return [_line(post_id, record) for record in records]

    async def waiting_one(self, post_id: int, comment_id: int) -> Line | None:
        """A comment that is on its way to SQL."""
        record = await self._live.call("HGET", _waiting_key(post_id), comment_id)
        return None if record is None else _line(post_id, record)

    async def facts(self, post_id: int, comment_ids: Sequence[int]) -> dict[int, Fact]:
        """What was decided about comments since the state was loaded."""
        if not comment_ids:
            return {}
        fields = [fact_field(id_) for id_ in comment_ids]
        found: Reply = await self._live.call("HMGET", self.posts.state_key(post_id), *fields)
        return {id_: _fact(text) for id_, text in zip(comment_ids, found, strict=True) if text}

    async def post_of(self, comment_id: int) -> int | None:
        """The post of a comment written in the last hour."""
        found = await self._live.call("GET", _where_key(comment_id))
        return None if found is None else int(found)

    async def arrived(self, post_id: int, decision: Decision, comment_id: int | None) -> None:
        """The decision is in SQL: the comment it was about, if new, waits no longer."""
        if comment_id is not None:
            await self._live.call("HDEL", _waiting_key(post_id), comment_id)
        await self.posts.release(post_id, decision)

    async def standing(self, post_id: int) -> Standing | None:
        """How the post stands in memory; None when it is not loaded."""
        state = self.posts.state_key(post_id)
        comments, last = await self._live.call("HMGET", state, "count", "last")
        return None if comments is None else Standing(int(comments), order_of(last))


def fact_field(comment_id: int) -> str:
    """The field of a comment's fact."""
    return f"m{comment_id}"


def client_field(author_id: int, client_id: str) -> str:
    """The field of the comment an author sent under a client id."""
    return f"k{author_id}:{client_id}"


def fact_text(fact: Fact | None) -> str:
    """A fact as the scripts read it; for a comment that is not there, its absence."""
    if fact is None:
        return _NOT_THERE
    return f"{fact.author_id}:{fact.root_id}:{fact.status}:{fact.replies}:"


def client_text(comment_id: int | None) -> str:
    """What SQL knows under a client id, as the scripts read it."""
    return _NOT_THERE if comment_id is None else str(comment_id)


def _flat(facts: Facts) -> Iterable[str]:
    return (each for pair in facts.items() for each in pair)


def _refusal(reply: int) -> Refusal | CommentRefusal:
    if reply == Refusal.NOT_LOADED:
        return Refusal.NOT_LOADED
    return CommentRefusal(reply)


def _waiting_key(post_id: int) -> str:
    return key(post_id, "comments", post_id, "waiting")


def _where_key(comment_id: int) -> str:
    return key(comment_id, "comment", comment_id)


def _line(post_id: int, record: bytes) -> Line:
    parts = msgspec.msgpack.decode(record, type=tuple[str, str, str, str, str, str, str])
    id_, entry, created_ms, author_id, root_id, replied_id, text = parts
    order = order_of(entry.encode()) or 0
    return Line(
        id=int(id_),
        post_id=post_id,
        author_id=int(author_id),
        root_id=int(root_id),
        replied_id=int(replied_id),
        text=text,
        created_ms=int(created_ms),
        order=order,
        decided=order,
    )


def _fact(text: bytes) -> Fact:
    author_id, root_id, status, replies, entry = text.split(b":")
    return Fact(int(author_id), int(root_id), int(status), int(replies), order_of(entry) or 0)
