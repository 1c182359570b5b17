"""SQL of the graph."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    Select,
    Table,
    any_,
    bindparam,
    delete,
    func,
    literal,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Base
from feeds.accounts.interfaces import HIDDEN_POSTS_MAX
from feeds.relations.models import (
    AccountBlock,
    Follow,
    FollowerCount,
    HiddenPost,
    Mute,
    ShopperGraph,
)

PARTS_MAX = 64
"""Rows of one account's follower count."""

_COUNT = text(
    """
    WITH free AS (
        SELECT part FROM follower_counts WHERE account_id = :account_id
        ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED
    ), counted AS (
        UPDATE follower_counts c SET followers = c.followers + :more FROM free
        WHERE c.account_id = :account_id AND c.part = free.part RETURNING 1
    )
    INSERT INTO follower_counts AS c (account_id, part, followers)
    SELECT :account_id, :part, :more WHERE NOT EXISTS (SELECT 1 FROM counted)
    ON CONFLICT (account_id, part) DO UPDATE SET followers = c.followers + excluded.followers
    """
)


class RelationRepository:
    """Follows, mutes, blocks, hidden posts and graph versions in PostgreSQL."""

    async def lock_graphs(self, session: AsyncSession, shopper_ids: Iterable[int]) -> None:
        """Change these shoppers' graphs one transaction at a time, locked in order of id."""
        ids = sorted(set(shopper_ids))
        if not ids:
            return
        rows = [{"shopper_id": id_, "version": 0, "following": 0} for id_ in ids]
        await session.execute(insert(ShopperGraph).values(rows).on_conflict_do_nothing())
        await session.execute(
            select(ShopperGraph.shopper_id)
            .where(ShopperGraph.shopper_id.in_(ids))
            .order_by(ShopperGraph.shopper_id)
            .with_for_update()
        )

    async def bump(self, session: AsyncSession, shopper_id: int, following: int = 0) -> int:
        """Raise a locked graph's version, and its number of follows by `following`."""
        statement = (
            update(ShopperGraph)
            .where(ShopperGraph.shopper_id == shopper_id)
            .values(version=ShopperGraph.version + 1, following=ShopperGraph.following + following)
            .returning(ShopperGraph.version)
        )
        return (await session.execute(statement)).scalar_one()

    async def following(self, session: AsyncSession, shopper_id: int) -> int:
        """How many accounts a shopper follows."""
        statement = select(ShopperGraph.following).where(ShopperGraph.shopper_id == shopper_id)
        return await session.scalar(statement) or 0

    async def versions(self, session: AsyncSession, shopper_ids: Iterable[int]) -> dict[int, int]:
        """The versions of the graphs that exist."""
        found = await session.execute(
            select(ShopperGraph.shopper_id, ShopperGraph.version).where(
                ShopperGraph.shopper_id == _any(shopper_ids)
            )
        )
        return dict(found.all())

    async def add_follow(
        self, session: AsyncSession, account_id: int, shopper_id: int, at_ms: int
    ) -> bool:
        """Whether it is new. Counts it."""
        values = {"account_id": account_id, "shopper_id": shopper_id, "at_ms": at_ms}
        added = await _add(session, Follow, values)
        return await self._counted(session, account_id, int(added), 1)

    async def remove_follow(self, session: AsyncSession, account_id: int, shopper_id: int) -> bool:
        """Whether there was one. Counts it."""
        removed = await session.execute(
            delete(Follow).where(Follow.account_id == account_id, Follow.shopper_id == shopper_id)
        )
        return await self._counted(session, account_id, _rows(removed), -1)

    async def add_mute(self, session: AsyncSession, shopper_id: int, account_id: int) -> bool:
        """Whether it is new."""
        values = {"shopper_id": shopper_id, "account_id": account_id}
        return await _add(session, Mute, values)

    async def remove_mute(self, session: AsyncSession, shopper_id: int, account_id: int) -> bool:
        """Whether there was one."""
        statement = delete(Mute).where(Mute.shopper_id == shopper_id, Mute.account_id == account_id)
        return _rows(await session.execute(statement)) > 0

    async def add_block(
        self, session: AsyncSession, blocker_id: int, blocked_id: int, at: datetime
    ) -> bool:
        """Whether it is new."""
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id, "at": at}
        return await _add(session, AccountBlock, values)

    async def remove_block(self, session: AsyncSession, blocker_id: int, blocked_id: int) -> bool:
        """Whether there was one."""
        statement = delete(AccountBlock).where(
            AccountBlock.blocker_id == blocker_id, AccountBlock.blocked_id == blocked_id
        )
        return _rows(await session.execute(statement)) > 0

    async def hide(self, session: AsyncSession, shopper_id: int, post_id: int) -> bool:
        """Whether it is new. Of more than the bound the oldest posts are forgotten."""
        values = {"shopper_id": shopper_id, "post_id": post_id}
        added = await _add(session, HiddenPost, values)
        beyond = (
            select(HiddenPost.post_id)
            .where(HiddenPost.shopper_id == shopper_id)
            .order_by(HiddenPost.post_id.desc())
            .offset(HIDDEN_POSTS_MAX)
            .scalar_subquery()
        )
        await session.execute(
            delete(HiddenPost).where(
                HiddenPost.shopper_id == shopper_id, HiddenPost.post_id.in_(beyond)
            )
        )
        return added

    async def unhide(self, session: AsyncSession, shopper_id: int, post_id: int) -> bool:
        """Whether it was hidden."""
        statement = delete(HiddenPost).where(
            HiddenPost.shopper_id == shopper_id, HiddenPost.post_id == post_id
        )
        return _rows(await session.execute(statement)) > 0

    async def hidden(self, session: AsyncSession, shopper_id: int) -> frozenset[int]:
        """Posts of no interest."""
        statement = select(HiddenPost.post_id).where(HiddenPost.shopper_id == shopper_id)
        return frozenset(await session.scalars(statement))

    async def graph(
        self, session: AsyncSession, shopper_id: int
    ) -> tuple[int, list[tuple[str, int]]]:
        """The version, and (relation, account) of everything, of one moment: one statement."""
        parts: list[Select[str, int]] = [
            select(literal("version"), ShopperGraph.version).where(
                ShopperGraph.shopper_id == shopper_id
            ),
            select(literal("follow"), Follow.account_id).where(Follow.shopper_id == shopper_id),
            select(literal("mute"), Mute.account_id).where(Mute.shopper_id == shopper_id),
            select(literal("block"), AccountBlock.blocked_id).where(
                AccountBlock.blocker_id == shopper_id
            ),
            select(literal("block"), AccountBlock.blocker_id).where(
                AccountBlock.blocked_id == shopper_id
            ),
        ]
        rows = (await session.execute(union_all(*parts))).all()
        version = next((value for name, value in rows if name == "version"), 0)
        return version, [(name, id_) for name, id_ in rows if name != "version"]

    async def relations_with(
        self, session: AsyncSession, shopper_id: int, account_ids: Iterable[int]
    ) -> Sequence[tuple[str, int]]:
        """(relation, account) between a shopper and these accounts: follow, mute, block,
        blocked_by."""
        ids = _any(account_ids)
        parts: list[Select[str, int]] = [
            select(literal("follow"), Follow.account_id).where(
                Follow.shopper_id == shopper_id, Follow.account_id == ids
            ),
            select(literal("mute"), Mute.account_id).where(
                Mute.shopper_id == shopper_id, Mute.account_id == ids
            ),
            select(literal("block"), AccountBlock.blocked_id).where(
                AccountBlock.blocker_id == shopper_id, AccountBlock.blocked_id == ids
            ),
            select(literal("blocked_by"), AccountBlock.blocker_id).where(
                AccountBlock.blocked_id == shopper_id, AccountBlock.blocker_id == ids
            ),
        ]
        return (await session.execute(union_all(*parts))).all()

    async def blocked_among(
        self, session: AsyncSession, account_id: int, other_ids: Iterable[int]
    ) -> frozenset[int]:
        """Accounts that block this one or are blocked by it."""
        ids = _any(other_ids)
        statement = union_all(
            select(AccountBlock.blocked_id).where(
                AccountBlock.blocker_id == account_id, AccountBlock.blocked_id == ids
            ),
            select(AccountBlock.blocker_id).where(
                AccountBlock.blocked_id == account_id, AccountBlock.blocker_id == ids
            ),
        )
        return frozenset((await session.execute(statement)).scalars())

    async def followers_after(
        self, session: AsyncSession, account_id: int, after_shopper_id: int, limit: int
    ) -> list[int]:
        """The next followers in the order of their ids."""
        statement = (
            select(Follow.shopper_id)
            .where(Follow.account_id == account_id, Follow.shopper_id > after_shopper_id)
            .order_by(Follow.shopper_id)
            .limit(limit)
        )
        return list(await session.scalars(statement))

    async def newest_followers(
        self, session: AsyncSession, account_id: int, before: tuple[int, int] | None, limit: int
    ) -> Sequence[tuple[int, int]]:
        """(at_ms, shopper) from the newest follow on."""
        place = (Follow.at_ms, Follow.shopper_id)
        statement = (
            select(*place)
            .where(Follow.account_id == account_id)
            .order_by(Follow.at_ms.desc(), Follow.shopper_id.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(tuple_(*place) < before)
        return (await session.execute(statement)).all()

    async def newest_following(
        self, session: AsyncSession, shopper_id: int, before: tuple[int, int] | None, limit: int
    ) -> Sequence[tuple[int, int]]:
        """(at_ms, account) from the newest follow on; a shopper's follows are few."""
        place = (Follow.at_ms, Follow.account_id)
        statement = (
            select(*place)
            .where(Follow.shopper_id == shopper_id)
            .order_by(Follow.at_ms.desc(), Follow.account_id.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(tuple_(*place) < before)
        return (await session.execute(statement)).all()

    async def followers_counts(
        self, session: AsyncSession, account_ids: Iterable[int]
    ) -> dict[int, int]:
        """The numbers of those that ever had a follower."""
        found = await session.execute(
            select(FollowerCount.account_id, func.sum(FollowerCount.followers))
            .where(FollowerCount.account_id == _any(account_ids))
            .group_by(FollowerCount.account_id)
        )
        return {account_id: int(count) for account_id, count in found}

    async def miscounted(self, session: AsyncSession) -> Sequence[tuple[int, int, int]]:
        """(account, counted, real) where the counts and the follows differ; none, unless broken."""
        counts = (
            select(FollowerCount.account_id, func.sum(FollowerCount.followers).label("n"))
            .group_by(FollowerCount.account_id)
            .subquery()
        )
        real = (
            select(Follow.account_id, func.count().label("n"))
            .group_by(Follow.account_id)
            .subquery()
        )
        account = func.coalesce(counts.c.account_id, real.c.account_id)
        counted, followed = func.coalesce(counts.c.n, 0), func.coalesce(real.c.n, 0)
        statement = (
            select(account, counted, followed)
            .select_from(counts.join(real, counts.c.account_id == real.c.account_id, full=True))
            .where(counted != followed)
            .limit(100)
        )
        return (await session.execute(statement)).all()

    async def _counted(
        self, session: AsyncSession, account_id: int, changed: int, more: int
    ) -> bool:
        if not changed:
            return False
        values = {"account_id": account_id, "more": more, "part": random.randrange(PARTS_MAX)}
        await session.execute(_COUNT, values)
        return True


async def _add(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless it is there. Whether it is new; SQLAlchemy keeps no count of inserts."""
    table = cast("Table", model.__table__)
    statement = insert(table).values(values).on_conflict_do_nothing().returning(literal(1))
    return (await session.execute(statement)).first() is not None


def _rows(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)  # type: ignore[no-any-return]


def _any(ids: Iterable[int]) -> Any:
    """`= ANY(array)`: one plan and one parameter for any number of ids."""
    return any_(bindparam(None, list(ids), ARRAY(BigInteger)))
