"""Use cases of reactions: who may react, deciding, settling, and which posts a shopper likes."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence

from app.identity.interfaces import requires_shopper
from app.kernel.actors import Actor
from app.kernel.audits import audit_each
from app.kernel.database import Database, Transaction
from app.kernel.errors import NotFound
from app.kernel.events import Events
from app.kernel.valkey.aggregates import LOADS_MAX, forget_all
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.client import Valkey
from app.kernel.valkey.decisions import Decision
from app.kernel.valkey.errors import ValkeyUnavailable
from app.kernel.valkey.scripts import Refusal
from app.realtime.interfaces import POST_GONE
from feeds.accounts.interfaces import Relations
from feeds.figures.interfaces import ReactionTally, Tallies
from feeds.posts.interfaces import Audience, Marks, PostCounts, PostRecord, Posts, PostStatus
from feeds.reactions.errors import ReactRefusal
from feeds.reactions.events import PostLiked
from feeds.reactions.repository import Reaction, ReactionRepository
from feeds.reactions.rules import EVER_LIKED, LIKED, ShareChannel, channel_bit, is_liked, shares_in
from feeds.reactions.store import (
    Decided,
    LikedStore,
    Loaded,
    Noted,
    ReactionStore,
    marks_key,
    noted,
)

ROWS_LOADED_MAX = 20_000
"""Posts with more reactions are loaded without them; each shopper's is then read when needed."""
_NO_LIKES = b"0"
"""The mark of a floor below all posts, and of no post that was asked for."""
_BLOCKS_SECONDS = 10.0
_BLOCKS_HELD_MAX = 4_096


class PostGate:
    """Implements `Gate`: posts for everyone are answered from memory, others by SQL."""

    def __init__(self, database: Database, posts: Posts, relations: Relations) -> None:
        self._database = database
        self._posts = posts
        self._relations = relations
        self._blocks: OrderedDict[int, tuple[float, frozenset[int]]] = OrderedDict()

    async def admit(self, actor: Actor, post_id: int) -> PostRecord:
        """See `Gate`."""
        shopper_id = requires_shopper(actor)
        encoded = (await self._posts.encoded([post_id])).get(post_id)
        record = encoded.record if encoded is not None else None
        if record is None or record.status is not PostStatus.PUBLISHED:
            raise NotFound
        if record.audience is not Audience.EVERYONE or record.live is not actor.live:
            return await self._ask_sql(actor, post_id)
        if shopper_id in await self._blocked_with(record.account_id):
            raise NotFound
        return record

    async def _ask_sql(self, actor: Actor, post_id: int) -> PostRecord:
        async with self._database.reading() as session:
            record = (await self._posts.visible(session, actor, [post_id])).get(post_id)
        if record is None or record.status is not PostStatus.PUBLISHED:
            raise NotFound
        return record

    async def _blocked_with(self, account_id: int) -> frozenset[int]:
        """Who blocks the account or is blocked by it, as of ten seconds ago at most."""
        now = asyncio.get_running_loop().time()
        held = self._blocks.get(account_id)
        if held is not None and held[0] > now:
            return held[1]
        async with self._database.reading() as session:
            blocked = (await self._relations.graph(session, account_id)).blocked
        self._blocks[account_id] = (now + _BLOCKS_SECONDS, blocked)
        self._blocks.move_to_end(account_id)
        if len(self._blocks) > _BLOCKS_HELD_MAX:
            self._blocks.popitem(last=False)
        return blocked


class ReactionService:
    """Decides reactions in the post's bucket, and writes what was decided to SQL."""

    def __init__(
        self,
        database: Database,
        live: Valkey,
        store: ReactionStore,
        liked: LikedStore,
        repository: ReactionRepository,
        tallies: Tallies,
        posts: Posts,
        events: Events,
        changes: Changes,
    ) -> None:
        self._database = database
        self._live = live
        self._store = store
        self._liked = liked
        self._repository = repository
        self._tallies = tallies
        self._posts = posts
        self._events = events
        self._changes = changes

    async def like(self, post_id: int, shopper_id: int) -> Decided:
        """The shopper likes the post; again is the same."""
        return await self._react(post_id, shopper_id, LIKED | EVER_LIKED, 0)

    async def unlike(self, post_id: int, shopper_id: int) -> Decided:
        """The shopper does not like the post any more; again is the same."""
        return await self._react(post_id, shopper_id, 0, LIKED)

    async def share(self, post_id: int, shopper_id: int, channel: ShareChannel) -> Decided:
        """The shopper shared the post over a channel; counted once a channel."""
        return await self._react(post_id, shopper_id, channel_bit(channel), 0)

    async def _react(self, post_id: int, shopper_id: int, to_set: int, to_clear: int) -> Decided:
        in_sql: int | None = None
        for _ in range(LOADS_MAX):
            answer = await self._store.react(
                post_id, shopper_id, to_set=to_set, to_clear=to_clear, in_sql=in_sql
            )
            if isinstance(answer, Decided):
                await self._note(post_id, shopper_id, answer)
                return answer
            if answer is Refusal.NOT_LOADED:
                await self._store.posts.load(post_id, lambda token: self._load(post_id, token))
            else:
                assert answer is ReactRefusal.UNKNOWN
                async with self._database.reading() as session:
                    in_sql = await self._repository.bits_of(session, post_id, shopper_id)
        raise ValkeyUnavailable

    async def _note(self, post_id: int, shopper_id: int, decided: Decided) -> None:
        """Let the shopper's next page show the like at once. The settling does it again."""
        if decided.order is None:
            return
        try:
            liked = is_liked(decided.bits)
            await self._liked.note(shopper_id, post_id, decided.order, liked=liked)
        except ValkeyUnavailable:
            return

    async def _load(self, post_id: int, token: str) -> None:
        async with self._database.snapshot() as session:
            record = (await self._posts.records(session, [post_id])).get(post_id)
            tally = await self._tallies.reactions_of(session, post_id)
            bits = await self._repository.bits_of_all(session, post_id, ROWS_LOADED_MAX)
        if record is None:
            raise NotFound
        if bits is not None:
            likes = sum(is_liked(each) for _, each in bits)
            shares = sum(shares_in(each) for _, each in bits)
            if (likes, shares) != (tally.likes, tally.shares):
                raise ValkeyUnavailable("Some reactions are still being written")
        closed = record.status is not PostStatus.PUBLISHED
        await self._store.load(post_id, token, Loaded(tally.likes, tally.shares, bits, closed))

    async def close(self, post_id: int) -> None:
        """The post was withdrawn: no more reactions, and it vanishes from open screens."""
        await self._store.posts.close(post_id)
        await self._changes.append(POST_GONE, post_id)

    async def settle(self, tx: Transaction, decisions: list[Decision]) -> None:
        """Write decided reactions, in any order and any number of times."""
        reactions = [_reaction(each) for each in decisions]
        changed, first = await self._repository.settle(tx.session, reactions)
        last: dict[int, Reaction] = {}
        for each in sorted(reactions, key=lambda reaction: reaction.order):
            last[each.post_id] = each
        await self._tallies.settle_reactions(
            tx,
            {
                post_id: ReactionTally(each.likes, each.shares, each.order)
                for post_id, each in last.items()
            },
        )
        for event in _likes(first):
            await self._events.publish(tx, event)
        tx.after_commit(lambda: self._after_settled(decisions, reactions, changed))

    async def _after_settled(
        self, decisions: list[Decision], reactions: list[Reaction], changed: list[Reaction]
    ) -> None:
        releases = [
            self._store.posts.release(reaction.post_id, decision)
            for decision, reaction in zip(decisions, reactions, strict=True)
        ]
        notes = [
            self._liked.note(each.shopper_id, each.post_id, each.order, liked=is_liked(each.bits))
            for each in changed
        ]
        await asyncio.gather(*releases, *notes)

    async def rebuild(self) -> int:
        """Have every post's reactions loaded from SQL again. Returns how many buckets."""
        return await forget_all(self._live)

    async def audit(self) -> list[str]:
        """A sentence for every post whose figures differ between its rows, SQL's tally and the
        live state. Runs under load: a post that changes meanwhile is looked at again."""
        return await audit_each(self._tallied_after, self._difference)

    async def _tallied_after(self, after: int, limit: int) -> Collection[int]:
        async with self._database.reading() as session:
            return await self._tallies.reactions_after(session, after, limit)

    async def _difference(self, post_id: int) -> str | None:
        """How a post's rows, tally and live state differ at this moment; None when they agree."""
        standing = await self._store.standing(post_id)
        async with self._database.snapshot() as session:
            tally = await self._tallies.reactions_of(session, post_id)
            sums = (await self._repository.sums(session, [post_id])).get(post_id)
        rows = (sums.likes, sums.shares) if sums else (0, 0)
        if rows != (tally.likes, tally.shares):
            return (
                f"post {post_id}: counted {tally.likes} likes and {tally.shares} shares, "
                f"its rows hold {rows[0]} and {rows[1]}"
            )
        if standing is None or (standing.last_order or 0) < tally.order:
            return None  # nothing live to compare with, or it has moved on since
        if standing.last_order is not None and standing.last_order > tally.order:
            return f"post {post_id}: its last reaction is not in SQL"
        if (standing.likes, standing.shares) == rows:
            return None
        return (
            f"post {post_id}: {standing.likes} likes and {standing.shares} shares live, "
            f"{rows[0]} and {rows[1]} in SQL"
        )


class Likes:
    """Implements posts' door `Engagement`."""

    def __init__(
        self,
        database: Database,
        store: LikedStore,
        repository: ReactionRepository,
        tallies: Tallies,
    ) -> None:
        self._database = database
        self._store = store
        self._repository = repository
        self._tallies = tallies

    async def counts(self, post_ids: Sequence[int]) -> dict[int, PostCounts]:
        """See `Engagement`."""
        return await self._tallies.counts(post_ids)

    async def figures(self, post_ids: Sequence[int]) -> dict[int, bytes]:
        """See `Engagement`."""
        return await self._tallies.figures(post_ids)

    async def liked(self, shopper_id: int, post_ids: Sequence[int]) -> frozenset[int]:
        """See `Engagement`. One call to the cache; SQL for what is older than it holds."""
        if not post_ids:
            return frozenset()
        try:
            known = await self._store.read(shopper_id, post_ids)
            if known.floor is None:
                async with self._database.reading() as session:
                    rows = await self._repository.liked_recent(session, shopper_id)
                await self._store.load(shopper_id, rows)
                known = await self._store.read(shopper_id, post_ids)
        except ValkeyUnavailable:
            known = Noted(None, {})
        liked, unknown = _known(post_ids, known)
        if unknown:
            async with self._database.reading() as session:
                liked |= await self._repository.liked_among(session, shopper_id, unknown)
        return liked

    def marks_key(self, shopper_id: int) -> str:
        """See `Engagement`."""
        return marks_key(shopper_id)

    def told(self, post_ids: Sequence[int], marks: Marks | None) -> frozenset[int] | None:
        """See `Engagement`."""
        if marks == _NO_LIKES:
            return frozenset()
        liked, unknown = _known(post_ids, noted(post_ids, marks))
        return None if unknown else liked


def _known(post_ids: Sequence[int], known: Noted) -> tuple[frozenset[int], list[int]]:
    """Which of the posts are liked, and those of which only SQL can tell."""
    liked = frozenset(id_ for id_, is_so in known.of.items() if is_so)
    floor = known.floor
    if floor == 0:  # all that the shopper ever liked is noted
        return liked, []
    return liked, [
        id_ for id_ in post_ids if id_ not in known.of and (floor is None or id_ < floor)
    ]


def _reaction(decision: Decision) -> Reaction:
    field = decision.fields
    return Reaction(
        post_id=int(field["post"]),
        shopper_id=int(field["shopper"]),
        bits=int(field["bits"]),
        order=decision.order,
        likes=int(field["likes"]),
        shares=int(field["shares"]),
    )


def _likes(first: Sequence[Reaction]) -> list[PostLiked]:
    """One event a post, however many likes a batch holds."""
    by_post: dict[int, list[Reaction]] = {}
    for each in sorted(first, key=lambda reaction: reaction.order):
        by_post.setdefault(each.post_id, []).append(each)
    return [
        PostLiked(post_id, tuple(e.shopper_id for e in likes), likes[-1].order, likes[-1].likes)
        for post_id, likes in by_post.items()
    ]
