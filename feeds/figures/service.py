"""Figures: written by who decides, told to every process, kept in memory where they are read."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database, Transaction
from app.kernel.structs import encode_json
from app.kernel.valkey.changes import Change, Changes
from app.kernel.valkey.keys import BUCKETS
from app.realtime.interfaces import COUNTS_CHANGED, CountsChange
from feeds.figures.interfaces import CommentTally, ReactionTally
from feeds.figures.repository import Tally, TallyRepository
from feeds.figures.store import ViewStore
from feeds.posts.interfaces import PostCounts, Posts, PostStatus

_HELD_MAX = 100_000
_HELD_SECONDS = 60.0
"""A change is a hint: whoever told it may have died first. So what is held is read again."""
_ANNOUNCED_MAX = 500
"""Changes of one turn; the rest waits, newer figures replacing older ones."""
_VIEWS_WAITING_MAX = 10_000
_FLUSH_LOCK = 0x_F1_60_0E_5


class _Held(NamedTuple):
    counts: PostCounts
    ready: bytes
    """The same as JSON."""
    revision: int
    until: float


class FigureBoard:
    """The figures of posts in this process's memory: a `Listener` of the changes log."""

    def __init__(self, database: Database, repository: TallyRepository) -> None:
        self._database = database
        self._repository = repository
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._loading: Counter[int] = Counter()

    async def counts(self, post_ids: Sequence[int]) -> dict[int, PostCounts]:
        """What is known of these posts, the unknown ones read from SQL at once."""
        return {id_: held.counts for id_, held in (await self._look(post_ids)).items()}

    async def figures(self, post_ids: Sequence[int]) -> dict[int, bytes]:
        """The same as ready JSON."""
        return {id_: held.ready for id_, held in (await self._look(post_ids)).items()}

    async def _look(self, post_ids: Sequence[int]) -> dict[int, _Held]:
        now = asyncio.get_running_loop().time()
        held = self._held
        found = {
            id_: each
            for id_ in post_ids
            if (each := held.get(id_)) is not None and each.until > now
        }
        if len(found) < len(post_ids):
            missing = [id_ for id_ in post_ids if id_ not in found]
            await self._load(missing)
            found |= {id_: each for id_ in missing if (each := held.get(id_)) is not None}
        return found

    def changed(self, change: Change) -> None:
        """Newer figures, from whichever process."""
        if change.kind != COUNTS_CHANGED:
            return
        if change.id in self._held or change.id in self._loading:
            told = msgspec.json.decode(change.payload, type=CountsChange)
            counts = msgspec.json.decode(told.counts, type=PostCounts)
            self.hold(Tally(change.id, counts, told.revision))

    def reset(self) -> None:
        """Changes were missed."""
        self._held.clear()

    def hold(self, tally: Tally) -> None:
        """Keep figures unless newer ones are here."""
        known = self._held.get(tally.post_id)
        if known is not None and known.revision > tally.revision:
            return
        until = asyncio.get_running_loop().time() + _HELD_SECONDS
        ready = encode_json(tally.counts)
        self._held[tally.post_id] = _Held(tally.counts, ready, tally.revision, until)
        self._held.move_to_end(tally.post_id)
        if len(self._held) > _HELD_MAX:
            self._held.popitem(last=False)

    async def _load(self, missing: Sequence[int]) -> None:
        self._loading.update(missing)
        try:
            async with self._database.reading() as session:
                found = await self._repository.tallies(session, missing)
        finally:
            self._loading.subtract(missing)
            self._loading += Counter()  # forgets the zeros
        for tally in found:
            self.hold(tally)
        for id_ in set(missing) - {tally.post_id for tally in found}:
            if id_ not in self._held:
                self.hold(Tally(id_, PostCounts(), 0))


class Announcer:
    """Tells every process of new figures, a few times a second and only the newest of a post."""

    def __init__(self, changes: Changes, board: FigureBoard) -> None:
        self._changes = changes
        self._board = board
        self._waiting: dict[int, Tally] = {}

    def announce(self, tallies: Iterable[Tally]) -> None:
        """Tell of these within a moment."""
        for tally in tallies:
            known = self._waiting.get(tally.post_id)
            if known is None or known.revision < tally.revision:
                self._waiting[tally.post_id] = tally
            self._board.hold(tally)

    async def tell_now(self) -> int:
        """Append what waits to the changes log. Returns how many posts."""
        turn = list(self._waiting)[:_ANNOUNCED_MAX]
        tallies = [self._waiting.pop(post_id) for post_id in turn]
        payloads = [
            encode_json(CountsChange(each.revision, msgspec.Raw(encode_json(each.counts))))
            for each in tallies
        ]
        appends = (
            self._changes.append(COUNTS_CHANGED, tally.post_id, payload)
            for tally, payload in zip(tallies, payloads, strict=True)
        )
        await asyncio.gather(*appends)
        return len(tallies)


class TallyService:
    """Implements `Tallies`."""

    def __init__(
        self, repository: TallyRepository, board: FigureBoard, announcer: Announcer
    ) -> None:
        self._repository = repository
        self._board = board
        self._announcer = announcer

    async def settle_reactions(self, tx: Transaction, tallies: Mapping[int, ReactionTally]) -> None:
        """See `Tallies`."""
        self._tell_after(tx, await self._repository.settle_reactions(tx.session, tallies))

    async def settle_comments(self, tx: Transaction, tallies: Mapping[int, CommentTally]) -> None:
        """See `Tallies`."""
        self._tell_after(tx, await self._repository.settle_comments(tx.session, tallies))

    async def reactions_of(self, session: AsyncSession, post_id: int) -> ReactionTally:
        """See `Tallies`."""
        return await self._repository.reactions_of(session, post_id)

    async def comments_of(self, session: AsyncSession, post_id: int) -> CommentTally:
        """See `Tallies`."""
        return await self._repository.comments_of(session, post_id)

    async def reactions_after(
        self, session: AsyncSession, after_post_id: int, limit: int
    ) -> dict[int, ReactionTally]:
        """See `Tallies`."""
        return await self._repository.reactions_after(session, after_post_id, limit)

    async def comments_after(
        self, session: AsyncSession, after_post_id: int, limit: int
    ) -> dict[int, CommentTally]:
        """See `Tallies`."""
        return await self._repository.comments_after(session, after_post_id, limit)

    async def counts(self, post_ids: Sequence[int]) -> dict[int, PostCounts]:
        """See `Tallies`."""
        return await self._board.counts(post_ids)

    async def figures(self, post_ids: Sequence[int]) -> dict[int, bytes]:
        """See `Tallies`."""
        return await self._board.figures(post_ids)

    def _tell_after(self, tx: Transaction, changed: list[Tally]) -> None:
        async def tell() -> None:
            self._announcer.announce(changed)

        if changed:
            tx.after_commit(tell)


class ViewService:
    """Counts views: in memory for a second, in the cache for a few, then in SQL."""

    def __init__(
        self,
        database: Database,
        store: ViewStore,
        repository: TallyRepository,
        announcer: Announcer,
        posts: Posts,
    ) -> None:
        self._database = database
        self._store = store
        self._repository = repository
        self._announcer = announcer
        self._posts = posts
        self._seen: Counter[int] = Counter()

    def note(self, post_ids: Iterable[int]) -> None:
        """Somebody looked at these posts."""
        if len(self._seen) < _VIEWS_WAITING_MAX:
            self._seen.update(set(post_ids))

    async def hand_over(self) -> None:
        """Give what was seen to the cache; when that is away, keep it for the next time."""
        seen, self._seen = self._seen, Counter()
        try:
            await self._store.count(seen)
        except BaseException:
            self._seen.update(seen)
            raise

    async def flush(self) -> int:
        """Write what waits in the cache to SQL, unless another worker is at it. Returns how many
        posts were viewed."""
        async with self._database.transaction() as tx:
            lock = text("SELECT pg_try_advisory_xact_lock(:key)")
            if not await tx.session.scalar(lock, {"key": _FLUSH_LOCK}):
                return 0
            taken = await asyncio.gather(*(self._store.take(b) for b in range(BUCKETS)))
            views = {post_id: count for each in taken for post_id, count in each.items()}
            records = await self._posts.records(tx.session, views)
            real = {
                post_id: count
                for post_id, count in views.items()
                if post_id in records and records[post_id].status is PostStatus.PUBLISHED
            }
            self._announcer.announce(await self._repository.add_views(tx.session, real))
        await self._store.confirm(bucket for bucket, each in enumerate(taken) if each)
        return len(real)
