"""Use cases of timelines: building, pushing, forgetting, and reading the feed.

A page is right when it equals the merge of everything published by the allowed authors, as SQL
would give it. Timelines and outboxes say *which* posts come next; whether the shopper may see a
post is asked of the post itself at every read, and the page is filled up.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import Clock
from app.kernel.database import Database
from app.kernel.metrics import Metrics
from app.kernel.valkey.changes import Changes
from app.kernel.valkey.errors import ValkeyUnavailable
from feeds.accounts.interfaces import Accounts, Relations
from feeds.posts.interfaces import (
    Audience,
    Encoded,
    Engagement,
    Place,
    PostRecord,
    Posts,
    PostStatus,
    Reader,
)
from feeds.timelines import rules
from feeds.timelines.reading.outboxes import Outbox, Outboxes, PulledAuthors
from feeds.timelines.reading.shelf import Item, Shelf
from feeds.timelines.repository import TimelineRepository
from feeds.timelines.rules import TOP, Window
from feeds.timelines.schemas import FeedSource
from feeds.timelines.store import Claim, Loaded, Reading, State, TimelineStore, ids_of, reading_of

log: structlog.stdlib.BoundLogger = structlog.get_logger("timelines")

SUGGESTED_ACCOUNTS = 30

_BUILDS_MAX = 3
_is_open = attrgetter("is_open")


class Examined(msgspec.Struct, frozen=True):
    """Posts that were looked at for a page, shown or not, and what was found of them."""

    ids: Sequence[int]
    found: Mapping[int, Item]
    """Those of them that exist, and what others asked for beside."""

    def posts(self) -> dict[int, Encoded | None]:
        """What each post was; None where there was none."""
        return {id_: item.post if (item := self.found.get(id_)) else None for id_ in self.ids}


class Found(msgspec.Struct, frozen=True):
    """Posts a shopper may see, newest first, and the position to go on below (None: no more)."""

    posts: list[Item]
    following: bytes | None
    source: FeedSource = FeedSource.FOLLOWING
    examined: Sequence[Examined] = ()
    sealed: bool = False
    """Whether it may be held under the seal that its first reading came with."""
    liked: frozenset[int] | None = None
    """Which of them the shopper likes, where that was told beside."""


class Opening(msgspec.Struct, frozen=True):
    """What the timeline said, and the pulled authors it was asked for."""

    reading: Reading
    authors: PulledAuthors


class TimelineService:
    """Keeps timelines in step with SQL."""

    def __init__(
        self,
        store: TimelineStore,
        database: Database,
        repository: TimelineRepository,
        posts: Posts,
        relations: Relations,
        clock: Clock,
        metrics: Metrics,
        *,
        items_max: int,
    ) -> None:
        self._store = store
        self._database = database
        self._repository = repository
        self._posts = posts
        self._relations = relations
        self._clock = clock
        self._metrics = metrics
        self._items_max = items_max

    async def build(self, shopper_id: int) -> bool:
        """Make a missing timeline from SQL. False when somebody else is at it, or when the graph
        kept changing meanwhile: then SQL answers, and the next reader tries again."""
        for _ in range(_BUILDS_MAX):
            token = secrets.token_bytes(8)
            claim = await self._store.begin(shopper_id, token)
            if claim is not Claim.CLAIMED:
                return claim is Claim.READY
            loaded = await self.load(shopper_id)
            if await self._store.finish(shopper_id, token, self.hour(), loaded):
                self._metrics.timeline_rebuilds.inc()
                return True
        return False

    async def load(self, shopper_id: int) -> Loaded:
        """What SQL says of a feed, without asking who may see each post: that may change."""
        async with self._database.reading() as session:
            graph = await self._relations.graph(session, shopper_id)
            hidden = await self._relations.hidden_posts(session, shopper_id)
            records = await self._published(session, sorted(graph.allowed))
        entries = [entry_of(record) for record in records]
        complete = len(entries) <= self._items_max
        return Loaded(entries[: self._items_max], complete, graph.allowed, hidden, graph.blocked)

    async def load_outbox(self, author_id: int) -> Outbox:
        """What SQL says of an author's newest posts."""
        async with self._database.reading() as session:
            records = await self._published(session, [author_id])
        entries = [entry_of(record) for record in records]
        return Outbox(entries[: self._items_max], len(entries) <= self._items_max)

    async def load_pulled_authors(self) -> frozenset[int]:
        """Who is pulled, as SQL says."""
        async with self._database.reading() as session:
            return frozenset(await self._repository.pulled_authors(session))

    async def _published(self, session: AsyncSession, authors: Sequence[int]) -> list[PostRecord]:
        if not authors:
            return []
        return await self._posts.published_before(session, authors, None, self._items_max + 1)

    async def forget(self, shopper_id: int) -> None:
        """The graph changed: the next read builds anew, and a rebuild under way will not count."""
        await self._store.drop([shopper_id])

    def hour(self) -> int:
        """Hours since 1970: how exactly the last use of a timeline is known."""
        return int(self._clock.now_seconds() // 3600)


class FeedReader:
    """Finds the posts of a page."""

    def __init__(
        self,
        timelines: TimelineService,
        store: TimelineStore,
        outboxes: Outboxes,
        changes: Changes,
        database: Database,
        posts: Posts,
        shelf: Shelf,
        engagement: Engagement,
        relations: Relations,
        accounts: Accounts,
    ) -> None:
        self._timelines = timelines
        self._store = store
        self._outboxes = outboxes
        self._changes = changes
        self._database = database
        self._posts = posts
        self._shelf = shelf
        self._engagement = engagement
        self._relations = relations
        self._accounts = accounts

    @property
    def outboxes_version(self) -> int:
        """Changes whenever an outbox does."""
        return self._outboxes.version

    async def encoded(self, post_ids: Sequence[int]) -> dict[int, Encoded]:
        """The present bytes of posts, from memory where nothing changed."""
        return await self._posts.encoded(post_ids)

    async def open(
        self, shopper_id: int, below: bytes, wanted: int, *, sealed: bool = False
    ) -> Opening | None:
        """Ask the timeline, together with the log's head and with what the shopper likes;
        `sealed`: and for the shopper's seal. None when only SQL can answer."""
        try:
            opening = await self._read(shopper_id, below, wanted, sealed)
            if opening.reading.state is State.MISSING and await self._timelines.build(shopper_id):
                opening = await self._read(shopper_id, below, wanted, sealed)
        except ValkeyUnavailable:
            log.info("feed_without_cache")
            return None
        return opening if opening.reading.state is State.PAGE else None

    async def find(
        self,
        shopper_id: int,
        below: bytes,
        wanted: int,
        *,
        until: bytes | None = None,
        opening: Opening | None = None,
    ) -> Found:
        """The next `wanted` visible posts below a position, down to `until` (excluded).

        From the timeline as far as it reaches, then from SQL; from SQL alone when the timeline is
        being built or the cache is away. `opening` is what `open` said of this very page.
        """
        opening = opening or await self.open(shopper_id, below, wanted)
        steps: list[Found] = []
        posts: list[Item] = []
        position: bytes | None = below
        while position is not None and len(posts) < wanted:
            step = await self._step(shopper_id, position, wanted - len(posts), opening)
            if step is None:
                rest = await self._from_sql(shopper_id, position, wanted - len(posts))
                found = Found([*posts, *rest.posts], rest.following, rest.source)
                return _cut(found, wanted, until)
            steps.append(step)
            posts += step.posts
            position = step.following
            if until is not None and position is not None and position <= until:
                position = None
            elif position is not None and len(posts) < wanted:
                opening = await self.open(shopper_id, position, wanted - len(posts))
        return _cut(_joined(steps, position), wanted, until)

    async def _step(
        self, shopper_id: int, below: bytes, wanted: int, opening: Opening | None
    ) -> Found | None:
        """What timeline and outboxes know; None where only SQL can go on."""
        if opening is None or b"a" in opening.reading.flags:
            return None
        reading = opening.reading
        try:
            chosen = await self._chosen(shopper_id, reading, opening.authors)
            if chosen is None:
                return None
            merged = reading.window
            if chosen:
                merged = await self._merged(merged, chosen, below, wanted)
            if merged.reach == below:
                return None
            return await self._visible(shopper_id, reading, merged)
        except ValkeyUnavailable:
            return None

    async def _read(self, shopper_id: int, below: bytes, wanted: int, sealed: bool) -> Opening:
        """The script and the log's head, in one pipeline."""
        authors = await self._outboxes.authors()
        hour = self._timelines.hour()
        reply = self._store.read(
            shopper_id,
            below,
            wanted,
            hour,
            authors.generation,
            sealed=sealed,
            marks_key=self._engagement.marks_key(shopper_id),
        )
        try:
            await self._changes.sync()
        except BaseException:
            reply.cancel()
            raise
        return Opening(reading_of(await reply, below), authors)

    async def _chosen(
        self, shopper_id: int, reading: Reading, asked: PulledAuthors
    ) -> list[int] | None:
        """The pulled authors this shopper sees; None when the timeline has gone."""
        authors = await self._outboxes.authors()
        if reading.pulled is not None and authors.generation == asked.generation:
            return ids_of(reading.pulled) if reading.pulled else []
        return await self._store.choose(shopper_id, authors.generation, authors.ids)

    async def _merged(
        self, timeline: Window, chosen: Sequence[int], below: bytes, wanted: int
    ) -> Window:
        """The timeline's window together with those of the outboxes."""
        windows = [timeline]
        for author_id in chosen:
            box = await self._outboxes.of(author_id)
            windows.append(rules.window_below(box.entries, box.complete, below, wanted))
        return rules.merge(windows)

    async def _visible(self, shopper_id: int, reading: Reading, merged: Window) -> Found | None:
        """The posts behind entries, without those the shopper may not see; None when that cannot
        be told because the graph was evicted."""
        pushed, told = reading.window.entries, None
        ids = rules.posts_of(merged.entries)
        if merged is reading.window:
            told = self._engagement.told(ids, reading.marks)
        if reading.out:
            out = {pushed[place] for place in reading.out}
            ids = rules.posts_of([entry for entry in merged.entries if entry not in out])
        if merged is not reading.window and b"h" in reading.flags:
            hidden = await self._store.hidden(shopper_id, ids)
            if hidden is None:
                return None
            ids = [id_ for id_ in ids if id_ not in hidden]
        items = await self._shelf.take(ids)
        examined = Examined(ids, items)
        shown, sealed = [item for id_ in ids if (item := items.get(id_)) is not None], True
        if not all(map(_is_open, shown)):
            judged = await self._judged(shopper_id, shown, blocks=b"b" in reading.flags)
            if judged is None:
                return None
            shown, sealed = judged
        return Found(shown, merged.reach, examined=(examined,), sealed=sealed, liked=told)

    async def _judged(
        self, shopper_id: int, shown: Sequence[Item], *, blocks: bool
    ) -> tuple[list[Item], bool] | None:
        """Leave out, by their records, posts that are gone, reposts of blocked accounts, and posts
        to a selection without the shopper; and whether the rest may be held: who was selected is
        known to SQL alone. None when the graph was evicted."""
        records = {each.id: each.post.record for each in shown if not each.is_open}
        gone = {id_ for id_, record in records.items() if not _is_public(record)}
        originals = {record.original_account_id or 0 for record in records.values()} - {0}
        if blocks and originals:
            blocked = await self._store.blocked(shopper_id, list(originals))
            if blocked is None:
                return None
            gone.update(id_ for id_, r in records.items() if r.original_account_id in blocked)
        selected = {id_ for id_, r in records.items() if r.audience is Audience.SELECTED} - gone
        if selected:
            async with self._database.reading() as session:
                gone |= selected - await self._posts.selected_among(session, shopper_id, selected)
        return [each for each in shown if each.id not in gone], not selected

    async def _from_sql(self, shopper_id: int, below: bytes, wanted: int) -> Found:
        """The naive answer: always right, only slower. Suggestions for who follows nobody."""
        before = None if below == TOP else place_of(below)
        source = FeedSource.FOLLOWING
        async with self._database.reading() as session:
            _, allowed = await self._relations.allowed_authors(session, shopper_id)
            authors = sorted(allowed)
            if not authors:
                source = FeedSource.SUGGESTED
                authors = await self._accounts.suggested(session, shopper_id, SUGGESTED_ACCOUNTS)
            reader = Reader(shopper_id=shopper_id)
            records = await self._posts.of_authors_before(session, reader, authors, before, wanted)
        items = await self._shelf.take([record.id for record in records])
        posts = [each for record in records if (each := items.get(record.id))]
        posts = [each for each in posts if each.is_open or _is_public(each.post.record)]
        full = len(records) == wanted and wanted > 0
        following = rules.position_of(entry_of(records[-1])) if full else None
        return Found(posts, following, source)


def _joined(steps: Sequence[Found], position: bytes | None) -> Found:
    """The steps as one. Later steps read later: what changed in between has broken the seal."""
    return Found(
        [each for step in steps for each in step.posts],
        position,
        examined=[each for step in steps for each in step.examined],
        sealed=bool(steps) and all(step.sealed for step in steps),
        liked=steps[0].liked if len(steps) == 1 else None,
    )


def _cut(found: Found, wanted: int, until: bytes | None) -> Found:
    """At most `wanted` posts, none at or below `until`."""
    posts, following = found.posts, found.following
    if until is not None:
        posts = [each for each in posts if each.position > until]
    if len(posts) > wanted:
        posts = posts[:wanted]
        following = posts[-1].position
    return msgspec.structs.replace(found, posts=posts, following=following)


def _is_public(record: PostRecord) -> bool:
    """Whether a post is there at all; for whom is another question."""
    return record.status is PostStatus.PUBLISHED and record.live


def entry_of(record: PostRecord) -> bytes:
    """The entry of a published post."""
    assert record.published_at is not None
    return rules.pack_entry(record.published_at, record.id, record.account_id)


def place_of(position: bytes) -> Place:
    """A position as posts know it."""
    ms, post_id = rules.unpack_position(position)
    published_at: datetime = rules.published_at_of(ms)
    return Place(published_at, post_id)
