"""Comments as readers see them: what is in SQL and what is on its way there, as one list.

What waits is read before SQL, so that a comment is in one of the two at least; what was decided
about a comment since is read after SQL, so that nothing deleted comes back.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Database
from app.kernel.errors import NotFound
from app.kernel.structs import Id, Timestamp
from app.kernel.valkey.errors import ValkeyUnavailable
from feeds.accounts.interfaces import AccountCard, Accounts, Relations
from feeds.comments.interfaces import HIDDEN, Fact, Line, SettledLines, WaitingLines
from feeds.posts.interfaces import PostRecord, Posts, PostStatus
from feeds.threads.rules import PREVIEW_REPLIES, is_shown, merged, moment_of
from feeds.threads.schemas import CommentView, CommentViewer


class CommentPage(NamedTuple):
    """Comments, and the order after which the next ones follow; None on the last page."""

    items: list[CommentView]
    next_order: int | None


class _Reader(NamedTuple):
    """Who reads which post's comments."""

    session: AsyncSession
    post: PostRecord
    shopper_id: int | None
    moderates: bool
    without: Collection[int]
    """Accounts blocked, in either direction."""


_Read = Callable[[int | None, int], Awaitable[list[Line]]]
_ROUNDS_MAX = 5
"""How often a page is filled up when hidden comments left gaps."""


class ThreadService:
    """Lists of comments."""

    def __init__(
        self,
        database: Database,
        waiting: WaitingLines,
        settled: SettledLines,
        posts: Posts,
        accounts: Accounts,
        relations: Relations,
    ) -> None:
        self._database = database
        self._waiting_lines = waiting
        self._settled_lines = settled
        self._posts = posts
        self._accounts = accounts
        self._relations = relations

    async def of_post(
        self, actor: Actor | None, post_id: int, before: int | None, limit: int
    ) -> CommentPage:
        """A post's comments, newest first. Raises NotFound for a post this reader cannot see."""
        async with self._database.reading() as session:
            reader = await self._reader(session, actor, post_id)
            waiting = await self._waiting(reader)

            async def below(order: int | None, count: int) -> list[Line]:
                settled = await self._settled_lines.newest(
                    session, post_id, order, count, reader.without
                )
                fresh = [w for w in waiting if not w.root_id and (order is None or w.order < order)]
                return sorted(merged(settled, fresh).values(), key=_order, reverse=True)

            shown, next_order = await self._filled(reader, below, before, limit)
            replies = await self._previews(reader, shown, waiting)
            items = await self._views(reader, shown, replies)
        return CommentPage(items, next_order)

    async def of_thread(
        self, actor: Actor | None, root: Line, after: int, limit: int
    ) -> CommentPage:
        """The replies under a comment, oldest first. Raises NotFound where the reader cannot see
        the comment."""
        async with self._database.reading() as session:
            reader = await self._reader(session, actor, root.post_id)
            if not self._is_shown(reader, root):
                raise NotFound
            waiting = await self._waiting(reader)

            async def above(order: int | None, count: int) -> list[Line]:
                settled = await self._settled_lines.replies(
                    session, root.id, order or 0, count, reader.without
                )
                fresh = [w for w in waiting if w.root_id == root.id and w.order > (order or 0)]
                return sorted(merged(settled, fresh).values(), key=_order)

            shown, next_order = await self._filled(reader, above, after, limit)
            items = await self._views(reader, shown, {})
        return CommentPage(items, next_order)

    async def _filled(
        self, reader: _Reader, read: _Read, start: int | None, limit: int
    ) -> tuple[list[Line], int | None]:
        """A page although some of what is read is not shown, and where the next one begins."""
        shown: list[Line] = []
        for _ in range(_ROUNDS_MAX):
            count = limit - len(shown)
            found = await read(start, count + 1)
            shown += await self._standing(reader, found[:count])
            if len(found) <= count:
                return shown, None
            start = found[count - 1].order
            if len(shown) == limit:
                break
        return shown, start

    async def one(self, actor: Actor, line: Line) -> CommentView:
        """A single comment. Raises NotFound where the reader cannot see it."""
        async with self._database.reading() as session:
            reader = await self._reader(session, actor, line.post_id)
            if not self._is_shown(reader, line):
                raise NotFound
            return (await self._views(reader, [line], {}))[0]

    async def _reader(self, session: AsyncSession, actor: Actor | None, post_id: int) -> _Reader:
        post = (await self._posts.visible(session, actor, [post_id])).get(post_id)
        if post is None or post.status is not PostStatus.PUBLISHED:
            raise NotFound
        if actor is None:
            return _Reader(session, post, None, False, ())
        moderates = await self._accounts.may_publish_as(session, actor, post.account_id)
        shopper_id, without = actor.shopper_id, frozenset[int]()
        if shopper_id is not None:
            without = (await self._relations.graph(session, shopper_id)).blocked
        return _Reader(session, post, shopper_id, moderates, without)

    async def _waiting(self, reader: _Reader) -> list[Line]:
        try:
            waiting = await self._waiting_lines.waiting(reader.post.id)
        except ValkeyUnavailable:
            return []
        return [line for line in waiting if line.author_id not in reader.without]

    async def _standing(self, reader: _Reader, lines: Sequence[Line]) -> list[Line]:
        """The lines as they stand now, without those the reader does not get to see."""
        try:
            facts = await self._waiting_lines.facts(reader.post.id, [line.id for line in lines])
        except ValkeyUnavailable:
            facts = dict[int, Fact]()
        present = (line.standing(facts.get(line.id)) for line in lines)
        return [line for line in present if self._is_shown(reader, line)]

    def _is_shown(self, reader: _Reader, line: Line) -> bool:
        return is_shown(line, viewer_id=reader.shopper_id, moderates=reader.moderates)

    async def _previews(
        self, reader: _Reader, roots: Sequence[Line], waiting: Sequence[Line]
    ) -> dict[int, list[Line]]:
        ids = [line.id for line in roots if line.replies]
        if not ids:
            return {}
        settled = await self._settled_lines.previews(reader.session, ids, reader.without)
        fresh = [line for line in waiting if line.root_id in ids]
        found = sorted(merged(settled, fresh).values(), key=_order)
        previews: dict[int, list[Line]] = {}
        for line in await self._standing(reader, found):
            thread = previews.setdefault(line.root_id, [])
            if len(thread) < PREVIEW_REPLIES:
                thread.append(line)
        return previews

    async def _views(
        self, reader: _Reader, lines: Sequence[Line], replies: dict[int, list[Line]]
    ) -> list[CommentView]:
        every = [*lines, *(line for thread in replies.values() for line in thread)]
        people = {line.author_id for line in every} | {line.replied_id for line in every}
        cards = await self._accounts.cards(reader.session, people - {0})
        return [
            self._view(reader, line, cards, replies.get(line.id, ()))
            for line in lines
            if line.author_id in cards
        ]

    def _view(
        self,
        reader: _Reader,
        line: Line,
        cards: dict[int, AccountCard],
        replies: Sequence[Line],
    ) -> CommentView:
        return CommentView(
            id=Id(line.id),
            post_id=Id(line.post_id),
            author=cards[line.author_id],
            text=line.text,
            created_at=Timestamp.of(moment_of(line.created_ms)),
            parent_id=Id(line.root_id) if line.root_id else None,
            reply_to=cards.get(line.replied_id),
            reply_count=line.replies,
            replies=[
                self._view(reader, reply, cards, ())
                for reply in replies
                if reply.author_id in cards
            ],
            is_post_author=line.author_id
            in (reader.post.account_id, reader.post.author_shopper_id),
            hidden=bool(line.status & HIDDEN),
            viewer=CommentViewer(
                can_delete=reader.moderates or line.author_id == reader.shopper_id,
                can_hide=reader.moderates,
            ),
        )


def _order(line: Line) -> int:
    return line.order
