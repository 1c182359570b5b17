"""SQL of notifications."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Boolean

from feeds.notifications.models import Notification
from feeds.notifications.rules import UNREAD_MAX, NotificationKind

KEPT_MAX = 1_000
"""Notifications of a shopper; older ones go."""


class News(NamedTuple):
    """What a shopper is to be told."""

    id: int
    recipient_id: int
    kind: NotificationKind
    group: str
    order: int
    actor_id: int
    others: int
    post_id: int | None
    comment_id: int | None
    excerpt: str


class NotificationRepository:
    """Rows of notifications. Stateless."""

    async def add(self, session: AsyncSession, news: News, now: datetime) -> bool:
        """Write, over an older one of its group. Returns whether it was new to the shopper: not
        when it only adds to one that is still unread, or was told before."""
        statement = insert(Notification).values(**news._asdict(), read=False, created_at=now)
        new = statement.excluded
        names = ("id", "order", "actor_id", "others", "excerpt", "read", "created_at")
        written = await session.execute(
            statement.on_conflict_do_update(
                index_elements=[Notification.recipient_id, Notification.group],
                set_={name: new[name] for name in names},
                where=Notification.order < new.order,
            ).returning(literal_column("coalesce(old.read, true)", Boolean))
        )
        return bool(written.scalar_one_or_none())

    async def trim(self, session: AsyncSession, recipient_id: int) -> None:
        """Drop what is beyond `KEPT_MAX`."""
        oldest = (
            select(Notification.id)
            .where(Notification.recipient_id == recipient_id)
            .order_by(Notification.id.desc())
            .offset(KEPT_MAX)
            .limit(1)
            .scalar_subquery()
        )
        await session.execute(
            delete(Notification).where(
                Notification.recipient_id == recipient_id, Notification.id <= oldest
            )
        )

    async def page(
        self, session: AsyncSession, recipient_id: int, before: int | None, limit: int
    ) -> Sequence[Notification]:
        """The newest first, below an id."""
        statement = select(Notification).where(Notification.recipient_id == recipient_id)
        if before is not None:
            statement = statement.where(Notification.id < before)
        found = await session.scalars(statement.order_by(Notification.id.desc()).limit(limit))
        return found.all()

    async def one(self, session: AsyncSession, id_: int) -> Notification | None:
        """By id."""
        return await session.get(Notification, id_)

    async def unread(self, session: AsyncSession, recipient_id: int) -> int:
        """How many wait to be read, counted up to `UNREAD_MAX`."""
        some = (
            select(Notification.id)
            .where(Notification.recipient_id == recipient_id, ~Notification.read)
            .limit(UNREAD_MAX)
            .subquery()
        )
        return await session.scalar(select(func.count()).select_from(some)) or 0

    async def mark_read(self, session: AsyncSession, recipient_id: int, up_to_id: int) -> None:
        """Those that are there now: one that is committed later stays unread, whatever its id."""
        await session.execute(
            update(Notification)
            .where(
                Notification.recipient_id == recipient_id,
                Notification.id <= up_to_id,
                ~Notification.read,
            )
            .values(read=True)
        )
