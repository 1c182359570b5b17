"""Readers' posts: who may see them, their bytes, and the lists of them that are no feed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.interfaces import Actor, requires_shopper
from app.kernel.database import Transaction
from app.kernel.house import Doors
from app.kernel.http.cursors import Cursors
from app.kernel.structs import Page, Timestamp
from feeds.accounts.interfaces import Accounts, Relations
from feeds.encodings.interfaces import ReadyBytes
from feeds.library.rules import Eyes, may_see
from feeds.library.schemas import EditView, InterestView, WallItemBytes
from feeds.posts.errors import PostNotFound
from feeds.posts.interfaces import (
    Audience,
    Encoded,
    Engagement,
    FeedItemBytes,
    Place,
    PostCounts,
    PostRecord,
    PostRows,
    Posts,
    PostStatus,
    PostViewer,
    Reader,
    Sight,
)

_WALL = "account-posts"
_TAG = "hashtag-posts"
_REFILLS_MAX = 5
"""Times a list looks on when too few on its page may be seen."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LibraryService(Posts):
    """The door `Posts`, and the use cases of readers."""

    def __init__(
        self,
        *,
        rows: PostRows,
        ready: ReadyBytes,
        accounts: Accounts,
        relations: Relations,
        doors: Doors,
        cursors: Cursors,
    ) -> None:
        self._rows = rows
        self._ready = ready
        self._accounts = accounts
        self._relations = relations
        self._doors = doors
        self._cursors = cursors

    async def one(self, session: AsyncSession, viewer: Actor | None, post_id: int) -> FeedItemBytes:
        """One post. Raises PostNotFound for what this reader may not see."""
        seen = await self.visible(session, viewer, [post_id])
        items = await self._items(session, _reader(viewer).shopper_id, list(seen))
        if post_id not in items:
            raise PostNotFound
        return items[post_id]

    async def wall(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        account_id: int,
        cursor: str | None,
        limit: int,
    ) -> Page[WallItemBytes]:
        """An account's posts that the reader may see: the pinned first, then the newest."""
        await self._accounts.visible(session, viewer, account_id)
        reader = _reader(viewer)
        before = _place(self._cursors.read(_WALL, cursor, 2)) if cursor else None
        pinned = await self._rows.pinned(session, account_id)
        sight = await self._sight(session, reader, [account_id])
        # the pinned stand on the first page, and nowhere else
        sight = msgspec.structs.replace(sight, hidden=frozenset(pinned))
        found = await self._rows.before(session, [account_id], before, limit + 1, sight)
        seen = await self.visible(session, viewer, pinned) if cursor is None else {}
        top = [id_ for id_ in pinned if id_ in seen]
        ids = [*top, *(record.id for record in found[:limit])]
        items = await self._items(session, reader.shopper_id, ids)
        more = self._cursors.make(_WALL, *_values(found[limit - 1])) if len(found) > limit else None
        return Page(
            items=[
                WallItemBytes(
                    post=items[id_].post,
                    counts=items[id_].counts,
                    viewer=items[id_].viewer,
                    pinned=id_ in seen,
                )
                for id_ in ids
                if id_ in items
            ],
            next_cursor=more,
        )

    async def tagged(
        self,
        session: AsyncSession,
        viewer: Actor | None,
        tag: str,
        cursor: str | None,
        limit: int,
    ) -> Page[FeedItemBytes]:
        """Posts for everyone under a topic, the newest first, refilled around what this reader
        may not see."""
        reader = _reader(viewer)
        place = _place(self._cursors.read(_TAG, cursor, 2)) if cursor else None
        ids: list[int] = []
        more = False
        for _ in range(_REFILLS_MAX):
            places = await self._rows.tagged(session, tag, reader.live, place, limit + 1)
            seen = await self.visible(session, viewer, [p.id for p in places[:limit]])
            more = len(places) > limit
            for each in places[:limit]:
                if len(ids) == limit:
                    more = True
                    break
                place = each
                if each.id in seen:
                    ids.append(each.id)
            if len(ids) == limit or not more:
                break
        items = await self._items(session, reader.shopper_id, ids)
        return Page(
            items=[items[id_] for id_ in ids if id_ in items],
            next_cursor=self._cursors.make(_TAG, *_values(place)) if more and place else None,
        )

    async def history(
        self, session: AsyncSession, viewer: Actor | None, post_id: int
    ) -> Page[EditView]:
        """What a post said, the newest first; for all who may see it."""
        if not await self.visible(session, viewer, [post_id]):
            raise PostNotFound
        edits = await self._rows.history(session, post_id)
        return Page(
            items=[
                EditView(version=e.version, text=e.text, edited_at=Timestamp.of(e.edited_at))
                for e in edits
            ]
        )

    async def interest(
        self, tx: Transaction, actor: Actor, post_id: int, *, hidden: bool
    ) -> InterestView:
        """Keep a post out of the caller's feed, or let it in again."""
        shopper_id = requires_shopper(actor)
        if not await self.visible(tx.session, actor, [post_id]):
            raise PostNotFound
        change = self._relations.hide_post if hidden else self._relations.unhide_post
        await change(tx, shopper_id, post_id)
        return InterestView(not_interested=hidden)

    async def records(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, PostRecord]:
        facts = await self._rows.facts(session, ids)
        return {id_: each.record for id_, each in facts.items()}

    async def encoded(
        self, ids: Sequence[int], session: AsyncSession | None = None
    ) -> dict[int, Encoded]:
        return await self._ready.encoded(ids, session)

    async def audience_members(self, session: AsyncSession, post_id: int) -> list[int]:
        return await self._rows.audience_members(session, post_id)

    async def selected_among(
        self, session: AsyncSession, shopper_id: int, post_ids: Iterable[int]
    ) -> frozenset[int]:
        return await self._rows.selected_among(session, shopper_id, post_ids)

    async def visible(
        self, session: AsyncSession, actor: Actor | None, ids: Sequence[int]
    ) -> dict[int, PostRecord]:
        if not ids:
            return {}
        records = await self.records(session, ids)
        eyes = await self._eyes(session, actor, list(records.values()))
        return {id_: r for id_ in ids if (r := records.get(id_)) and may_see(r, eyes)}

    async def of_authors_before(
        self,
        session: AsyncSession,
        reader: Reader,
        authors: Sequence[int],
        before: Place | None,
        limit: int,
    ) -> list[PostRecord]:
        sight = await self._sight(session, reader, authors)
        if reader.shopper_id is not None:
            hidden = await self._relations.hidden_posts(session, reader.shopper_id)
            sight = msgspec.structs.replace(sight, hidden=hidden)
        return await self._rows.before(session, authors, before, limit, sight)

    async def published_before(
        self, session: AsyncSession, authors: Sequence[int], before: Place | None, limit: int
    ) -> list[PostRecord]:
        return await self._rows.before(session, authors, before, limit, None)

    async def items(
        self, session: AsyncSession, shopper_id: int | None, ids: Sequence[int]
    ) -> list[FeedItemBytes]:
        items = await self._items(session, shopper_id, ids)
        return [items[id_] for id_ in ids if id_ in items]

    async def _items(
        self, session: AsyncSession, shopper_id: int | None, ids: Sequence[int]
    ) -> dict[int, FeedItemBytes]:
        """Ready bytes with their figures and the reader's bits; what has no bytes is left out."""
        posts = {id_: p for id_, p in (await self._ready.current(ids, session)).items() if p.body}
        if not posts:
            return {}
        engagement = self._doors.get(Engagement)
        counts = await engagement.counts(list(posts))
        liked: frozenset[int] = frozenset()
        followed: frozenset[int] = frozenset()
        authors: dict[int, int] = {}
        if shopper_id is not None:
            liked = await engagement.liked(shopper_id, list(posts))
            authors = {id_: post.record.account_id for id_, post in posts.items()}
            among = set(authors.values())
            followed = await self._relations.followed_among(session, shopper_id, among)
        return {
            id_: FeedItemBytes(
                post=msgspec.Raw(post.body),
                counts=counts.get(id_, PostCounts()),
                viewer=PostViewer(liked=id_ in liked, following=authors.get(id_) in followed),
            )
            for id_, post in posts.items()
        }

    async def _eyes(
        self, session: AsyncSession, actor: Actor | None, records: Sequence[PostRecord]
    ) -> Eyes:
        """What has to be known of this caller to judge these posts, and no more."""
        reader = _reader(actor)
        if actor is None or not records:
            return Eyes(reader=reader)
        managed: frozenset[int] = frozenset()
        if any(
            r.status is not PostStatus.PUBLISHED or r.audience is not Audience.EVERYONE
            for r in records
        ):
            managed = frozenset(await self._accounts.publishable(session, actor))
        if reader.shopper_id is None:
            return Eyes(reader=reader, managed=managed)
        accounts = {r.account_id for r in records}
        accounts |= {r.original_account_id for r in records if r.original_account_id}
        stances = await self._relations.stances(session, reader.shopper_id, accounts)
        chosen = [r.id for r in records if r.audience is Audience.SELECTED]
        return Eyes(
            reader=reader,
            followed={id_ for id_, s in stances.items() if s.following},
            blocked={id_ for id_, s in stances.items() if s.blocked or s.blocked_by},
            selected=(
                await self._rows.selected_among(session, reader.shopper_id, chosen)
                if chosen
                else frozenset()
            ),
            managed=managed,
        )

    async def _sight(self, session: AsyncSession, reader: Reader, authors: Sequence[int]) -> Sight:
        if reader.shopper_id is None:
            return Sight(reader=reader)
        graph = await self._relations.graph(session, reader.shopper_id)
        followed = await self._relations.followed_among(session, reader.shopper_id, authors)
        return Sight(reader=reader, followed=followed, blocked=graph.blocked)


def _reader(viewer: Actor | None) -> Reader:
    if viewer is None:
        return Reader()
    return Reader(shopper_id=viewer.shopper_id, live=viewer.live)


def _place(values: tuple[int, ...]) -> Place:
    return Place(_EPOCH + timedelta(milliseconds=values[0]), values[1])


def _values(post: PostRecord | Place) -> tuple[int, int]:
    assert post.published_at is not None
    return round(post.published_at.timestamp() * 1000), post.id
