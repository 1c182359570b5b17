"""SQL of content accounts."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from feeds.accounts.interfaces import AccountKind
from feeds.accounts.models import ContentAccount

SEARCHED_MAX = 500
"""Matches of a search that are ranked; more are not looked at."""
CANDIDATES_MAX = 2_000
"""Accounts that compete for suggestions."""


class AccountRepository:
    """Content accounts in PostgreSQL."""

    async def get(
        self, session: AsyncSession, account_id: int, *, lock: bool = False
    ) -> ContentAccount | None:
        """One account; with `lock` nobody else changes it until the transaction ends."""
        statement = select(ContentAccount).where(ContentAccount.id == account_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await session.scalar(statement)

    async def many(self, session: AsyncSession, ids: Iterable[int]) -> list[ContentAccount]:
        """Those that exist."""
        wanted = set(ids)
        if not wanted:
            return []
        statement = select(ContentAccount).where(ContentAccount.id.in_(wanted))
        return list(await session.scalars(statement))

    async def owned(self, session: AsyncSession, shopper_id: int) -> list[ContentAccount]:
        """A shopper's own account and the others that belong to this shopper, oldest first."""
        statement = (
            select(ContentAccount)
            .where(
                or_(
                    ContentAccount.id == shopper_id,
                    (ContentAccount.owner_shopper_id == shopper_id)
                    & (ContentAccount.kind != AccountKind.SHOPPER),
                )
            )
            .order_by(ContentAccount.id)
            .limit(100)
        )
        return list(await session.scalars(statement))

    async def of_brands(
        self, session: AsyncSession, brand_ids: Iterable[int], *, live: bool
    ) -> list[ContentAccount]:
        """The accounts of brands, in one mode."""
        statement = (
            select(ContentAccount)
            .where(
                ContentAccount.kind == AccountKind.BRAND,
                ContentAccount.brand_id.in_(set(brand_ids)),
                ContentAccount.live == live,
            )
            .order_by(ContentAccount.id)
        )
        return list(await session.scalars(statement))

    async def search(
        self, session: AsyncSession, query: str, grams: list[str], *, live: bool, limit: int
    ) -> list[int]:
        """Names that hold the folded query: those that begin with it first, then the verified,
        then those that publish most."""
        found = (
            select(ContentAccount.id)
            .where(
                ContentAccount.name_grams.contains(grams),
                func.strpos(ContentAccount.name_folded, query) > 0,
                ContentAccount.live == live,
            )
            .limit(SEARCHED_MAX)
            .subquery()
        )
        statement = (
            select(ContentAccount.id)
            .join(found, found.c.id == ContentAccount.id)
            .order_by(
                func.strpos(ContentAccount.name_folded, query) > 1,
                ContentAccount.verified.desc(),
                ContentAccount.posts.desc(),
                ContentAccount.id,
            )
            .limit(limit)
        )
        return list(await session.scalars(statement))

    async def candidates(self, session: AsyncSession) -> Sequence[tuple[int, str]]:
        """(id, kind) of live accounts that may be suggested: not shoppers'; the verified and the
        busiest first."""
        statement = (
            select(ContentAccount.id, ContentAccount.kind)
            .where(ContentAccount.live, ContentAccount.kind != AccountKind.SHOPPER)
            .order_by(ContentAccount.verified.desc(), ContentAccount.posts.desc())
            .limit(CANDIDATES_MAX)
        )
        return (await session.execute(statement)).all()

    async def add_posts(self, session: AsyncSession, account_id: int, more: int) -> None:
        """Count a publication or a withdrawal."""
        await session.execute(
            update(ContentAccount)
            .where(ContentAccount.id == account_id)
            .values(posts=ContentAccount.posts + more)
            .execution_options(synchronize_session=False)
        )

    async def with_avatar(self, session: AsyncSession, image_id: int) -> list[int]:
        """The accounts that show a picture as their avatar."""
        statement = select(ContentAccount.id).where(ContentAccount.avatar_image_id == image_id)
        return list(await session.scalars(statement))
