"""Doors of other slices, for tests of the slices that decide: which posts there are, nothing else.

Servers are real in every test; only the neighbours are stood in for here, so that a test of
deciding does not fail for what goes wrong in publishing."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.kernel.actors import Actor
from feeds.accounts.interfaces import AccountCard, AccountKind, Graph
from feeds.posts.interfaces import Audience, Encoded, PostKind, PostRecord, PostStatus


class KnownPosts:
    """Posts by id; `withdraw` ends one."""

    def __init__(self) -> None:
        self._posts: dict[int, PostRecord] = {}

    def publish(self, post_id: int, account_id: int = 1) -> int:
        self._posts[post_id] = PostRecord(
            id=post_id,
            account_id=account_id,
            kind=PostKind.NEWS,
            status=PostStatus.PUBLISHED,
            audience=Audience.EVERYONE,
            live=True,
            version=1,
            published_at=datetime.now(UTC),
        )
        return post_id

    def withdraw(self, post_id: int) -> None:
        known = self._posts[post_id]
        self._posts[post_id] = msgspec.structs.replace(known, status=PostStatus.WITHDRAWN)

    async def records(self, session: Any, ids: Iterable[int]) -> dict[int, PostRecord]:
        return {id_: self._posts[id_] for id_ in ids if id_ in self._posts}

    async def encoded(self, ids: Sequence[int]) -> dict[int, Encoded]:
        return {id_: Encoded.of(self._posts[id_], b"{}") for id_ in ids if id_ in self._posts}

    async def visible(
        self, session: Any, actor: Actor | None, ids: Sequence[int]
    ) -> dict[int, PostRecord]:
        records = await self.records(session, ids)
        return {id_: r for id_, r in records.items() if r.status is PostStatus.PUBLISHED}


class KnownAccounts:
    """Everybody has a card; an account is managed by who has its id."""

    async def cards(self, session: Any, ids: Iterable[int]) -> dict[int, AccountCard]:
        return {
            id_: AccountCard(
                id=id_,  # pyright: ignore[reportArgumentType]
                kind=AccountKind.SHOPPER,
                name=f"shopper {id_}",
                avatar=None,
                verified=False,
            )
            for id_ in ids
        }

    async def may_publish_as(self, session: Any, actor: Actor, account_id: int) -> bool:
        return actor.shopper_id == account_id


class KnownRelations:
    """Who blocks whom, as pairs."""

    def __init__(self) -> None:
        self.blocks: set[frozenset[int]] = set()

    async def graph(self, session: Any, shopper_id: int) -> Graph:
        blocked = {each for pair in self.blocks if shopper_id in pair for each in pair}
        return Graph(version=1, allowed=frozenset(), blocked=frozenset(blocked - {shopper_id}))
