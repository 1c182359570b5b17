"""SQL of posts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    any_,
    bindparam,
    delete,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.posts.interfaces import (
    Audience,
    Edit,
    FanOut,
    Place,
    PostFacts,
    PostKind,
    PostRecord,
    PostRows,
    PostStatus,
    Sight,
    Source,
)
from feeds.posts.models import Post, PostAudience, PostEdit, PostTag
from feeds.posts.rules import tag_key

_FACTS = (
    Post.id,
    Post.account_id,
    Post.kind,
    Post.status,
    Post.audience,
    Post.live,
    Post.version,
    Post.published_at,
    Post.fan_out,
    Post.repost_of_id,
    Post.original_account_id,
    Post.author_shopper_id,
)

_BEFORE = """
    SELECT p.* FROM unnest(CAST(:authors AS bigint[])) AS author(id)
    CROSS JOIN LATERAL (
        SELECT p.id, p.account_id, p.kind, p.status, p.audience, p.live, p.version,
               p.published_at, p.fan_out, p.repost_of_id, p.original_account_id,
               p.author_shopper_id
        FROM posts p
        WHERE p.account_id = author.id AND p.status = 'published'
          {place} {sight}
        ORDER BY p.published_at DESC, p.id DESC
        LIMIT :limit
    ) p
    ORDER BY p.published_at DESC, p.id DESC
    LIMIT :limit
"""
_PLACE = "AND (p.published_at, p.id) < (CAST(:at AS timestamptz), CAST(:id AS bigint))"
_SIGHT = """
          AND p.live = :live
          AND p.account_id <> ALL(CAST(:blocked AS bigint[]))
          AND (p.original_account_id IS NULL
               OR p.original_account_id <> ALL(CAST(:blocked AS bigint[])))
          AND p.id <> ALL(CAST(:hidden AS bigint[]))
          AND (p.audience = 'everyone'
               OR p.account_id = CAST(:shopper_id AS bigint)
               OR (p.audience = 'followers'
                   AND p.account_id = ANY(CAST(:followed AS bigint[])))
               OR (p.audience = 'selected' AND EXISTS (
                   SELECT 1 FROM post_audience a
                   WHERE a.post_id = p.id AND a.shopper_id = CAST(:shopper_id AS bigint))))
"""
_BEFORE_SQL = {
    (placed, sighted): text(
        _BEFORE.format(place=_PLACE if placed else "", sight=_SIGHT if sighted else "")
    )
    for placed in (True, False)
    for sighted in (True, False)
}
_RAISE = text(
    """
    WITH locked AS (
        SELECT id FROM posts WHERE id = ANY(CAST(:ids AS bigint[])) AND status = 'published'
        ORDER BY id FOR UPDATE
    )
    UPDATE posts SET version = posts.version + 1 FROM locked WHERE posts.id = locked.id
    RETURNING posts.id
    """
)


class PostRepository(PostRows):
    """Posts in PostgreSQL."""

    async def get(self, session: AsyncSession, post_id: int, *, lock: bool = False) -> Post | None:
        """One post; with `lock` nobody else changes it until the transaction ends."""
        statement = select(Post).where(Post.id == post_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await session.scalar(statement)

    async def managed(
        self,
        session: AsyncSession,
        account_ids: Sequence[int],
        status: PostStatus | None,
        before_id: int | None,
        limit: int,
    ) -> list[Post]:
        """Posts of these accounts in any state, or one, from the newest made on."""
        statement = (
            select(Post)
            .where(Post.account_id == _any(account_ids))
            .order_by(Post.id.desc())
            .limit(limit)
        )
        if status is not None:
            statement = statement.where(Post.status == status.value)
        if before_id is not None:
            statement = statement.where(Post.id < before_id)
        return list(await session.scalars(statement))

    async def set_audience(
        self, session: AsyncSession, post_id: int, shopper_ids: Iterable[int]
    ) -> None:
        """Who is selected, instead of who was."""
        await session.execute(delete(PostAudience).where(PostAudience.post_id == post_id))
        rows = [{"post_id": post_id, "shopper_id": id_} for id_ in sorted(set(shopper_ids))]
        if rows:
            await session.execute(insert(PostAudience), rows)

    async def set_tags(self, session: AsyncSession, post: Post) -> None:
        """List a post under its topics, as long as it is published and for everyone."""
        await session.execute(delete(PostTag).where(PostTag.post_id == post.id))
        if post.status != PostStatus.PUBLISHED or post.audience != Audience.EVERYONE:
            return
        rows = [
            {
                "tag": tag_key(tag),
                "post_id": post.id,
                "live": post.live,
                "published_at": post.published_at,
            }
            for tag in post.hashtags
        ]
        if rows:
            await session.execute(insert(PostTag), rows)

    async def add_edit(self, session: AsyncSession, post: Post, at: datetime) -> None:
        """Keep what the post says now."""
        session.add(
            PostEdit(
                post_id=post.id,
                version=post.version,
                text=post.text,
                picture_ids=list(post.picture_ids),
                product_ids=list(post.product_ids),
                edited_at=at,
            )
        )
        await session.flush()

    async def edits(self, session: AsyncSession, post_id: int) -> int:
        """How many contents are kept."""
        statement = select(func.count()).where(PostEdit.post_id == post_id)
        return await session.scalar(statement) or 0

    async def lock_pins(self, session: AsyncSession, account_id: int) -> None:
        """Pin one post of an account at a time, so that the bound holds."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(account_id), 2)))

    async def facts(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, PostFacts]:
        found = await session.execute(
            select(
                *_FACTS,
                Post.text,
                Post.hashtags,
                Post.picture_ids,
                Post.product_ids,
                Post.packet_id,
                Post.video_id,
                Post.publish_at,
                Post.edited_at,
                Post.pinned_at,
            ).where(Post.id == _any(ids))
        )
        return {
            row.id: PostFacts(
                record=record_of(row),
                text=row.text,
                hashtags=row.hashtags,
                picture_ids=row.picture_ids,
                product_ids=row.product_ids,
                packet_id=row.packet_id,
                video_id=row.video_id,
                publish_at=row.publish_at,
                edited_at=row.edited_at,
                pinned=row.pinned_at is not None,
            )
            for row in found
        }

    async def before(
        self,
        session: AsyncSession,
        authors: Sequence[int],
        before: Place | None,
        limit: int,
        sight: Sight | None,
    ) -> list[PostRecord]:
        values: dict[str, Any] = {"authors": list(authors), "limit": limit}
        if before is not None:
            values |= {"at": before.published_at, "id": before.id}
        if sight is not None:
            values |= {
                "live": sight.reader.live,
                "shopper_id": sight.reader.shopper_id,
                "followed": list(sight.followed),
                "blocked": list(sight.blocked),
                "hidden": list(sight.hidden),
            }
        statement = _BEFORE_SQL[before is not None, sight is not None]
        return [record_of(row) for row in await session.execute(statement, values)]

    async def tagged(
        self, session: AsyncSession, tag: str, live: bool, before: Place | None, limit: int
    ) -> list[Place]:
        statement = (
            select(PostTag.published_at, PostTag.post_id)
            .where(PostTag.tag == tag_key(tag), PostTag.live == live)
            .order_by(PostTag.published_at.desc(), PostTag.post_id.desc())
            .limit(limit)
        )
        if before is not None:
            place = tuple_(PostTag.published_at, PostTag.post_id)
            statement = statement.where(place < (before.published_at, before.id))
        return [Place(at, id_) for at, id_ in await session.execute(statement)]

    async def pinned(self, session: AsyncSession, account_id: int) -> list[int]:
        statement = (
            select(Post.id)
            .where(
                Post.account_id == account_id,
                Post.pinned_at.is_not(None),
                Post.status == PostStatus.PUBLISHED,
            )
            .order_by(Post.pinned_at.desc(), Post.id.desc())
        )
        return list(await session.scalars(statement))

    async def history(self, session: AsyncSession, post_id: int) -> list[Edit]:
        found = await session.execute(
            select(PostEdit.version, PostEdit.text, PostEdit.edited_at)
            .where(PostEdit.post_id == post_id)
            .order_by(PostEdit.version.desc())
        )
        return [Edit(version=v, text=words, edited_at=at) for v, words, at in found]

    async def audience_members(self, session: AsyncSession, post_id: int) -> list[int]:
        statement = (
            select(PostAudience.shopper_id)
            .where(PostAudience.post_id == post_id)
            .order_by(PostAudience.shopper_id)
        )
        return list(await session.scalars(statement))

    async def selected_among(
        self, session: AsyncSession, shopper_id: int, post_ids: Iterable[int]
    ) -> frozenset[int]:
        statement = select(PostAudience.post_id).where(
            PostAudience.shopper_id == shopper_id, PostAudience.post_id == _any(post_ids)
        )
        return frozenset(await session.scalars(statement))

    async def showing(
        self,
        session: AsyncSession,
        source: Source,
        ids: Sequence[int],
        before_id: int | None,
        limit: int,
    ) -> list[int]:
        where: dict[Source, Any] = {
            Source.ACCOUNT: Post.account_id == _any(ids),
            Source.ORIGINAL: Post.repost_of_id == _any(ids),
            Source.PRODUCT: Post.product_ids.overlap(list(ids)),
            Source.PICTURE: Post.picture_ids.overlap(list(ids)),
            Source.VIDEO: Post.video_id == _any(ids),
        }
        statement = (
            select(Post.id)
            .where(where[source], Post.status == PostStatus.PUBLISHED)
            .order_by(Post.id.desc())
            .limit(limit)
        )
        if before_id is not None:
            statement = statement.where(Post.id < before_id)
        return list(await session.scalars(statement))

    async def raise_versions(self, session: AsyncSession, ids: Sequence[int]) -> list[int]:
        return list((await session.execute(_RAISE, {"ids": list(ids)})).scalars())


def record_of(row: Any) -> PostRecord:
    """The facts others decide by, of a `Post` or a row with its columns."""
    return PostRecord(
        id=row.id,
        account_id=row.account_id,
        kind=PostKind(row.kind),
        status=PostStatus(row.status),
        audience=Audience(row.audience),
        live=row.live,
        version=row.version,
        published_at=row.published_at,
        fan_out=FanOut(row.fan_out) if row.fan_out else None,
        repost_of_id=row.repost_of_id,
        original_account_id=row.original_account_id,
        author_shopper_id=row.author_shopper_id,
    )


def _any(ids: Iterable[int]) -> Any:
    """`= ANY(array)`: one plan and one parameter for any number of ids."""
    return any_(bindparam(None, list(ids), ARRAY(BigInteger)))
