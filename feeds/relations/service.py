"""The use cases of the graph. A shopper's graph row is locked first, so that the changes of one
shopper, and the blocks that concern the shopper, happen one after the other.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, requires_shopper
from app.kernel.clock import Clock
from app.kernel.database import Transaction
from app.kernel.errors import Invalid
from app.kernel.events import Events
from app.kernel.http.cursors import Cursors
from app.kernel.structs import Page
from feeds.accounts.errors import AccountNotFound
from feeds.accounts.events import Followed, GraphChanged, Unfollowed
from feeds.accounts.interfaces import (
    AccountItem,
    AccountKind,
    AccountRecord,
    Accounts,
    Graph,
    Relations,
    Stance,
)
from feeds.relations.errors import AccountBlocked, FollowsFull, OwnAccount
from feeds.relations.repository import RelationRepository
from feeds.relations.schemas import BlockView, FollowView, MuteView
from games.packets.interfaces import Condition

_FOLLOWERS = "followers"
_FOLLOWING = "following"


class RelationService(Relations, Condition):
    """Follow, mute, block, not-interested, and what follows from them. Following is also a
    condition that packets may ask for."""

    def __init__(
        self,
        *,
        repository: RelationRepository,
        accounts: Accounts,
        clock: Clock,
        events: Events,
        cursors: Cursors,
        follows_max: int,
    ) -> None:
        self._repository = repository
        self._accounts = accounts
        self._clock = clock
        self._events = events
        self._cursors = cursors
        self._follows_max = follows_max

    async def follow(self, tx: Transaction, actor: Actor, account_id: int) -> FollowView:
        """Follow an account; doing it again changes nothing. Raises OwnAccount, AccountBlocked,
        FollowsFull."""
        shopper_id = await self._other(tx.session, actor, account_id)
        await self._repository.lock_graphs(tx.session, [shopper_id])
        # asked again under the lock: a block of either side locks it too
        stance = (await self.stances(tx.session, shopper_id, [account_id]))[account_id]
        if stance.blocked_by:
            raise AccountNotFound
        if stance.blocked:
            raise AccountBlocked
        if not stance.following:
            await self._follow(tx, shopper_id, account_id)
        followers = await self.followers_count(tx.session, account_id)
        return FollowView(following=True, followers=followers)

    async def holds(
        self, session: AsyncSession, shopper_id: int, target_id: int, measure: int
    ) -> bool:
        """See `Condition`: whether the shopper follows the account; there are no degrees of it."""
        return target_id in await self.followed_among(session, shopper_id, [target_id])

    async def knows(self, session: AsyncSession, target_id: int) -> bool:
        """See `Condition`."""
        return target_id in await self._accounts.records(session, [target_id])

    async def most(self, session: AsyncSession, target_id: int) -> int | None:
        """See `Condition`: one follows or does not."""
        return None

    async def unfollow(self, tx: Transaction, actor: Actor, account_id: int) -> FollowView:
        """Follow it no longer; doing it again changes nothing."""
        shopper_id = requires_shopper(actor)
        await self._accounts.visible(tx.session, actor, account_id)
        await self._repository.lock_graphs(tx.session, [shopper_id])
        if await self._repository.remove_follow(tx.session, account_id, shopper_id):
            await self._events.publish(tx, Unfollowed(account_id, shopper_id))
            await self._bump(tx, shopper_id, following=-1)
        followers = await self.followers_count(tx.session, account_id)
        return FollowView(following=False, followers=followers)

    async def mute(
        self, tx: Transaction, actor: Actor, account_id: int, *, muted: bool
    ) -> MuteView:
        """Keep an account's posts out of the caller's feed, or let them in again."""
        shopper_id = await self._other(tx.session, actor, account_id)
        await self._repository.lock_graphs(tx.session, [shopper_id])
        change = self._repository.add_mute if muted else self._repository.remove_mute
        if await change(tx.session, shopper_id, account_id):
            await self._bump(tx, shopper_id)
        return MuteView(muted=muted)

    async def block(
        self, tx: Transaction, actor: Actor, account_id: int, *, as_id: int | None, blocked: bool
    ) -> BlockView:
        """Block an account, or no longer. Both follow directions end, and neither sees the
        other's posts. `as_id` blocks in the name of another account the caller publishes as."""
        blocker = await self._acting(tx.session, actor, as_id)
        if blocker.id == account_id:
            raise OwnAccount
        target = (await self._accounts.records(tx.session, [account_id])).get(account_id)
        if target is None or target.live != blocker.live:
            raise AccountNotFound
        shoppers = [a.id for a in (blocker, target) if a.kind is AccountKind.SHOPPER]
        await self._repository.lock_graphs(tx.session, shoppers)
        if blocked:
            changed = await self._repository.add_block(
                tx.session, blocker.id, account_id, self._clock.now()
            )
        else:
            changed = await self._repository.remove_block(tx.session, blocker.id, account_id)
        if changed:
            for shopper_id in shoppers:
                other = account_id if shopper_id == blocker.id else blocker.id
                ended = blocked and await self._repository.remove_follow(
                    tx.session, other, shopper_id
                )
                if ended:
                    await self._events.publish(tx, Unfollowed(other, shopper_id))
                await self._bump(tx, shopper_id, following=-1 if ended else 0)
        return BlockView(blocked=blocked)

    async def hide_post(self, tx: Transaction, shopper_id: int, post_id: int) -> None:
        await self._repository.lock_graphs(tx.session, [shopper_id])
        if await self._repository.hide(tx.session, shopper_id, post_id):
            await self._bump(tx, shopper_id)

    async def unhide_post(self, tx: Transaction, shopper_id: int, post_id: int) -> None:
        await self._repository.lock_graphs(tx.session, [shopper_id])
        if await self._repository.unhide(tx.session, shopper_id, post_id):
            await self._bump(tx, shopper_id)

    async def followers(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        account_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[AccountItem]:
        """Who follows an account, the newest first."""
        await self._accounts.visible(session, viewer, account_id)
        before = _place(self._cursors.read(_FOLLOWERS, cursor, 2)) if cursor else None
        rows = await self._repository.newest_followers(session, account_id, before, limit + 1)
        items = await self._accounts.items(session, viewer, [id_ for _, id_ in rows[:limit]])
        more = self._cursors.make(_FOLLOWERS, *rows[limit - 1]) if len(rows) > limit else None
        return Page(items=items, next_cursor=more)

    async def following(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        account_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[AccountItem]:
        """Whom a shopper follows, the newest first; other kinds of accounts follow nobody."""
        await self._accounts.visible(session, viewer, account_id)
        before = _place(self._cursors.read(_FOLLOWING, cursor, 2)) if cursor else None
        rows = await self._repository.newest_following(session, account_id, before, limit + 1)
        items = await self._accounts.items(session, viewer, [id_ for _, id_ in rows[:limit]])
        more = self._cursors.make(_FOLLOWING, *rows[limit - 1]) if len(rows) > limit else None
        return Page(items=items, next_cursor=more)

    async def graph(self, session: AsyncSession, shopper_id: int) -> Graph:
        version, relations = await self._repository.graph(session, shopper_id)
        sets: dict[str, set[int]] = {"follow": set(), "mute": set(), "block": set()}
        for name, account_id in relations:
            sets[name].add(account_id)
        return Graph(
            version=version,
            allowed=frozenset(sets["follow"] - sets["mute"] - sets["block"]),
            blocked=frozenset(sets["block"]),
        )

    async def allowed_authors(
        self, session: AsyncSession, shopper_id: int
    ) -> tuple[int, frozenset[int]]:
        graph = await self.graph(session, shopper_id)
        return graph.version, graph.allowed

    async def graph_version(self, session: AsyncSession, shopper_id: int) -> int:
        return (await self.graph_versions(session, [shopper_id]))[shopper_id]

    async def graph_versions(
        self, session: AsyncSession, shopper_ids: Iterable[int]
    ) -> dict[int, int]:
        ids = list(shopper_ids)
        return dict.fromkeys(ids, 0) | await self._repository.versions(session, ids)

    async def hidden_posts(self, session: AsyncSession, shopper_id: int) -> frozenset[int]:
        return await self._repository.hidden(session, shopper_id)

    async def followed_among(
        self, session: AsyncSession, shopper_id: int, account_ids: Iterable[int]
    ) -> frozenset[int]:
        rows = await self._repository.relations_with(session, shopper_id, account_ids)
        return frozenset(id_ for name, id_ in rows if name == "follow")

    async def blocked_among(
        self, session: AsyncSession, account_id: int, other_ids: Iterable[int]
    ) -> frozenset[int]:
        return await self._repository.blocked_among(session, account_id, other_ids)

    async def stances(
        self, session: AsyncSession, shopper_id: int, account_ids: Iterable[int]
    ) -> dict[int, Stance]:
        ids = list(account_ids)
        if not ids:
            return {}
        held = set(await self._repository.relations_with(session, shopper_id, ids))
        return {
            id_: Stance(
                following=("follow", id_) in held,
                muted=("mute", id_) in held,
                blocked=("block", id_) in held,
                blocked_by=("blocked_by", id_) in held,
            )
            for id_ in ids
        }

    async def followers_after(
        self, session: AsyncSession, account_id: int, after_shopper_id: int, limit: int
    ) -> list[int]:
        return await self._repository.followers_after(session, account_id, after_shopper_id, limit)

    async def followers_count(self, session: AsyncSession, account_id: int) -> int:
        return (await self.followers_counts(session, [account_id]))[account_id]

    async def followers_counts(
        self, session: AsyncSession, account_ids: Iterable[int]
    ) -> dict[int, int]:
        ids = list(account_ids)
        return dict.fromkeys(ids, 0) | await self._repository.followers_counts(session, ids)

    async def following_count(self, session: AsyncSession, shopper_id: int) -> int:
        return await self._repository.following(session, shopper_id)

    async def _follow(self, tx: Transaction, shopper_id: int, account_id: int) -> None:
        if await self._repository.following(tx.session, shopper_id) >= self._follows_max:
            raise FollowsFull(f"At most {self._follows_max}; unfollow one first")
        now = self._clock.now()
        at_ms = int(now.timestamp() * 1000)
        await self._repository.add_follow(tx.session, account_id, shopper_id, at_ms)
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        await self._events.publish(tx, Followed(account_id, shopper_id, at))
        await self._bump(tx, shopper_id, following=1)

    async def _bump(self, tx: Transaction, shopper_id: int, following: int = 0) -> None:
        version = await self._repository.bump(tx.session, shopper_id, following)
        await self._events.publish(tx, GraphChanged(shopper_id, version))

    async def _other(self, session: AsyncSession, actor: Actor, account_id: int) -> int:
        """The caller's shopper id, when the account is visible and another one."""
        shopper_id = requires_shopper(actor)
        await self._accounts.visible(session, actor, account_id)
        if account_id == shopper_id:
            raise OwnAccount
        return shopper_id

    async def _acting(
        self, session: AsyncSession, actor: Actor, as_id: int | None
    ) -> AccountRecord:
        """The account in whose name the caller blocks."""
        if as_id is None:
            as_id = requires_shopper(actor)
        elif not await self._accounts.may_publish_as(session, actor, as_id):
            raise Invalid.field("#query/as", "This is not an account of yours")
        return (await self._accounts.records(session, [as_id]))[as_id]


def _place(values: tuple[int, ...]) -> tuple[int, int]:
    return values[0], values[1]
