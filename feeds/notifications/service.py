"""Use cases of notifications: telling, listing, marking as read."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import Clock
from app.kernel.database import Database, Transaction
from app.kernel.http.cursors import Cursors
from app.kernel.ids import Ids
from app.kernel.structs import Id, Page, Timestamp
from app.realtime.interfaces import Notice, Teller
from feeds.accounts.interfaces import Accounts, Relations
from feeds.notifications.models import Notification
from feeds.notifications.repository import News, NotificationRepository
from feeds.notifications.rules import NotificationKind, excerpt_of, group_of
from feeds.notifications.schemas import NotificationView
from feeds.notifications.store import NoticeStore
from feeds.posts.interfaces import Posts

MANAGERS_MAX = 20
"""Of a brand's people so many are told."""
_LIST = "notifications"


class _Text(msgspec.Struct):
    text: str = ""


class NotificationService:
    """Writes and reads notifications."""

    def __init__(
        self,
        repository: NotificationRepository,
        store: NoticeStore,
        teller: Teller,
        posts: Posts,
        accounts: Accounts,
        relations: Relations,
        ids: Ids,
        clock: Clock,
        cursors: Cursors,
    ) -> None:
        self._repository = repository
        self._store = store
        self._teller = teller
        self._posts = posts
        self._accounts = accounts
        self._relations = relations
        self._ids = ids
        self._clock = clock
        self._cursors = cursors

    async def commented(
        self,
        tx: Transaction,
        *,
        comment_id: int,
        post_id: int,
        author_id: int,
        answered_id: int,
        text: str,
    ) -> None:
        """Tell whose comment was answered, and who looks after the post."""
        recipients = dict.fromkeys(await self._managers(tx, post_id), NotificationKind.COMMENT)
        if answered_id:
            recipients[answered_id] = NotificationKind.REPLY
        for recipient_id, kind in recipients.items():
            news = News(
                id=self._ids.new(),
                recipient_id=recipient_id,
                kind=kind,
                group=group_of(kind, comment_id),
                order=1,
                actor_id=author_id,
                others=0,
                post_id=post_id,
                comment_id=comment_id,
                excerpt=excerpt_of(text),
            )
            await self._tell(tx, news)

    async def liked(
        self, tx: Transaction, *, post_id: int, shopper_ids: Sequence[int], order: int, likes: int
    ) -> None:
        """Tell who looks after the post; all likes of a post are one notification."""
        encoded = (await self._posts.encoded([post_id])).get(post_id)
        excerpt = ""
        if encoded is not None and encoded.body:
            excerpt = excerpt_of(msgspec.json.decode(encoded.body, type=_Text).text)
        for recipient_id in await self._managers(tx, post_id):
            likers = [each for each in shopper_ids if each != recipient_id]
            if not likers:
                continue
            news = News(
                id=self._ids.new(),
                recipient_id=recipient_id,
                kind=NotificationKind.LIKE,
                group=group_of(NotificationKind.LIKE, post_id),
                order=order,
                actor_id=likers[-1],
                others=max(likes, len(likers)) - 1,
                post_id=post_id,
                comment_id=None,
                excerpt=excerpt,
            )
            await self._tell(tx, news)

    async def followed(self, tx: Transaction, *, account_id: int, shopper_id: int) -> None:
        """Tell who looks after the account; following again is silent."""
        managers = await self._accounts.managers(tx.session, account_id)
        for recipient_id in managers[:MANAGERS_MAX]:
            news = News(
                id=self._ids.new(),
                recipient_id=recipient_id,
                kind=NotificationKind.FOLLOW,
                group=group_of(NotificationKind.FOLLOW, account_id, shopper_id),
                order=1,
                actor_id=shopper_id,
                others=0,
                post_id=None,
                comment_id=None,
                excerpt="",
            )
            await self._tell(tx, news)

    async def _managers(self, tx: Transaction, post_id: int) -> Sequence[int]:
        record = (await self._posts.records(tx.session, [post_id])).get(post_id)
        if record is None:
            return ()
        managers = await self._accounts.managers(tx.session, record.account_id)
        return managers[:MANAGERS_MAX]

    async def _tell(self, tx: Transaction, news: News) -> None:
        """Write, and bring it to the shopper when it is new. What one does oneself is no news, nor
        what somebody does who is blocked."""
        recipient_id, actor_id = news.recipient_id, news.actor_id
        if recipient_id == actor_id:
            return
        session = tx.session
        if await self._relations.blocked_among(session, recipient_id, [actor_id]):
            return
        if not await self._repository.add(session, news, self._clock.now()):
            return
        await self._repository.trim(session, recipient_id)
        row = await self._repository.one(session, news.id)
        views = await self._views(session, [row] if row else [])
        unread = await self._repository.unread(session, recipient_id)

        async def bring() -> None:
            for view in views:
                notice = await self._store.append(recipient_id, unread, view)
                await self._teller.notify(recipient_id, notice)

        tx.after_commit(bring)

    async def page(
        self, session: AsyncSession, shopper_id: int, cursor: str | None, limit: int
    ) -> Page[NotificationView]:
        """The shopper's notifications, newest first."""
        before = self._cursors.read(_LIST, cursor, 1)[0] if cursor else None
        rows = await self._repository.page(session, shopper_id, before, limit + 1)
        next_cursor = None
        if len(rows) > limit:
            next_cursor = self._cursors.make(_LIST, rows[limit - 1].id)
        return Page(items=await self._views(session, rows[:limit]), next_cursor=next_cursor)

    async def _views(
        self, session: AsyncSession, rows: Iterable[Notification]
    ) -> list[NotificationView]:
        rows = list(rows)
        cards = await self._accounts.cards(session, {row.actor_id for row in rows})
        return [
            NotificationView(
                id=Id(row.id),
                kind=NotificationKind(row.kind),
                actor=cards[row.actor_id],
                others=row.others,
                post_id=Id(row.post_id) if row.post_id else None,
                comment_id=Id(row.comment_id) if row.comment_id else None,
                excerpt=row.excerpt,
                created_at=Timestamp.of(row.created_at),
                read=row.read,
            )
            for row in rows
            if row.actor_id in cards
        ]

    async def unread(self, session: AsyncSession, shopper_id: int) -> int:
        """How many wait to be read."""
        return await self._repository.unread(session, shopper_id)

    async def mark_read(self, tx: Transaction, shopper_id: int, up_to_id: int) -> int:
        """The shopper saw these. Returns how many are left."""
        await self._repository.mark_read(tx.session, shopper_id, up_to_id)
        return await self._repository.unread(tx.session, shopper_id)


class ShopperInbox:
    """Implements the realtime channel's door `Inbox`."""

    def __init__(
        self, database: Database, repository: NotificationRepository, store: NoticeStore
    ) -> None:
        self._database = database
        self._repository = repository
        self._store = store

    async def unread(self, shopper_id: int) -> int:
        """See `Inbox`."""
        async with self._database.reading() as session:
            return await self._repository.unread(session, shopper_id)

    async def position(self, shopper_id: int) -> str:
        """See `Inbox`."""
        return await self._store.position(shopper_id)

    async def since(self, shopper_id: int, event_id: str) -> Sequence[Notice]:
        """See `Inbox`."""
        return await self._store.since(shopper_id, event_id)
