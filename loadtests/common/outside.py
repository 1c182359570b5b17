"""The outside log: what the server acknowledged, written down by those who were told.

The server's own audit cannot be the only judge of what the server lost. A request whose answer
never came, or came as 5xx, may or may not have happened: it is `unsure`, and either outcome is
accepted afterwards. Everything acknowledged must be there.
"""

import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any


class Told(Enum):
    """How much an answer tells: it happened, it did not, or who knows."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Refused(Exception):
    """Somebody asked for what must be there, and got something else than a good answer."""


def told_by(status: int) -> Told:
    """What an HTTP status says about the effect; 0 is no answer at all."""
    if 200 <= status < 300:
        return Told.YES
    if 400 <= status < 500:
        return Told.NO
    return Told.UNSURE


@dataclass
class Fact:
    """A relation that can be switched: the last acknowledged state, and whether it may differ."""

    on: bool = False
    unsure: bool = False

    def note(self, on: bool, told: Told) -> None:
        """Take in one answer. An acknowledged answer settles earlier doubts."""
        if told is Told.YES:
            self.on, self.unsure = on, False
        elif told is Told.UNSURE:
            self.unsure = True


@dataclass
class PostFact:
    """A post that was acknowledged: where it belongs in a feed."""

    id: int
    account: int
    published_at: str
    withdrawn: Fact = field(default_factory=Fact)


class OutsideLog:
    """Everything told to the virtual shoppers of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.posts: dict[int, PostFact] = {}
        self.unsure_authors: set[int] = set()
        """Accounts with a publication of unknown outcome: extra posts of theirs are forgiven."""
        self.follows: dict[tuple[int, int], Fact] = defaultdict(Fact)
        """(shopper, account)"""
        self.likes: dict[tuple[int, int], Fact] = defaultdict(Fact)
        """(post, shopper)"""
        self.comments: dict[int, set[int]] = defaultdict(set)
        """Acknowledged comments by post."""
        self.shoppers: set[int] = set()

    def note_post(self, id_: int, account: int, published_at: str) -> None:
        """A publication was acknowledged."""
        with self._lock:
            self.posts[id_] = PostFact(id_, account, published_at)

    def note_follow(self, shopper: int, account: int, on: bool, told: Told) -> None:
        """A follow or unfollow was answered."""
        with self._lock:
            self.follows[shopper, account].note(on, told)

    def note_like(self, post: int, shopper: int, on: bool, told: Told) -> None:
        """A like or its removal was answered."""
        with self._lock:
            self.likes[post, shopper].note(on, told)

    def note_comment(self, post: int, comment: int) -> None:
        """A comment was acknowledged."""
        with self._lock:
            self.comments[post].add(comment)

    def note_withdrawal(self, post: int, told: Told) -> None:
        """A withdrawal was answered."""
        with self._lock:
            if post in self.posts:
                self.posts[post].withdrawn.note(True, told)

    def stands(self, post: int) -> bool:
        """Whether a post was published and nobody asked for its withdrawal."""
        fact = self.posts.get(post)
        return fact is not None and not (fact.withdrawn.on or fact.withdrawn.unsure)

    def standing(self) -> list[int]:
        """The posts to act on, the oldest first."""
        return [post for post in list(self.posts) if self.stands(post)]

    def begin_withdrawal(self, post: int) -> None:
        """It is being asked for: from now on the post may be gone for whoever looks."""
        self.note_withdrawal(post, Told.UNSURE)

    def save(self, path: Path, **more: Any) -> None:
        """Write all of it as JSON, and what else there is, for a look afterwards."""
        with self._lock:
            plain = {
                "posts": {
                    post.id: [post.account, post.published_at, post.withdrawn.on]
                    for post in self.posts.values()
                },
                "follows": [[*pair, fact.on, fact.unsure] for pair, fact in self.follows.items()],
                "likes": [[*pair, fact.on, fact.unsure] for pair, fact in self.likes.items()],
                "comments": {post: sorted(ids) for post, ids in self.comments.items()},
                **more,
            }
        path.write_text(json.dumps(plain))
