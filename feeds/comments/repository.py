"""SQL of comments. Decisions are written in any order and any number of times with one result:
every part of a row changes only for a higher order."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.comments.interfaces import DELETED, Fact, Line
from feeds.comments.models import Comment

_PREVIEWED = 6
"""Replies read for a preview: a few more than shown, since some may be hidden by now."""


class Decided(NamedTuple):
    """What one decision said of a comment and its thread."""

    post_id: int
    comment_id: int
    author_id: int
    root_id: int
    """0 for a comment of its own."""
    status: int
    starter_id: int
    """Who began the thread."""
    replies: int
    """Of the thread."""
    order: int
    decided_at: datetime
    text: str | None
    """None when an existing comment was moderated."""
    replied_id: int
    client_id: str


class CommentRepository:
    """Rows of comments. Stateless."""

    async def settle(self, session: AsyncSession, decided: Iterable[Decided]) -> list[Decided]:
        """Write decisions. Returns the comments that are new in SQL."""
        rows: dict[int, dict[str, Any]] = {}
        written = {each.comment_id: each for each in decided if each.text is not None}
        for each in sorted(decided, key=lambda one: one.order):
            row = rows.setdefault(each.comment_id, _blank(each.comment_id, each))
            row.update(status=each.status, status_order=each.order)
            if each.text is not None:
                row.update(
                    text=each.text,
                    order=each.order,
                    created_at=each.decided_at,
                    replied_id=each.replied_id or None,
                    client_id=each.client_id or None,
                )
            thread_id = each.root_id or each.comment_id
            thread = rows.setdefault(thread_id, _blank(thread_id, each))
            thread.update(replies=each.replies, replies_order=each.order)
        statement = insert(Comment).values([row for _, row in sorted(rows.items())])
        new = statement.excluded
        changes: dict[str, Any] = {
            "text": func.coalesce(Comment.text, new.text),
            "order": func.greatest(Comment.order, new.order),
            "created_at": func.coalesce(Comment.created_at, new.created_at),
            "replied_id": func.coalesce(Comment.replied_id, new.replied_id),
            "client_id": func.coalesce(Comment.client_id, new.client_id),
            "status": _newer(Comment.status, Comment.status_order, new.status, new.status_order),
            "status_order": func.greatest(Comment.status_order, new.status_order),
            "replies": _newer(
                Comment.replies, Comment.replies_order, new.replies, new.replies_order
            ),
            "replies_order": func.greatest(Comment.replies_order, new.replies_order),
        }
        upserted = await session.execute(
            statement.on_conflict_do_update(index_elements=[Comment.id], set_=changes).returning(
                Comment.id, literal_column("old.text IS NULL", Boolean), Comment.text.is_not(None)
            )
        )
        return [written[id_] for id_, was_blank, has_text in upserted if was_blank and has_text]

    async def lines(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, Line]:
        """Those comments that are in SQL."""
        found = await session.scalars(
            select(Comment).where(Comment.id.in_(ids), Comment.text.is_not(None))
        )
        return {row.id: _line(row) for row in found}

    async def newest(
        self,
        session: AsyncSession,
        post_id: int,
        before: int | None,
        limit: int,
        without: Collection[int],
    ) -> list[Line]:
        """A post's comments below an order, newest first, hidden ones too."""
        statement = select(Comment).where(
            Comment.post_id == post_id,
            Comment.root_id.is_(None),
            *_present(without),
        )
        if before is not None:
            statement = statement.where(Comment.order < before)
        found = await session.scalars(statement.order_by(Comment.order.desc()).limit(limit))
        return [_line(row) for row in found]

    async def replies(
        self,
        session: AsyncSession,
        root_id: int,
        after: int,
        limit: int,
        without: Collection[int],
    ) -> list[Line]:
        """A thread's replies above an order, oldest first, hidden ones too."""
        found = await session.scalars(
            select(Comment)
            .where(
                Comment.root_id == root_id,
                Comment.order > after,
                *_present(without),
            )
            .order_by(Comment.order)
            .limit(limit)
        )
        return [_line(row) for row in found]

    async def previews(
        self, session: AsyncSession, root_ids: Sequence[int], without: Collection[int]
    ) -> list[Line]:
        """The first few replies of each thread, hidden ones too."""
        place = func.row_number().over(partition_by=Comment.root_id, order_by=Comment.order)
        numbered = (
            select(Comment.id, place.label("place"))
            .where(Comment.root_id.in_(root_ids), *_present(without))
            .subquery()
        )
        found = await session.scalars(
            select(Comment)
            .join(numbered, numbered.c.id == Comment.id)
            .where(numbered.c.place <= _PREVIEWED)
            .order_by(Comment.order)
        )
        return [_line(row) for row in found]

    async def facts(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, Fact]:
        """How those comments stand that are in SQL."""
        lines = await self.lines(session, ids)
        return {
            id_: Fact(line.author_id, line.root_id, line.status, line.replies, line.decided)
            for id_, line in lines.items()
        }

    async def id_of_client(
        self, session: AsyncSession, post_id: int, author_id: int, client_id: str
    ) -> int | None:
        """The comment that this author sent under this client id."""
        return await session.scalar(
            select(Comment.id).where(
                Comment.post_id == post_id,
                Comment.author_id == author_id,
                Comment.client_id == client_id,
            )
        )

    async def any_of_post(self, session: AsyncSession, post_id: int) -> bool:
        """Whether the post ever had a comment."""
        found = await session.scalar(select(Comment.id).where(Comment.post_id == post_id).limit(1))
        return found is not None

    async def visible(self, session: AsyncSession, post_id: int) -> int:
        """How many comments and replies of a post everybody can see: what its figure must be."""
        thread = select(Comment.id).where(Comment.status == 0, Comment.root_id.is_(None))
        counted = await session.scalar(
            select(func.count()).where(
                Comment.post_id == post_id,
                Comment.text.is_not(None),
                Comment.status == 0,
                Comment.root_id.is_(None) | Comment.root_id.in_(thread),
            )
        )
        return counted or 0


def _blank(id_: int, decided: Decided) -> dict[str, Any]:
    """A row that knows only where it belongs."""
    is_thread = id_ != decided.comment_id
    return {
        "id": id_,
        "post_id": decided.post_id,
        "author_id": decided.starter_id if is_thread else decided.author_id,
        "root_id": None if is_thread else decided.root_id or None,
        "text": None,
        "order": 0,
        "created_at": None,
        "replied_id": None,
        "client_id": None,
        "status": 0,
        "status_order": 0,
        "replies": 0,
        "replies_order": 0,
    }


def _newer(old: Any, old_order: Any, new: Any, new_order: Any) -> ColumnElement[Any]:
    return case((new_order > old_order, new), else_=old)


def _present(without: Collection[int]) -> list[ColumnElement[bool]]:
    """Written, not deleted, and not by one of these. Hidden ones are among them: they may have
    been shown again since, which SQL does not know yet."""
    conditions: list[ColumnElement[bool]] = [Comment.text.is_not(None), Comment.status < DELETED]
    if without:
        conditions.append(Comment.author_id.not_in(without))
    return conditions


def _line(row: Comment) -> Line:
    created_at = row.created_at or datetime.fromtimestamp(0, UTC)
    return Line(
        id=row.id,
        post_id=row.post_id,
        author_id=row.author_id,
        root_id=row.root_id or 0,
        replied_id=row.replied_id or 0,
        text=row.text or "",
        created_ms=round(created_at.timestamp() * 1000),
        order=row.order,
        status=row.status,
        replies=row.replies,
        decided=max(row.status_order, row.replies_order),
    )
